"""The border to a service: every way of not answering is one of our errors, and none quotes the answer."""

from __future__ import annotations

import pytest

from legacy_adapters.errors import AnswerMalformed, SystemInMaintenance, SystemRefused, SystemUnavailable
from legacy_adapters.soap.endpoint import SoapEndpoint
from legacy_adapters.soap.http import HttpAnswer, HttpMalformed
from tests.legacy_adapters.support.systems import make_system

PERSONAL = "330199195805120015 张三"


class Wire:
    """Stands for the pool: gives one answer, or raises."""

    def __init__(self, outcome: HttpAnswer | Exception) -> None:
        self._outcome = outcome

    async def post(self, body: bytes, action: str = "") -> HttpAnswer:
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome


def xml(body: str, status: int = 200, content_type: str = "text/xml", charset: str | None = "utf-8") -> HttpAnswer:
    return HttpAnswer(status, content_type, charset, body.encode())


def envelope(content: str) -> str:
    return f'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{content}</s:Body></s:Envelope>'


FAULT = envelope(f"<s:Fault><faultcode>s:Server</faultcode><faultstring>ORA-00942 {PERSONAL}</faultstring></s:Fault>")


async def call(outcome: HttpAnswer | Exception):
    endpoint = SoapEndpoint(make_system(), "utf-8")
    endpoint._pool = Wire(outcome)
    return await endpoint.call(b"")


async def test_the_element_in_the_body_is_the_answer():
    assert (await call(xml(envelope("<op>1</op>")))).text == "1"


@pytest.mark.parametrize(
    ("outcome", "error", "reason"),
    [
        (ConnectionRefusedError(PERSONAL), SystemUnavailable, "the connection was refused"),
        (ConnectionResetError(PERSONAL), SystemUnavailable, "the connection broke off"),
        (OSError(PERSONAL), SystemUnavailable, "no connection"),
        (HttpMalformed("not an HTTP answer"), AnswerMalformed, "not an HTTP answer"),
        (xml(FAULT, 500), SystemUnavailable, "SOAP Fault Server"),
        (xml(FAULT, 200), SystemUnavailable, "SOAP Fault Server"),
        (
            xml(FAULT.replace("s:Server", PERSONAL), 500),
            SystemUnavailable,
            "SOAP Fault without a code",
        ),
        (
            xml(f"<html>系统维护中 {PERSONAL}</html>", 200, "text/html"),
            SystemInMaintenance,
            "a page with HTTP status 200 says that it is closed",
        ),
        (
            xml(f"  <HTML>{PERSONAL}</HTML>"),
            SystemUnavailable,
            "an HTML page with HTTP status 200",
        ),
        (xml(PERSONAL, 502, "text/plain"), SystemUnavailable, "an answer with HTTP status 502"),
        (xml("月末结算", 503, "text/plain"), SystemInMaintenance, "a page with HTTP status 503 says that it is closed"),
        (xml(PERSONAL, 500, "text/plain"), SystemUnavailable, "an answer with HTTP status 500"),
        (xml(PERSONAL, 401, "text/plain"), SystemRefused, "HTTP status 401"),
        (xml(PERSONAL), AnswerMalformed, "the answer is no XML: not well-formed at line 1, column 0"),
        (xml(f"<a>{PERSONAL}</a>"), AnswerMalformed, "the answer is no SOAP envelope"),
        (xml(envelope("")), AnswerMalformed, "the answer is no SOAP envelope"),
        (
            xml(envelope(f"<op>{'张三' * 8}</op>"), charset="GBK"),
            AnswerMalformed,
            "the answer is no XML: the bytes are not gb18030, which they claim to be",
        ),
    ],
)
async def test_every_way_of_not_answering_is_one_error(outcome, error, reason):
    with pytest.raises(error) as caught:
        await call(outcome)
    assert type(caught.value) is error
    assert str(caught.value) == f"test_system (330100): {reason}"
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__
