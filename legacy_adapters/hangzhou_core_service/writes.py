"""The core service's writes: each under the caller's reference as its serial, which has its effect once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.hangzhou_core_service import write_values
from legacy_adapters.hangzhou_core_service.adapter import PENSION_BY_NUMBER
from legacy_adapters.hangzhou_core_service.rows import (
    ASSIST_ROW,
    CARD_ROW,
    PENSION_OWNER_ROW,
    PROGRESS_ROW,
    TRANSFER_ROW,
    assist_record,
    card_record,
    pension_owner,
    progress_record,
    transfer_record,
)
from legacy_adapters.hangzhou_core_service.service import BUSY, CLOSED, DONE, CoreService, Query
from legacy_adapters.operations.assists import observe_acceptance, observe_creation, observe_reply
from legacy_adapters.operations.cards import (
    ACTIVATION,
    FORMAL_LOSS,
    RELEASE,
    TEMPORARY_LOSS,
    CardGoal,
    observe_card,
    observe_replacement,
    unreached_function,
)
from legacy_adapters.operations.certifications import observe_certification
from legacy_adapters.operations.commands import (
    AssistAcceptance,
    AssistCreation,
    AssistReply,
    CardCommand,
    CardFunction,
    CertificationCommand,
    Command,
    OperationName,
    ReplacementCommand,
    TransferRegistration,
)
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason
from legacy_adapters.operations.protocols import AdapterOperations, CodeMeaning, Knowledge, LegacyWrite, Repeat
from legacy_adapters.operations.transfers import observe_registration
from legacy_adapters.operations.writing import Answer, Sending, SystemWrite, Values
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.cards import ReplacementProgress
from legacy_adapters.records.provenance import CityCode, NationalId
from legacy_adapters.records.transfers import TransferKind
from legacy_adapters.resilience import Operation
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

R = TypeVar("R")

CARD = Query(Operation("queryCard"), ("AAZ500",), CARD_ROW, card_record)
PROGRESS = Query(Operation("queryCardProgress"), ("AAZ500",), PROGRESS_ROW, progress_record)
PENSION_OWNER = Query(PENSION_BY_NUMBER.operation, ("AAZ257",), PENSION_OWNER_ROW, pension_owner)
ASSIST = Query(Operation("queryAssist"), ("BLC100", "BLC101", "BLC102"), ASSIST_ROW, assist_record)
TRANSFER = Query(Operation("queryTransfer"), ("BLC200", "BLC201", "BLC202"), TRANSFER_ROW, transfer_record)

_NO_PENSION = "E2004"

CODES = (
    CodeMeaning(DONE, OutcomeKind.DONE),
    # Done under this very serial; the answer carries the receipt of that time.
    CodeMeaning("E5001", OutcomeKind.ALREADY),
    CodeMeaning("E5002", None),
    CodeMeaning("E5003", None),
    *(
        CodeMeaning(code, OutcomeKind.REFUSED, Reason.SUBJECT_UNKNOWN)
        for code in ("E2003", _NO_PENSION, "E2006", "E2007")
    ),
    CodeMeaning("E3001", OutcomeKind.REFUSED, Reason.REQUEST_INVALID),
    CodeMeaning("E3002", OutcomeKind.REFUSED, Reason.PERSON_MISMATCH),
    CodeMeaning("E4001", OutcomeKind.REFUSED, Reason.STATE_FORBIDS),
    CodeMeaning(CLOSED, OutcomeKind.NOT_NOW, Reason.MAINTENANCE),
    CodeMeaning(BUSY, OutcomeKind.NOT_NOW, Reason.BUSY),
)


class CoreFiles:
    """What the writes read: cards, pensions, letters, transfers (a `ReplacementSource` and `AssistSource`)."""

    def __init__(self, system: LegacySystem, service: CoreService) -> None:
        self._system = system
        self._service = service

    async def observe_card(self, goal: CardGoal, command: CardCommand) -> Observation:
        """How a wish for the card stands. Raises AdapterError, as all of these do."""
        card = await self._one(CARD, command.card_number)
        return observe_card(card, command, goal, self._system.provenance())

    async def observe_application(self, command: ReplacementCommand) -> Observation:
        """How a wish for another card stands."""
        card = await self._one(CARD, command.card_number)
        progress = await self.replacement_progress(command.card_number, command.national_id)
        return observe_replacement(card, progress, command, self._system.provenance())

    async def observe_certification(self, command: CertificationCommand) -> Observation:
        """How a certification stands."""
        pension = await self._one(PENSION_BY_NUMBER, command.pension_number)
        return observe_certification(pension, command, self._system.provenance())

    async def observe_creation(self, command: AssistCreation) -> Observation:
        """How a letter to be entered stands."""
        letter = await self.assist_by_letter(command.requesting_city, command.letter_number)
        return observe_creation(letter, command, self._system.provenance())

    async def observe_acceptance(self, command: AssistAcceptance) -> Observation:
        """How the taking up of a letter stands."""
        return observe_acceptance(await self.assist_by_number(command.number), self._system.provenance())

    async def observe_reply(self, command: AssistReply) -> Observation:
        """How the answer to a letter stands."""
        return observe_reply(await self.assist_by_number(command.number), self._system.provenance())

    async def observe_registration(self, kind: TransferKind, command: TransferRegistration) -> Observation:
        """How a case to be registered stands."""
        found = await self._one(TRANSFER, None, command.transfer_number, command.sending_city)
        return observe_registration(found, kind, command, self._system.provenance())

    async def replacement_progress(self, card_number: str, _national_id: NationalId) -> ReplacementProgress | None:
        """See the protocol."""
        return await self._one(PROGRESS, card_number)

    async def assist_by_number(self, number: str) -> AssistRecord | None:
        """See the protocol."""
        return await self._one(ASSIST, number, None, None)

    async def assist_by_letter(self, requesting_city: CityCode, letter_number: str) -> AssistRecord | None:
        """See the protocol."""
        return await self._one(ASSIST, None, letter_number, requesting_city)

    async def certify(self, sending: Sending, operation: str, values: Values) -> Answer | Outcome:
        """Send a certification. The service wants AAC001 instead of the id number: the pension's row has both."""
        (_, national_id), *others = values
        # Not through the guard: this attempt has its place already.
        found = await self._service.attempt(PENSION_OWNER, dict(others)["AAZ257"])
        if not found.records:
            return Answer(_NO_PENSION)
        owner, personal_number = found.records[0]
        if owner != national_id:
            # The service would compare AAC001 only, which is the owner's.
            return Outcome.refused(Reason.PERSON_MISMATCH)
        return await self._service.send(sending, operation, [("AAC001", personal_number), *others])

    def this_year(self) -> str:
        """The year on the service's clock: it takes no certification for another one."""
        return str(self._system.clock().astimezone(CITY_ZONE).year)

    async def _one(self, query: Query[R], *values: str | None) -> R | None:
        if not all(value is None or is_sendable(value) for value in values):
            return None
        records = (await self._service.ask(query, *values)).records
        return records[0] if records else None


