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
    unreached_function,
)
from legacy_adapters.operations.commands import CardCommand, OperationName, ReplacementCommand
from legacy_adapters.operations.outcomes import Observation, OutcomeKind, Reason
from legacy_adapters.operations.protocols import AdapterOperations, CodeMeaning, Knowledge, LegacyWrite, Repeat
from legacy_adapters.operations.writing import SystemWrite, Values
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


class Cards:
    """What the writes read: one card, and how far the making of another has come (a `ReplacementSource`)."""

    def __init__(self, system: LegacySystem, adapter: HuangshanCardService, service: CardService) -> None:
        self.system = system
        self.service = service
        self._adapter = adapter

    async def observe(self, goal: CardGoal, command: CardCommand) -> Observation:
        """How a wish for the card stands. Raises AdapterError."""
        return observe_card(await self._card(command.card_number), command, goal, self.system.provenance())

    async def observe_application(self, command: ReplacementCommand) -> Observation:
        """How a wish for another card stands. Raises AdapterError."""
        card = await self._card(command.card_number)
        progress = await self.replacement_progress(command.card_number, command.national_id)
        return observe_replacement(card, progress, command, self.system.provenance())

    async def replacement_progress(self, card_number: str, national_id: NationalId) -> ReplacementProgress | None:
        """See the protocol."""
        if not is_sendable(card_number):
            return None
        document = await self.service.progress(card_number, national_id)
        if document is None:
            return None
        return read_progress({tag: document.value(tag) for tag in PROGRESS_TAGS}, self.system.provenance())

    async def _card(self, number: str) -> CardRecord | None:
        found = (await self._adapter.cards_by_number([number])).get(number)
        if isinstance(found, AdapterError):
            raise found
        return found


def open_writes(cards: Cards, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
    """The writes among those configured that the service has."""
    writes: dict[OperationName, LegacyWrite[Any]] = {
        name: _transition(cards, transition, settings[name])
        for name, transition in _TRANSITIONS.items()
        if name in settings
    }
    if OperationName.CARD_REPLACEMENT in settings:
        writes[OperationName.CARD_REPLACEMENT] = _application(cards, settings[OperationName.CARD_REPLACEMENT])
    return AdapterOperations(writes, replacements=cards)


def _transition(cards: Cards, transition: _Transition, settings: OperationConfig) -> SystemWrite[CardCommand]:
    knowledge = Knowledge(
        cards.system.name,
        CODES,
        Repeat.HARMLESS,
        keeps_reference=False,
        is_immediate=True,
        compensation=transition.compensation,
        longest_seconds=cards.system.config.longest_call_seconds,
        settling_seconds=settings.settling_seconds,
    )
    return SystemWrite(
        knowledge,
        transition.operation,
        cards.service.writer(),
        cards.service.send,
        _holder,
        partial(cards.observe, transition.goal),
        partial(unreached_function, settings.functions),
    )


def _application(cards: Cards, settings: OperationConfig) -> SystemWrite[ReplacementCommand]:
    # The service takes a second application as long as the first one stands in no batch.
    knowledge = Knowledge(
        cards.system.name,
        APPLICATION_CODES,
        Repeat.DUPLICATES,
        keeps_reference=False,
        is_immediate=False,
        compensation=None,
        longest_seconds=cards.system.config.longest_call_seconds,
        settling_seconds=settings.settling_seconds,
    )
    return SystemWrite(
        knowledge, _APPLICATION, cards.service.writer(), cards.service.send, _applicant, cards.observe_application
    )


def _holder(command: CardCommand | ReplacementCommand, _reference: str) -> Values:
    return ("社保卡号*", command.card_number), ("社会保障号码*", command.national_id), ("姓名*", command.name)


def _applicant(command: ReplacementCommand, reference: str) -> Values:
    return (
        *_holder(command, reference),
        ("申领类型*", command.kind.value),
        ("领卡城市*", command.pick_up_city),
        ("身份核验城市*", command.identity_seen_by),
    )
