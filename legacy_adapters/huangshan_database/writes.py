"""The one write of this database: a certification put into zgrz_jk, where a job of the bureau takes it up."""

from __future__ import annotations

from collections.abc import Mapping

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.dates import dotted_day, read_moment
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_database import statements
from legacy_adapters.huangshan_database.codes import METHOD_WORDS
from legacy_adapters.operations.certifications import observe_certification
from legacy_adapters.operations.commands import CertificationCommand, OperationName
from legacy_adapters.operations.outcomes import Observation, OutcomeKind, Reason, Standing
from legacy_adapters.operations.protocols import AdapterOperations, CodeMeaning, Knowledge, Repeat
from legacy_adapters.operations.writing import Answer, Sending, SystemWrite, Values
from legacy_adapters.resilience import Operation
from legacy_adapters.sources import PensionsSource
from legacy_adapters.sql.database import Database
from legacy_adapters.system import LegacySystem

_REQUESTS = Operation("certification_requests")

INSERTED, PRESENT = "INSERTED", "PRESENT"
"""A database has no codes of its own: whether the row is new."""
CODES = (
    CodeMeaning(INSERTED, OutcomeKind.DONE),
    # The serial is unique, and it is the caller's own.
    CodeMeaning(PRESENT, OutcomeKind.ALREADY),
)
_WAITING = "0未处理"
_RETURNED = "2退回"


class Requests:
    """What is read of certifications and their requests, and how one is put there."""

    def __init__(self, system: LegacySystem, pensions: PensionsSource, database: Database) -> None:
        self.system = system
        self.database = database
        self._pensions = pensions

    async def observe(self, command: CertificationCommand) -> Observation:
        """The pension's own state first; where it is open, what became of a request for it. Raises AdapterError."""
        number = command.pension_number
        pension = (await self._pensions.pensions_by_number([number])).get(number)
        if isinstance(pension, AdapterError):
            raise pension
        observed = observe_certification(pension, command, self.system.provenance())
        return observed if observed.standing is not Standing.OPEN else await self._requested(command, observed)

    async def insert(self, sending: Sending, _operation: str, values: Values) -> Answer:
        """One attempt to put a request there; its serial is its receipt."""
        row = dict(values)
        is_new = await self.database.insert(sending, statements.REQUEST_CERTIFICATION, row)
        return Answer(INSERTED if is_new else PRESENT, row["lsh"])

    def values(self, command: CertificationCommand, reference: str) -> Values:
        """The row of a request."""
        return (
            ("lsh", reference),
            ("dybh", command.pension_number),
            ("sfzh", command.national_id),
            ("rzrq", dotted_day(command.passed_on)),
            ("rzfs", METHOD_WORDS[command.method]),
            ("xzqh", command.helper_city),
            ("tjsj", self.system.clock().astimezone(CITY_ZONE).strftime("%Y-%m-%d %H:%M:%S")),
            ("clbz", _WAITING),
        )

    async def _requested(self, command: CertificationCommand, observed: Observation) -> Observation:
        asked = {"number": command.pension_number, "day": dotted_day(command.passed_on)}
        rows = await self.database.rows(_REQUESTS, statements.CERTIFICATION_REQUESTS, asked)
        if not rows:
            return observed
        serial, state, submitted = rows[0]
        said, since = observed.provenance, read_moment(submitted)
        if state == _RETURNED:
            return Observation(Standing.IMPOSSIBLE, state, said, Reason.STATE_FORBIDS, since=since, receipt=serial)
        # Dealt with as well: its certification will be seen in a moment.
        return Observation(Standing.PENDING, state, said, since=since, receipt=serial)


def open_writes(requests: Requests, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
    """Certification, if it is configured."""
    configured = settings.get(OperationName.PENSION_CERTIFICATION)
    if configured is None:
        return AdapterOperations({})
    knowledge = Knowledge(
        requests.system.name,
        CODES,
        Repeat.DEDUPLICATED,
        keeps_reference=True,
        is_immediate=False,
        compensation=None,
        longest_seconds=requests.system.config.longest_call_seconds,
        settling_seconds=configured.settling_seconds,
    )
    write = SystemWrite(
        knowledge, "zgrz_jk", requests.database.writer(), requests.insert, requests.values, requests.observe
    )
    return AdapterOperations({OperationName.PENSION_CERTIFICATION: write})
