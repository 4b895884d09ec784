"""The card service's writes: loss, release, activation, and the application for another card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from legacy_adapters.configuration import OperationConfig
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_card_service.adapter import HuangshanCardService
from legacy_adapters.huangshan_card_service.service import BUSY, MAINTENANCE, MISSING_VALUE, CardService
from legacy_adapters.operations.cards import (
    ACTIVATION,
    FORMAL_LOSS,
    PROGRESS_TAGS,
    RELEASE,
    TEMPORARY_LOSS,
    CardGoal,
    observe_card,
    observe_replacement,
    read_progress,
)
from legacy_adapters.operations.commands import CardCommand, OperationName, ReplacementCommand
from legacy_adapters.operations.outcomes import Observation, Outcome, OutcomeKind, Reason, Standing
from legacy_adapters.operations.protocols import AdapterOperations, CodeMeaning, Knowledge, LegacyWrite, Repeat
from legacy_adapters.operations.writing import Answer, Sending, check_reference
from legacy_adapters.records.cards import CardRecord, ReplacementProgress
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

REFUSED, NOT_NOW = OutcomeKind.REFUSED, OutcomeKind.NOT_NOW
CODES = (
    CodeMeaning("00", OutcomeKind.DONE),
    # 之前已经是这个状态 here, 失败 elsewhere.
    CodeMeaning("01", None),
    CodeMeaning("卡号不存在", REFUSED, Reason.SUBJECT_UNKNOWN),
    CodeMeaning("身份证号不存在(或发卡城市不符)", REFUSED, Reason.SUBJECT_UNKNOWN),
    CodeMeaning("姓名与社会保障号码不符", REFUSED, Reason.PERSON_MISMATCH),
    *(
        CodeMeaning(text, REFUSED, Reason.STATE_FORBIDS)
        for text in ("卡已注销", "卡未启用", "卡未挂失", "卡已挂失", "卡已锁定", "卡状态异常", "卡未制成", "已申请补卡")
    ),
    CodeMeaning(MISSING_VALUE, REFUSED, Reason.REQUEST_INVALID),
    CodeMeaning("操作不存在", REFUSED, Reason.NOT_OFFERED),
    CodeMeaning(MAINTENANCE, NOT_NOW, Reason.MAINTENANCE),
    CodeMeaning(BUSY, NOT_NOW, Reason.BUSY),
    # The service could not reach what is behind it, or lost it: nobody knows how far it got.
    CodeMeaning("数据交换失败", OutcomeKind.UNKNOWN, Reason.BROKEN_OFF),
)
APPLICATION_CODES = (*CODES, CodeMeaning("已经有批次号", None))


@dataclass(frozen=True, slots=True)
class _Transition:
    operation: str
    goal: CardGoal
    compensation: OperationName | None


_TRANSITIONS = {
    OperationName.CARD_TEMPORARY_LOSS: _Transition("临时挂失", TEMPORARY_LOSS, OperationName.CARD_RELEASE),
    OperationName.CARD_FORMAL_LOSS: _Transition("正式挂失", FORMAL_LOSS, OperationName.CARD_RELEASE),
    OperationName.CARD_RELEASE: _Transition("解除挂失", RELEASE, OperationName.CARD_TEMPORARY_LOSS),
    OperationName.CARD_ACTIVATION: _Transition("领卡启用", ACTIVATION, None),
}
_APPLICATION = "申请社保卡"


class CardTransition:
    """A `LegacyWrite` that changes the state of a card's function. The service keeps no reference of the caller."""

    def __init__(self, cards: Cards, transition: _Transition, settings: OperationConfig) -> None:
        self._cards = cards
        self._transition = transition
        self._functions = settings.functions
        self._writer = cards.service.writer()
        self.knowledge = Knowledge(
            cards.system.name,
            CODES,
            Repeat.HARMLESS,
            keeps_reference=False,
            is_immediate=True,
            compensation=transition.compensation,
            settling_seconds=settings.settling_seconds,
        )

    async def observe(self, command: CardCommand) -> Observation:
        if command.function not in self._functions:
            return self._cards.impossible(Reason.NOT_OFFERED)
        card = await self._cards.card(command.card_number)
        return observe_card(card, command, self._transition.goal, self._cards.system.provenance())

    async def write(self, command: CardCommand, reference: str) -> Outcome:
        check_reference(reference)
        if command.function not in self._functions:
            return Outcome.refused(Reason.NOT_OFFERED)
        values = _identity(command)
        if values is None:
            return Outcome.refused(Reason.REQUEST_INVALID)
        operation = self._transition.operation

        async def attempt(sending: Sending) -> Answer:
            return await self._cards.service.send(sending, operation, *values)

        return await self._writer.write(operation, CODES, attempt, partial(self.observe, command))


