"""Calls of the core service: an operation and its values in, the answer's rows as records out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from lxml import etree

from legacy_adapters.errors import (
    AnswerMalformed,
    BusinessError,
    SystemBusy,
    SystemInMaintenance,
    SystemRefused,
)
from legacy_adapters.hangzhou_core_service.rows import NAMESPACE
from legacy_adapters.hangzhou_core_service.session import TokenKeeper, login_digest, make_nonce
from legacy_adapters.operations.writing import Answer as WriteAnswer
from legacy_adapters.operations.writing import Values, Writer
from legacy_adapters.records.provenance import Provenance
from legacy_adapters.resilience import Guard, Operation, SystemHealth
from legacy_adapters.soap.description import ServiceDescription, load_description
from legacy_adapters.soap.endpoint import SoapEndpoint
from legacy_adapters.soap.envelope import PreparedEnvelope
from legacy_adapters.soap.rows import Row, RowReader
from legacy_adapters.system import LegacySystem

R = TypeVar("R")

WSDL = Path(__file__).with_name("core_service.wsdl")

DONE = "0"
TOKEN_EXPIRED = "E1001"  # noqa: S105  # a code, no token
NOTHING_FOUND = frozenset({"E2003", "E2004", "E2005", "E2006", "E2007"})
"""No such person, pension, case, card or letter: ordinary empty answers."""
CLOSED = "E9001"
BUSY = "E9002"
LOGIN_REFUSED = "E1002"

_HEAD = f"{{{NAMESPACE}}}head"
_ROW = f"{{{NAMESPACE}}}row"
_RECEIPT = f"{{{NAMESPACE}}}receipt"
_TOKEN = f"{{{NAMESPACE}}}token"
_HEAD_FIELDS = RowReader(("retcode", "total", "rows"), NAMESPACE)
_LOGIN_PARAMETERS = ("user", "digest", "nonce")


@dataclass(frozen=True, slots=True)
class Query(Generic[R]):
    """One reading operation.

    Attributes:
        operation: its name in the WSDL.
        parameters: what it is asked with, behind the token.
        row: reads the elements of its rows.
        record: makes a record of a row, None of one that nothing identifies.
    """

    operation: Operation
    parameters: tuple[str, ...]
    row: RowReader
    record: Callable[[Row, Provenance], R | None]


@dataclass(frozen=True, slots=True)
class Answer(Generic[R]):
    """The records of an answer's rows, None for a row that cannot be one; `total` rows are on all pages."""

    rows: tuple[R | None, ...]
    total: int

    @property
    def records(self) -> list[R]:
        """The rows that are records."""
        return [record for record in self.rows if record is not None]


