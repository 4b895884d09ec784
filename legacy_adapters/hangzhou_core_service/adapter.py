"""Hangzhou's core service as a source of pensions, work injuries and cases handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from legacy_adapters.batch import ask_each, first_of_each, newest_first
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.dates import compact_day
from legacy_adapters.errors import AdapterError, AnswerMalformed, BusinessError
from legacy_adapters.hangzhou_core_service.codes import PENSION_STATUS
from legacy_adapters.hangzhou_core_service.paging import read_last_page, read_page, read_place
from legacy_adapters.hangzhou_core_service.rows import (
    INJURY_ROW,
    PAYMENT_ROW,
    PENSION_ROW,
    TRANSFER_ROW,
    injury_record,
    payment_record,
    pension_record,
    transferred_case,
)
from legacy_adapters.hangzhou_core_service.service import Answer, CoreService, Query, open_service
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import AdapterOperations
from legacy_adapters.records.cases import CaseRecord
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.resilience import Operation, SystemHealth
from legacy_adapters.soap.envelope import is_sendable
from legacy_adapters.sources import Page, PensionsQuery
from legacy_adapters.system import LegacySystem

K = TypeVar("K", bound=str)
R = TypeVar("R")

PENSIONS = Query(Operation("queryPension"), ("AAC147",), PENSION_ROW, pension_record)
PENSION_BY_NUMBER = Query(Operation("queryPensionByNumber"), ("AAZ257",), PENSION_ROW, pension_record)
PENSION_LIST = Query(
    Operation("queryPensionList"),
    ("AAB301", "BAE098", "AAE116", "pageNo", "pageSize"),
    PENSION_ROW,
    pension_record,
)
PAYMENTS = Query(Operation("queryPayments"), ("AAZ257", "pageNo", "pageSize"), PAYMENT_ROW, payment_record)
INJURIES = Query(Operation("queryInjury"), ("AAC147",), INJURY_ROW, injury_record)
INJURIES_BY_EMPLOYER = Query(Operation("queryInjuryByEmployer"), ("AAB998",), INJURY_ROW, injury_record)
INJURY_BY_NUMBER = Query(Operation("queryInjuryByNumber"), ("AAZ127",), INJURY_ROW, injury_record)
TRANSFERRED_CASE: Query[CaseRecord] = Query(
    Operation("queryTransfer"), ("BLC200", "BLC201", "BLC202"), TRANSFER_ROW, transferred_case
)


class HangzhouCoreService:
    """A `PensionsSource` and `CasesSource`. Its operations take one key each: a batch is one call a distinct key."""

    def __init__(self, system: LegacySystem, service: CoreService) -> None:
        self._system = system
        self._service = service

    async def pensions(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[PensionRecord] | AdapterError]:
        return await self._each(PENSIONS, ids, lambda record: record.started_on)

    async def pensions_by_number(self, numbers: Sequence[str]) -> Mapping[str, PensionRecord | AdapterError]:
        return first_of_each(await self._each(PENSION_BY_NUMBER, numbers, lambda record: record.started_on))

    async def list_pensions(
        self, query: PensionsQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PensionRecord]:
        place = read_place(position, self._system)
        due_by = compact_day(query.certification_due_by) if query.certification_due_by else None
        status = self._status_code(query)

        async def ask(number: int, rows: int) -> Answer[PensionRecord]:
            return await self._service.ask(PENSION_LIST, query.residence_city, due_by, status, str(number), str(rows))

        return await (read_last_page(ask, place, size) if is_backward else read_page(ask, place or 0, size))

    async def payments(
        self, pension_number: str, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PaymentRecord]:
        place = read_place(position, self._system)
        if not is_sendable(pension_number):
            return Page((), 0, (), has_next=False, end=None)

        async def ask(number: int, rows: int) -> Answer[PaymentRecord]:
            answer = await self._service.ask(PAYMENTS, pension_number, str(number), str(rows))
            if None in answer.rows:
                # A sum may hang on it: no payment is passed over.
                raise AnswerMalformed(self._system.name, self._system.city, "a payment cannot be read")
            return answer

        return await (read_last_page(ask, place, size) if is_backward else read_page(ask, place or 0, size))

    async def cases_of_people(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[CaseRecord] | AdapterError]:
        return await self._each(INJURIES, ids, lambda record: record.opened_on)

    async def cases_of_employers(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, Sequence[CaseRecord] | AdapterError]:
        return await self._each(INJURIES_BY_EMPLOYER, codes, lambda record: record.opened_on)

    async def cases_by_number(self, numbers: Sequence[str]) -> Mapping[str, CaseRecord | AdapterError]:
        """Injuries, and cases that another city has handed over, which the service finds by number only."""

        async def ask(number: str) -> Sequence[CaseRecord]:
            injuries = await self._service.ask(INJURY_BY_NUMBER, number)
            if injuries.records:
                return injuries.records
            return (await self._service.ask(TRANSFERRED_CASE, number, None, None)).records

        sendable = filter(is_sendable, numbers)
        return first_of_each(await ask_each(sendable, ask, self._system.config.max_concurrency))

    def operations(self, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
        """The writes of cards, certifications, letters and cases handed over."""
        # Loaded by those who write.
        from legacy_adapters.hangzhou_core_service.writes import open_writes

        return open_writes(self._system, self._service, settings)

    def health(self) -> SystemHealth:
        """How the service has fared."""
        return self._service.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._service.aclose()

    async def _each(
        self, query: Query[R], keys: Iterable[K], day: Callable[[R], str | None]
    ) -> dict[K, Sequence[R] | AdapterError]:
        async def ask(key: K) -> Sequence[R]:
            return newest_first((await self._service.ask(query, key)).records, day)

        return await ask_each(filter(is_sendable, keys), ask, self._system.config.max_concurrency)

    def _status_code(self, query: PensionsQuery) -> str | None:
        if query.status is None:
            return None
        codes = PENSION_STATUS.raws(query.status)
        if not codes:
            reason = f"the service cannot list pensions whose status is {query.status}"
            raise BusinessError(self._system.name, self._system.city, reason, "STATUS_NOT_LISTED")
        return codes[0]


async def open_adapter(system: LegacySystem) -> HangzhouCoreService:
    """The adapter of `system`; no call is made yet."""
    return HangzhouCoreService(system, await open_service(system))
