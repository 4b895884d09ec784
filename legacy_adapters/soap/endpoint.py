"""The border to one SOAP service: bytes and sockets outside, an answer's body or an `AdapterError` inside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from lxml import etree

from legacy_adapters.errors import (
    AdapterError,
    AnswerMalformed,
    SystemInMaintenance,
    SystemRefused,
    SystemUnavailable,
)
from legacy_adapters.soap.description import SOAP_ENVELOPE
from legacy_adapters.soap.http import HttpAnswer, HttpMalformed, HttpPool
from legacy_adapters.soap.xml import XmlMalformed, parse_message
from legacy_adapters.system import LegacySystem

_ENVELOPE = f"{{{SOAP_ENVELOPE}}}Envelope"
_BODY = f"{{{SOAP_ENVELOPE}}}Body"
_FAULT = f"{{{SOAP_ENVELOPE}}}Fault"

_MAINTENANCE_WORDS = tuple(
    word.encode(charset) for word in ("维护", "结算", "日终") for charset in ("utf-8", "gb18030")
)
_HTML_STARTS = (b"<html", b"<!doctype html")


class SoapEndpoint:
    """One service of a legacy system; `charset` is what requests are written in."""

    def __init__(self, system: LegacySystem, charset: str) -> None:
        self._system = system
        self._pool = HttpPool(system.config.url, f"text/xml; charset={charset}")

    async def call(self, envelope: bytes, action: str = "") -> etree._Element:
        """The element in the answer's body, for RPC/encoded answers with references to it still to follow.

        Raises SystemUnavailable (no connection, an HTML page, a SOAP Fault), SystemInMaintenance (a page that says
        so), SystemRefused (401, 403) and AnswerMalformed (not SOAP). No message quotes the answer.
        """
        return self._body(await self._answer(self._pool.post(envelope, action)))

    async def call_once(self, envelope: bytes, sending: Callable[[], None], action: str = "") -> etree._Element:
        """As `call`, for a write: `sending` is called when it is about to leave; what fails before had no effect."""
        return self._body(await self._answer(self._pool.post_once(envelope, sending, action)))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()

    async def _answer(self, exchange: Awaitable[HttpAnswer]) -> HttpAnswer:
        try:
            return await exchange
        except HttpMalformed as error:
            raise self._system.error(AnswerMalformed, str(error)) from None
        except OSError as error:
            raise self._system.error(SystemUnavailable, _connection_reason(error)) from None

    def _body(self, answer: HttpAnswer) -> etree._Element:
        if answer.status not in (200, 500) or _is_html(answer):
            raise self._http_error(answer)
        try:
            root = parse_message(answer.body, answer.charset)
        except XmlMalformed as error:
            if answer.status != 200:
                raise self._http_error(answer) from None
            raise self._system.error(AnswerMalformed, f"the answer is no XML: {error}") from None
        body = root.find(_BODY) if root.tag == _ENVELOPE else None
        if body is None or not len(body):
            raise self._system.error(AnswerMalformed, "the answer is no SOAP envelope")
        if body[0].tag == _FAULT:
            raise self._system.error(SystemUnavailable, f"SOAP Fault {_fault_code(body[0])}")
        if answer.status != 200:
            raise self._http_error(answer)
        return body[0]

    def _http_error(self, answer: HttpAnswer) -> AdapterError:
        if answer.status == HTTPStatus.UNAUTHORIZED:
            return self._system.login_refused("HTTP status 401")
        if answer.status == HTTPStatus.FORBIDDEN:
            return self._system.error(SystemRefused, "HTTP status 403")
        if any(word in answer.body for word in _MAINTENANCE_WORDS):
            return self._system.error(
                SystemInMaintenance, f"a page with HTTP status {answer.status} says that it is closed"
            )
        what = "an HTML page" if _is_html(answer) else "an answer"
        return self._system.error(SystemUnavailable, f"{what} with HTTP status {answer.status}")


def _is_html(answer: HttpAnswer) -> bool:
    return answer.content_type == "text/html" or answer.body[:64].lstrip().lower().startswith(_HTML_STARTS)


def _fault_code(fault: etree._Element) -> str:
    # Only the code: the text may carry statements of the database, with values.
    code = (fault.findtext("faultcode") or "").rpartition(":")[2].strip()
    return code if code.isalnum() and code.isascii() and len(code) <= 32 else "without a code"


def _connection_reason(error: OSError) -> str:
    match error:
        case ConnectionRefusedError():
            return "the connection was refused"
        case ConnectionResetError() | BrokenPipeError():
            return "the connection broke off"
        case _:
            return "no connection"