class CoreService:
    """The service behind its guard. Every call carries the shared token; the password goes into the login's digest."""

    def __init__(self, system: LegacySystem, description: ServiceDescription) -> None:
        self._system = system
        self._description = description
        self._endpoint = SoapEndpoint(system, "utf-8")
        self._guard = Guard(system)
        self._login = description.prepare("login", _LOGIN_PARAMETERS)
        self._tokens = TokenKeeper(self._log_in)
        self._envelopes: dict[tuple[str, tuple[str, ...]], PreparedEnvelope] = {}

    async def ask(self, query: Query[R], *values: str | None) -> Answer[R]:
        """The answer to `query`; a value that is None is left out of the message.

        Raises BusinessError with the service's retcode, SystemInMaintenance (E9001), SystemBusy (E9002), SystemRefused
        (login) and what the guard and the endpoint raise.
        """
        return await self._guard.call(query.operation, partial(self.attempt, query, *values))

    async def attempt(self, query: Query[R], *values: str | None) -> Answer[R]:
        """One attempt of `query`, outside the guard: for what is part of a guarded call already."""
        given = tuple(name for name, value in zip(query.parameters, values, strict=True) if value is not None)
        envelope = self._envelope(query.operation.name, ("token", *given))
        present = [value for value in values if value is not None]
        token = await self._tokens.token()
        body = await self._endpoint.call(envelope.fill(token, *present))
        if self._retcode(body) == TOKEN_EXPIRED:
            token = await self._tokens.renewed(token)
            body = await self._endpoint.call(envelope.fill(token, *present))
        return self._read(query, body)

    async def send(self, sending: Callable[[], None], operation: str, values: Values) -> WriteAnswer:
        """One attempt of a writing operation, outside the guard: its code and its receipt.

        Raises SystemRefused (login), AnswerMalformed and what the endpoint raises.
        """
        given = [(name, value) for name, value in values if value is not None]
        envelope = self._envelope(operation, ("token", *(name for name, _ in given)))
        present = [value for _, value in given]
        token = await self._tokens.token()
        body = await self._endpoint.call_once(envelope.fill(token, *present), sending)
        if self._retcode(body) == TOKEN_EXPIRED:
            # It has looked at nothing but the token.
            token = await self._tokens.renewed(token)
            body = await self._endpoint.call_once(envelope.fill(token, *present), sending)
        retcode = self._retcode(body)
        if retcode is None or retcode in (TOKEN_EXPIRED, LOGIN_REFUSED):
            self._check(retcode)
        return WriteAnswer(_tellable(retcode), body.findtext(_RECEIPT) or None)

    def writer(self) -> Writer:
        """Makes writes under the guard that the reads have too."""
        return Writer(self._system, self._guard)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._guard.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._endpoint.aclose()

    async def _log_in(self) -> str:
        config, nonce = self._system.config, make_nonce()
        body = await self._endpoint.call(self._login.fill(config.username, login_digest(config.password, nonce), nonce))
        self._check(self._retcode(body))
        token = body.findtext(_TOKEN)
        if not token:
            raise self._system.error(AnswerMalformed, "the login's answer has no token")
        return token

    def _envelope(self, operation: str, parameters: tuple[str, ...]) -> PreparedEnvelope:
        prepared = self._envelopes.get((operation, parameters))
        if prepared is None:
            prepared = self._envelopes[operation, parameters] = self._description.prepare(operation, parameters)
        return prepared

    def _read(self, query: Query[R], body: etree._Element) -> Answer[R]:
        retcode, total, count = self._head(body)
        if retcode in NOTHING_FOUND:
            return Answer((), 0)
        self._check(retcode)
        provenance = self._system.provenance()
        rows = tuple(query.record(query.row.read(row), provenance) for row in body.iterchildren(_ROW))
        if count is not None and count != str(len(rows)):
            raise self._system.error(AnswerMalformed, "the answer has not as many rows as its head says")
        return Answer(rows, int(total) if total and total.isascii() and total.isdigit() else len(rows))

    def _retcode(self, body: etree._Element) -> str | None:
        return self._head(body)[0]

    def _head(self, body: etree._Element) -> Row:
        head = body.find(_HEAD)
        if head is None:
            raise self._system.error(AnswerMalformed, "the answer has no head")
        return _HEAD_FIELDS.read(head)

    def _check(self, retcode: str | None) -> None:
        if retcode == DONE:
            return
        if retcode is None:
            raise self._system.error(AnswerMalformed, "the answer has no retcode")
        if retcode == CLOSED:
            raise self._system.error(SystemInMaintenance, "the service says that it is closed (E9001)", CLOSED)
        if retcode == BUSY:
            raise self._system.error(SystemBusy, "the service says that it is busy (E9002)", BUSY)
        if retcode == LOGIN_REFUSED:
            raise self._system.login_refused(f"the login was refused ({retcode})", retcode)
        if retcode == TOKEN_EXPIRED:
            raise self._system.error(SystemRefused, f"a new token was refused ({retcode})", retcode)
        code = _tellable(retcode)
        raise BusinessError(self._system.name, self._system.city, f"the service answered {code}", code)


def _tellable(retcode: str | None) -> str:
    # retmsg may name the person: only the code is told, and only if it looks like one.
    is_code = retcode is not None and retcode.isascii() and retcode.isalnum() and len(retcode) <= 8
    return retcode if retcode is not None and is_code else "unreadable"


async def open_service(system: LegacySystem) -> CoreService:
    """The service of `system`, its description read from the package; no connection is made yet."""
    return CoreService(system, await load_description(WSDL))
