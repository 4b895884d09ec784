"""Calls of the injury service's pipe: a message of XML in a string in, its rows out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lxml import etree

from legacy_adapters.errors import (
    AnswerMalformed,
    BusinessError,
    SystemBusy,
    SystemInMaintenance,
    SystemRefused,
)
from legacy_adapters.operations.writing import Answer, Values, Writer
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.soap.answer import returned_text
from legacy_adapters.soap.description import ServiceDescription, load_description
from legacy_adapters.soap.endpoint import SoapEndpoint
from legacy_adapters.soap.envelope import escape_text
from legacy_adapters.soap.xml import XmlMalformed, parse_text
from legacy_adapters.system import LegacySystem

WSDL = Path(__file__).with_name("injury_pipe.wsdl")

PIPE = "nh_pipe"
DONE = "0000"
NOTHING_FOUND = "1001"
LOGIN_REFUSED, RIGHTS_REFUSED = "2001", "2002"
CLOSED = "9001"
BUSY = "9002"


class InjuryService:
    """The service behind its guard. Every message carries identity and password in its head."""

    def __init__(self, system: LegacySystem, description: ServiceDescription) -> None:
        self._system = system
        self._envelope = description.prepare(PIPE, ("xml",))
        self._endpoint = SoapEndpoint(system, "utf-8")
        self._guard = Guard(system)

    async def rows(self, function: Operation, field: str, value: str) -> list[etree._Element]:
        """The rows that `function` finds for `value`, none where the service knows of nothing.

        Raises BusinessError with the returnCode, SystemInMaintenance (9001), SystemBusy (9002), SystemRefused (2001,
        2002), AnswerMalformed and what guard and endpoint raise.
        """
        return await self.rows_of(function, ((field, value),))

    async def rows_of(self, function: Operation, values: Values) -> list[etree._Element]:
        """As `rows`, for a function that is asked with several values."""
        envelope = self._envelope.fill(self._message(function.name, values))

        async def attempt() -> list[etree._Element]:
            return self._read(self._answered(await self._endpoint.call(envelope)))

        return await self._guard.call(function, attempt)

    async def send(self, sending: Callable[[], None], function: str, values: Values) -> Answer:
        """One attempt of a writing function, outside the guard: its code, and the number of a letter.

        Raises SystemRefused (2001, 2002), AnswerMalformed and what the endpoint raises.
        """
        envelope = self._envelope.fill(self._message(function, values))
        message = self._answered(await self._endpoint.call_once(envelope, sending))
        code = (message.findtext("head/returnCode") or "").strip()
        if code in ("", LOGIN_REFUSED, RIGHTS_REFUSED):
            self._check(code)
        return Answer(_tellable(code), (message.findtext("body/row/xcbh") or "").strip() or None)

    def writer(self) -> Writer:
        """Makes writes under the guard that the reads have too."""
        return Writer(self._system, self._guard)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    def _message(self, function: str, values: Values) -> str:
        config = self._system.config
        body = "".join(f"<{field}>{escape_text(value)}</{field}>" for field, value in values if value is not None)
        return (
            f"<message><head><functionNo>{function}</functionNo><targetOrg>{self._system.city}</targetOrg>"
            f"<identity>{escape_text(config.username)}</identity><password>{escape_text(config.password)}</password>"
            f"</head><body>{body}</body></message>"
        )

    def _answered(self, body: etree._Element) -> etree._Element:
        try:
            return parse_text(returned_text(body))
        except XmlMalformed as error:
            raise self._system.error(AnswerMalformed, f"the message in the answer: {error}") from None

    def _read(self, message: etree._Element) -> list[etree._Element]:
        code = (message.findtext("head/returnCode") or "").strip()
        if code == NOTHING_FOUND:
            return []
        self._check(code)
        # A single row stands in the body itself, several stand in a list.
        rows = message.findall("body/rows/row") or message.findall("body/row")
        count = (message.findtext("head/rowCount") or "").strip()
        if count and count != str(len(rows)):
            raise self._system.error(AnswerMalformed, "the message has not as many rows as its head says")
        return rows

    def _check(self, code: str) -> None:
        if code == DONE:
            return
        if not code:
            raise self._system.error(AnswerMalformed, "the message has no returnCode")
        if code == CLOSED:
            raise self._system.error(SystemInMaintenance, "the service says that it is closed (9001)", CLOSED)
        if code == BUSY:
            raise self._system.error(SystemBusy, "the service says that it is busy (9002)", BUSY)
        if code == LOGIN_REFUSED:
            raise self._system.login_refused(f"the service refused us ({code})", code)
        if code == RIGHTS_REFUSED:
            raise self._system.error(SystemRefused, f"the service refused us ({code})", code)
        told = _tellable(code)
        raise BusinessError(self._system.name, self._system.city, f"the service answered {told}", told)


def _tellable(code: str) -> str:
    # returnMsg may name the person: only the code is told, and only if it looks like one.
    return code if code.isascii() and code.isalnum() and len(code) <= 8 else "unreadable"


async def open_service(system: LegacySystem) -> InjuryService:
    """The service of `system`, its description read from the package; no connection is made yet."""
    return InjuryService(system, await load_description(WSDL))