@dataclass(frozen=True, slots=True)
class _Declared:
    operation: str
    values: Callable[[Any, str], Values]
    read_back: Callable[[Any], Awaitable[Observation]]
    compensation: OperationName | None = None
    is_immediate: bool = True


def open_writes(
    system: LegacySystem, service: CoreService, settings: Mapping[OperationName, OperationConfig]
) -> AdapterOperations:
    """The writes among those configured that the service has."""
    files = CoreFiles(system, service)
    writes: dict[OperationName, LegacyWrite[Any]] = {}
    for name, declared in _declared(files).items():
        if name in settings:
            knowledge = _knowledge(system, declared, settings[name])
            send = files.certify if name is OperationName.PENSION_CERTIFICATION else service.send
            writes[name] = SystemWrite(
                knowledge,
                declared.operation,
                service.writer(),
                send,
                declared.values,
                declared.read_back,
                partial(_unreached, settings[name].functions),
            )
    return AdapterOperations(writes, replacements=files, assists=files)


def _declared(files: CoreFiles) -> dict[OperationName, _Declared]:
    return {
        OperationName.CARD_TEMPORARY_LOSS: _Declared(
            "reportCardLoss",
            write_values.temporary_loss,
            partial(files.observe_card, TEMPORARY_LOSS),
            OperationName.CARD_RELEASE,
        ),
        OperationName.CARD_FORMAL_LOSS: _Declared(
            "reportCardLoss",
            write_values.formal_loss,
            partial(files.observe_card, FORMAL_LOSS),
            OperationName.CARD_RELEASE,
        ),
        OperationName.CARD_RELEASE: _Declared(
            "releaseCard",
            write_values.release,
            partial(files.observe_card, RELEASE),
            OperationName.CARD_TEMPORARY_LOSS,
        ),
        OperationName.CARD_ACTIVATION: _Declared(
            "activateCard", write_values.activation, partial(files.observe_card, ACTIVATION)
        ),
        OperationName.CARD_REPLACEMENT: _Declared(
            "applyCard", write_values.application, files.observe_application, is_immediate=False
        ),
        OperationName.PENSION_CERTIFICATION: _Declared(
            "certify", partial(write_values.certification, files.this_year), files.observe_certification
        ),
        OperationName.ASSIST_CREATION: _Declared("createAssist", write_values.creation, files.observe_creation),
        OperationName.ASSIST_ACCEPTANCE: _Declared("acceptAssist", write_values.acceptance, files.observe_acceptance),
        OperationName.ASSIST_REPLY: _Declared("replyAssist", write_values.reply, files.observe_reply),
        OperationName.DISPUTE_TRANSFER: _registration(files, TransferKind.DISPUTE),
        OperationName.INSPECTION_TRANSFER: _registration(files, TransferKind.INSPECTION),
    }


def _registration(files: CoreFiles, kind: TransferKind) -> _Declared:
    values = partial(write_values.registration, kind)
    return _Declared("registerTransfer", values, partial(files.observe_registration, kind))


def _knowledge(system: LegacySystem, declared: _Declared, settings: OperationConfig) -> Knowledge:
    return Knowledge(
        system.name,
        CODES,
        Repeat.DEDUPLICATED,
        keeps_reference=True,
        is_immediate=declared.is_immediate,
        compensation=declared.compensation,
        longest_seconds=system.config.longest_call_seconds,
        settling_seconds=settings.settling_seconds,
    )


def _unreached(functions: Sequence[CardFunction], command: Command) -> Reason | None:
    return unreached_function(functions, command) if isinstance(command, CardCommand) else None
