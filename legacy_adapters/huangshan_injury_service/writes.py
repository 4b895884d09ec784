"""The injury service's writes: letters of entrusted investigation. It knows no reference but the letter's number."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from legacy_adapters.configuration import OperationConfig
from legacy_adapters.huangshan_injury_service.codes import SUBJECT_WORDS, VERDICT_WORDS
from legacy_adapters.huangshan_injury_service.rows import ASSIST_ROW, assist_record
from legacy_adapters.huangshan_injury_service.service import BUSY, CLOSED, DONE, NOTHING_FOUND, InjuryService
from legacy_adapters.operations.assists import observe_acceptance, observe_creation, observe_reply
from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation, AssistReply, OperationName
from legacy_adapters.operations.outcomes import Observation, OutcomeKind, Reason
from legacy_adapters.operations.protocols import AdapterOperations, CodeMeaning, Knowledge, LegacyWrite, Repeat
from legacy_adapters.operations.writing import SystemWrite, Values, as_lines
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.provenance import CityCode
from legacy_adapters.resilience import Operation
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

QUERY = Operation("C030004")

CODES = (
    CodeMeaning(DONE, OutcomeKind.DONE),
    CodeMeaning("4001", None),
    CodeMeaning("4002", None),
    CodeMeaning(NOTHING_FOUND, OutcomeKind.REFUSED, Reason.SUBJECT_UNKNOWN),
    CodeMeaning("3001", OutcomeKind.REFUSED, Reason.REQUEST_INVALID),
    CodeMeaning("3002", OutcomeKind.REFUSED, Reason.NOT_OFFERED),
    CodeMeaning("4003", OutcomeKind.REFUSED, Reason.STATE_FORBIDS),
    CodeMeaning(CLOSED, OutcomeKind.NOT_NOW, Reason.MAINTENANCE),
    CodeMeaning(BUSY, OutcomeKind.NOT_NOW, Reason.BUSY),
)


class Letters:
    """What the writes read (an `AssistSource`)."""

    def __init__(self, system: LegacySystem, service: InjuryService) -> None:
        self._system = system
        self._service = service

    async def observe_creation(self, command: AssistCreation) -> Observation:
        """How a letter to be entered stands. Raises AdapterError, as all of these do."""
        letter = await self.assist_by_letter(command.requesting_city, command.letter_number)
        return observe_creation(letter, command, self._system.provenance())

    async def observe_acceptance(self, command: AssistAcceptance) -> Observation:
        """How the taking up of a letter stands."""
        return observe_acceptance(await self.assist_by_number(command.number), self._system.provenance())

    async def observe_reply(self, command: AssistReply) -> Observation:
        """How the answer to a letter stands."""
        return observe_reply(await self.assist_by_number(command.number), self._system.provenance())

    async def assist_by_number(self, number: str) -> AssistRecord | None:
        """See the protocol."""
        return await self._one(("xcbh", number))

    async def assist_by_letter(self, requesting_city: CityCode, letter_number: str) -> AssistRecord | None:
        """See the protocol."""
        return await self._one(("qqcs", requesting_city), ("lwbh", letter_number))

    async def _one(self, *values: tuple[str, str]) -> AssistRecord | None:
        # Without a number the service looks for the letter's, and the other way round.
        if not all(value and is_sendable(value) for _, value in values):
            return None
        rows = await self._service.rows_of(QUERY, values)
        provenance = self._system.provenance()
        return assist_record(ASSIST_ROW.read(rows[0]), provenance) if rows else None


@dataclass(frozen=True, slots=True)
class _Declared:
    function: str
    values: Callable[[Any, str], Values]
    read_back: Callable[[Any], Awaitable[Observation]]
    repeat: Repeat


def open_writes(
    system: LegacySystem, service: InjuryService, settings: Mapping[OperationName, OperationConfig]
) -> AdapterOperations:
    """The writes among those configured that the service has."""
    letters = Letters(system, service)
    declared = {
        # The letter's number is unique there.
        OperationName.ASSIST_CREATION: _Declared("C030001", _creation, letters.observe_creation, Repeat.DEDUPLICATED),
        OperationName.ASSIST_ACCEPTANCE: _Declared("C030002", _acceptance, letters.observe_acceptance, Repeat.HARMLESS),
        OperationName.ASSIST_REPLY: _Declared("C030003", _reply, letters.observe_reply, Repeat.HARMLESS),
    }
    writes: dict[OperationName, LegacyWrite[Any]] = {
        name: SystemWrite(
            _knowledge(system, each.repeat, settings[name]),
            each.function,
            service.writer(),
            service.send,
            each.values,
            each.read_back,
        )
        for name, each in declared.items()
        if name in settings
    }
    return AdapterOperations(writes, assists=letters)


def _knowledge(system: LegacySystem, repeat: Repeat, settings: OperationConfig) -> Knowledge:
    return Knowledge(
        system.name,
        CODES,
        repeat,
        keeps_reference=False,
        is_immediate=True,
        compensation=None,
        longest_seconds=system.config.longest_call_seconds,
        settling_seconds=settings.settling_seconds,
    )


def _creation(command: AssistCreation, _reference: str) -> Values:
    return (
        ("lwbh", command.letter_number),
        ("qqcs", command.requesting_city),
        ("qqdw", command.requesting_office),
        ("xbcs", command.addressed_city),
        ("xbdw", command.addressed_office),
        ("xcsx", SUBJECT_WORDS[command.subject]),
        ("D507_01", command.national_id),
        ("D507_02", command.name),
        ("gsrdbh", command.case_number),
        ("wtqd", as_lines(command.questions)),
        ("flyj", command.legal_basis),
        ("qxrq", command.due_on),
        ("fjzy", as_lines(command.attachment_digests) or None),
    )


def _acceptance(command: AssistAcceptance, _reference: str) -> Values:
    return ("xcbh", command.number), ("slr", as_lines(command.officers)), ("slrq", command.accepted_on)


def _reply(command: AssistReply, _reference: str) -> Values:
    return (
        ("xcbh", command.number),
        ("fkqd", as_lines(f"{VERDICT_WORDS[finding.verdict]}|{finding.text}" for finding in command.findings)),
        ("qzr", command.signed_by),
        ("fkrq", command.replied_on),
        ("zjzy", as_lines(command.evidence_digests) or None),
    )
