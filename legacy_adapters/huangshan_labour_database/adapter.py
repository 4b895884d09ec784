"""Huangshan's labour database as a source of disputes and inspections."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from legacy_adapters.batch import all_spellings, newest_first
from legacy_adapters.errors import AdapterError
from legacy_adapters.huangshan_labour_database import statements
from legacy_adapters.huangshan_labour_database.records import case_record
from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.records.cases import CaseRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.resilience import Operation, SystemHealth
from legacy_adapters.sql.batch import rows_in
from legacy_adapters.sql.connections import Rows
from legacy_adapters.sql.database import Database
from legacy_adapters.system import LegacySystem

K = TypeVar("K", bound=Hashable)

_OF_PEOPLE = Operation("cases_of_people")
_OF_EMPLOYERS = Operation("cases_of_employers")
_BY_NUMBER = Operation("cases_by_number")


class HuangshanLabourDatabase:
    """A `CasesSource`."""

    def __init__(self, system: LegacySystem) -> None:
        self._system = system
        self._database = Database(system)

    async def cases_of_people(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[CaseRecord] | AdapterError]:
        spellings = all_spellings(ids, statements.NATIONAL_ID_WIDTH)
        rows = await rows_in(self._database, _OF_PEOPLE, statements.CASES_OF_PEOPLE, "ids", spellings)
        return self._group(rows, [normalise_national_id(row.applicant) for row in rows])

    async def cases_of_employers(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, Sequence[CaseRecord] | AdapterError]:
        rows = await rows_in(self._database, _OF_EMPLOYERS, statements.CASES_OF_EMPLOYERS, "codes", codes)
        return self._group(rows, [normalise_credit_code(row.credit_code) for row in rows])

    async def cases_by_number(self, numbers: Sequence[str]) -> Mapping[str, CaseRecord | AdapterError]:
        rows = await rows_in(self._database, _BY_NUMBER, statements.CASES_BY_NUMBER, "numbers", numbers)
        provenance = self._system.provenance()
        records = (case_record(row, provenance) for row in rows)
        return {record.case_number: record for record in records}

    def health(self) -> SystemHealth:
        """How the database has fared."""
        return self._database.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._database.aclose()

    def _group(self, rows: Rows, keys: Sequence[K | None]) -> dict[K, Sequence[CaseRecord] | AdapterError]:
        provenance = self._system.provenance()
        groups: dict[K, list[CaseRecord]] = {}
        for row, key in zip(rows, keys, strict=True):
            if key is not None:
                groups.setdefault(key, []).append(case_record(row, provenance))
        return {key: newest_first(records, lambda record: record.opened_on) for key, records in groups.items()}


async def open_adapter(system: LegacySystem) -> HuangshanLabourDatabase:
    """The adapter of `system`; no connection is made yet."""
    return HuangshanLabourDatabase(system)
