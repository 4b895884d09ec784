"""Huangshan's injury service as a source of work injuries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from legacy_adapters.batch import ask_each, first_of_each, newest_first
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_injury_service.rows import INJURY_ROW, injury_record
from legacy_adapters.huangshan_injury_service.service import InjuryService, open_service
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import AdapterOperations
from legacy_adapters.records.cases import CaseRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.resilience import Operation, SystemHealth
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.system import LegacySystem

K = TypeVar("K", bound=str)

BY_PERSON = Operation("C020001")
BY_EMPLOYER = Operation("C020002")
BY_NUMBER = Operation("C020003")


class HuangshanInjuryService:
    """A `CasesSource`. Its functions take one key each: a batch is one call a distinct key."""

    def __init__(self, system: LegacySystem, service: InjuryService) -> None:
        self._system = system
        self._service = service

    async def cases_of_people(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[CaseRecord] | AdapterError]:
        return await self._each(BY_PERSON, "D507_01", ids)

    async def cases_of_employers(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, Sequence[CaseRecord] | AdapterError]:
        return await self._each(BY_EMPLOYER, "D507_11", codes)

    async def cases_by_number(self, numbers: Sequence[str]) -> Mapping[str, CaseRecord | AdapterError]:
        return first_of_each(await self._each(BY_NUMBER, "gsrdbh", numbers))

    def operations(self, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
        """The writes of letters."""
        # Loaded by those who write.
        from legacy_adapters.huangshan_injury_service.writes import open_writes

        return open_writes(self._system, self._service, settings)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._service.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()

    async def _each(
        self, function: Operation, field: str, keys: Iterable[K]
    ) -> dict[K, Sequence[CaseRecord] | AdapterError]:
        async def ask(key: K) -> Sequence[CaseRecord]:
            rows = await self._service.rows(function, field, key)
            provenance = self._system.provenance()
            records = (injury_record(INJURY_ROW.read(row), provenance) for row in rows)
            return newest_first((record for record in records if record is not None), lambda record: record.opened_on)

        return await ask_each(filter(is_sendable, keys), ask, self._system.config.max_concurrency)


async def open_adapter(system: LegacySystem) -> HuangshanInjuryService:
    """The adapter of `system`; no call is made yet."""
    return HuangshanInjuryService(system, await open_service(system))
