"""Huangshan's database as a source of people and pensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from legacy_adapters.batch import newest_first, once_each
from legacy_adapters.configuration import OperationConfig
from legacy_adapters.dates import dotted_day
from legacy_adapters.divisions import division_prefix
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_database import statements
from legacy_adapters.huangshan_database.codes import PENSION_STATUS
from legacy_adapters.huangshan_database.payments import read_last_payments, read_payments
from legacy_adapters.huangshan_database.records import insurance_record, pension_record, person_record
from legacy_adapters.huangshan_database.tables import pensions, people
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import AdapterOperations
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord, PensionStatus
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.resilience import Operation
from legacy_adapters.sources import Page, PensionsQuery
from legacy_adapters.sql.batch import rows_in
from legacy_adapters.sql.listing import Asked, Condition, read_position
from legacy_adapters.sql.people import PeopleDatabase, PeopleTables
from legacy_adapters.system import LegacySystem

_PENSIONS = Operation("pensions")
_PENSIONS_BY_NUMBER = Operation("pensions_by_number")
_LIST_PENSIONS = Operation("list_pensions")

_PENSION_NUMBER = "[0-9A-Za-z]{1,12}"

_PEOPLE_TABLES = PeopleTables(
    id_width=statements.NATIONAL_ID_WIDTH,
    people=statements.PEOPLE,
    read_person=person_record,
    insurances=statements.INSURANCES,
    read_insurance=insurance_record,
    people_list=statements.PEOPLE_LIST,
    is_listed=(people.c.sfzh != "",),
    born=people.c.csrq,
    write_day=dotted_day,
    employers=statements.EMPLOYERS,
    insured_counts=statements.INSURED_COUNTS,
)


class HuangshanDatabase(PeopleDatabase):
    """A `PeopleSource` and `PensionsSource`."""

    def __init__(self, system: LegacySystem) -> None:
        super().__init__(system, _PEOPLE_TABLES)

    async def pensions(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[PensionRecord] | AdapterError]:
        found = await self._reader.by_person(_PENSIONS, statements.PENSIONS, ids, pension_record)
        return {key: newest_first(records, lambda record: record.started_on) for key, records in found.items()}

    async def pensions_by_number(self, numbers: Sequence[str]) -> Mapping[str, PensionRecord | AdapterError]:
        rows = await rows_in(self._database, _PENSIONS_BY_NUMBER, statements.PENSIONS_BY_NUMBER, "numbers", numbers)
        groups = self._reader.group(rows, pension_record)
        records = (record for records in groups.values() for record in records)
        return {**once_each(records, lambda record: record.pension_number)}

    async def list_pensions(
        self, query: PensionsQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PensionRecord]:
        begin = read_position(position, self._system, _PENSION_NUMBER)
        asked = Asked(_pension_conditions(query), size, begin, is_backward)
        page = await statements.PENSION_LIST.page(self._database, _LIST_PENSIONS, asked)
        return self._reader.page(page, pension_record)

    def operations(self, settings: Mapping[OperationName, OperationConfig]) -> AdapterOperations:
        """Certification, by the table that other bureaus may insert into."""
        # Loaded by those who write.
        from legacy_adapters.huangshan_database.writes import Requests, open_writes

        return open_writes(Requests(self._system, self, self._database), settings)

    async def payments(
        self, pension_number: str, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PaymentRecord]:
        read = read_last_payments if is_backward else read_payments
        return await read(self._database, self._system, pension_number, size, position)


def _pension_conditions(query: PensionsQuery) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    if query.residence_city is not None:
        conditions.append(pensions.c.jzd.startswith(division_prefix(query.residence_city), autoescape=True))
    if query.certification_due_by is not None:
        conditions.append(pensions.c.rzdqr <= dotted_day(query.certification_due_by))
        conditions.append(statements.PENSION_LIST.is_dated)
    if query.status is PensionStatus.UNKNOWN:
        conditions.append(pensions.c.dyzt.not_in(PENSION_STATUS.meanings))
    elif query.status is not None:
        conditions.append(pensions.c.dyzt.in_(PENSION_STATUS.raws(query.status)))
    return tuple(conditions)


async def open_adapter(system: LegacySystem) -> HuangshanDatabase:
    """The adapter of `system`; no connection is made yet."""
    return HuangshanDatabase(system)
