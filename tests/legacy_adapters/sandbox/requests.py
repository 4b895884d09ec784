"""Envelopes as clients of the three services write them, and their answers' inner text."""

from __future__ import annotations

import re
from html import escape, unescape

import aiohttp

from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.services.hangzhou_sessions import login_digest

_OPEN = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
_CLOSE = "</s:Body></s:Envelope>"


def core_envelope(operation: str, **elements: str) -> str:
    """A request to Hangzhou's core service."""
    content = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    return f'{_OPEN}<{operation} xmlns="urn:hangzhou:core">{content}</{operation}>{_CLOSE}'


def login_envelope(nonce: str, password: str = CREDENTIALS["hangzhou_core_service"][1]) -> str:
    """A login with the digest of this password."""
    return core_envelope("login", user="graph", digest=login_digest(password, nonce), nonce=nonce)


def card_envelope(operation: str, *values: str) -> str:
    """A request to Huangshan's card service, arguments by position."""
    content = "".join(f"<in{index}>{escape(value)}</in{index}>" for index, value in enumerate(values))
    return f'{_OPEN}<n:{operation} xmlns:n="http://server.ck.hs">{content}</n:{operation}>{_CLOSE}'


def starred(operation: str, **tags: str) -> str:
    """The text of allDsjk; credentials and city may be replaced by tags."""
    user, password = CREDENTIALS["huangshan_card_service"]
    values = {"操作": operation, "用户名": user, "密码": password, "所属城市": "341000"} | tags
    return card_envelope("allDsjk", "".join(f"<{tag}*>{value}</{tag}*>" for tag, value in values.items()))


def pipe_envelope(function: str, body: str, **head: str) -> str:
    """A request to Huangshan's injury service; parts of the head may be replaced."""
    user, password = CREDENTIALS["huangshan_injury_service"]
    values = {"functionNo": function, "targetOrg": "341000", "identity": user, "password": password} | head
    inner = "".join(f"<{tag}>{value}</{tag}>" for tag, value in values.items())
    message = f'<?xml version="1.0" encoding="GBK"?><message><head>{inner}</head><body>{body}</body></message>'
    return f'{_OPEN}<n:nh_pipe xmlns:n="http://pipe.nh.hs/"><xml>{escape(message)}</xml></n:nh_pipe>{_CLOSE}'


def inner_text(envelope: str) -> str:
    """The text that an answer of either Huangshan service carries."""
    match = re.search(r"<(?:\w+Return|return)[^>]*>(.*)</(?:\w+Return|return)>", envelope, re.DOTALL)
    assert match is not None, envelope
    return unescape(match[1])


def values_of(tag: str, text: str) -> list[str]:
    """All values of a tag, starred or not."""
    return re.findall(rf"<{re.escape(tag)}\*?>([^<]*)</{re.escape(tag)}\*?>", text)


async def post(http: aiohttp.ClientSession, url: str, envelope: str, encoding: str = "utf-8") -> tuple[int, str, bytes]:
    """Status, content type and body."""
    charset = "GBK" if encoding == "gb18030" else encoding
    headers = {"content-type": f"text/xml; charset={charset}", "SOAPAction": '""'}
    async with http.post(url, data=envelope.encode(encoding), headers=headers) as response:
        return response.status, response.headers["content-type"], await response.read()
