"""Huangshan's card service as a source of cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from legacy_adapters.batch import ask_each, first_of_each, newest_first
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_card_service.rows import card_record
from legacy_adapters.huangshan_card_service.service import CardService, open_service
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import AdapterOperations
from legacy_adapters.records.cards import CardRecord
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.resilience import Operation, SystemHealth
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

CARDS = Operation("查询卡信息")
CARD_BY_NUMBER = Operation("按卡号查询")


class HuangshanCardService:
    """A `CardsSource`. Its operations take one key each: a batch is one call a distinct key."""

    def __init__(self, system: LegacySystem, service: CardService) -> None:
        self._system = system
        self._service = service

    async def cards(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[CardRecord] | AdapterError]:
        async def ask(national_id: NationalId) -> Sequence[CardRecord]:
            # Without a name: a name asked in another spelling would hide the cards.
            return await self._cards(CARDS, ("社会保障号码*", national_id), ("姓名*", ""))

        return await ask_each(ids, ask, self._system.config.max_concurrency)

    async def cards_by_number(self, numbers: Sequence[str]) -> Mapping[str, CardRecord | AdapterError]:
        async def ask(number: str) -> Sequence[CardRecord]:
            return await self._cards(CARD_BY_NUMBER, ("社会保障卡卡号*", number))

        return first_of_each(await ask_each(filter(is_sendable, numbers), ask, self._system.config.max_concurrency))

    def operations(self, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
        """The writes of a card's life."""
        # Loaded by those who write.
        from legacy_adapters.huangshan_card_service.writes import Cards, open_writes

        return open_writes(Cards(self._system, self, self._service), settings)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._service.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()

    async def _cards(self, operation: Operation, *values: tuple[str, str]) -> list[CardRecord]:
        rows = await self._service.rows(operation, *values)
        provenance = self._system.provenance()
        records = (card_record(row.values(), provenance) for row in rows)
        return newest_first((record for record in records if record is not None), lambda record: record.issued_on)


async def open_adapter(system: LegacySystem) -> HuangshanCardService:
    """The adapter of `system`; no call is made yet."""
    return HuangshanCardService(system, await open_service(system))