class CardApplication:
    """A `LegacyWrite` that applies for a card in place of another.

    The service takes a second application as long as the first one stands in no batch: it must not be repeated blindly.
    """

    def __init__(self, cards: Cards, settings: OperationConfig) -> None:
        self._cards = cards
        self._writer = cards.service.writer()
        self.knowledge = Knowledge(
            cards.system.name,
            APPLICATION_CODES,
            Repeat.DUPLICATES,
            keeps_reference=False,
            is_immediate=False,
            compensation=None,
            settling_seconds=settings.settling_seconds,
        )

    async def observe(self, command: ReplacementCommand) -> Observation:
        card = await self._cards.card(command.card_number)
        progress = await self._cards.replacement_progress(command.card_number, command.national_id)
        return observe_replacement(card, progress, command, self._cards.system.provenance())

    async def write(self, command: ReplacementCommand, reference: str) -> Outcome:
        check_reference(reference)
        identity = _identity(command)
        if identity is None:
            return Outcome.refused(Reason.REQUEST_INVALID)
        values = (
            *identity,
            ("申领类型*", command.kind.value),
            ("领卡城市*", command.pick_up_city),
            ("身份核验城市*", command.identity_seen_by),
        )

        async def attempt(sending: Sending) -> Answer:
            return await self._cards.service.send(sending, _APPLICATION, *values)

        return await self._writer.write(_APPLICATION, APPLICATION_CODES, attempt, partial(self.observe, command))


class Cards:
    """What the writes read: one card, and how far the making of another has come (a `ReplacementSource`)."""

    def __init__(self, system: LegacySystem, adapter: HuangshanCardService, service: CardService) -> None:
        self.system = system
        self.service = service
        self._adapter = adapter

    async def card(self, number: str) -> CardRecord | None:
        """The card as it stands now. Raises AdapterError."""
        found = (await self._adapter.cards_by_number([number])).get(number)
        if isinstance(found, AdapterError):
            raise found
        return found

    async def replacement_progress(self, card_number: str, national_id: NationalId) -> ReplacementProgress | None:
        if not is_sendable(card_number):
            return None
        document = await self.service.progress(card_number, national_id)
        if document is None:
            return None
        return read_progress({tag: document.value(tag) for tag in PROGRESS_TAGS}, self.system.provenance())

    def impossible(self, reason: Reason) -> Observation:
        """What cannot be asked for, whatever the card's state."""
        return Observation(Standing.IMPOSSIBLE, None, self.system.provenance(), reason)


def open_writes(cards: Cards, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
    """The writes among those configured that the service has."""
    writes: dict[OperationName, LegacyWrite[Any]] = {
        name: CardTransition(cards, transition, settings[name])
        for name, transition in _TRANSITIONS.items()
        if name in settings
    }
    if OperationName.CARD_REPLACEMENT in settings:
        writes[OperationName.CARD_REPLACEMENT] = CardApplication(cards, settings[OperationName.CARD_REPLACEMENT])
    return AdapterOperations(writes, replacements=cards)


def _identity(command: CardCommand | ReplacementCommand) -> tuple[tuple[str, str], ...] | None:
    values = (
        ("社保卡号*", command.card_number),
        ("社会保障号码*", command.national_id),
        ("姓名*", command.name),
    )
    return values if all(is_sendable(value) for _, value in values) else None
