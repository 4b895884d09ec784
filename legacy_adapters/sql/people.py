"""A `PeopleSource` over a database, given its statements and how its rows become records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func

from legacy_adapters.batch import newest_first
from legacy_adapters.errors import AdapterError
from legacy_adapters.identity import normalise_credit_code
from legacy_adapters.records.people import EmployerRecord, InsuranceRecord, InsuredCountRecord, PersonRecord
from legacy_adapters.records.provenance import CreditCode, NationalId
from legacy_adapters.resilience import Operation, SystemHealth
from legacy_adapters.sources import Page, PeopleQuery
from legacy_adapters.sql.batch import PeopleReader, RowReader, rows_in
from legacy_adapters.sql.database import Database, Values
from legacy_adapters.sql.listing import Asked, Condition, SortedList, read_position
from legacy_adapters.system import LegacySystem

_PEOPLE = Operation("people")
_INSURANCES = Operation("insurances")
_LIST_PEOPLE = Operation("list_people")
_EMPLOYERS = Operation("employers")
_INSURED_COUNTS = Operation("insured_counts")

PERSONAL_NUMBER = "[0-9A-Za-z]{1,20}"


@dataclass(frozen=True, slots=True)
class PeopleTables:
    """One register of people in SQL.

    Attributes:
        id_width: to how many characters its id numbers are blank padded.
        people, insurances: by the expanding parameter `ids`; their first column is the id number.
        read_person, read_insurance: how their rows become records.
        people_list: rows as `people` has them, by day of birth, its total counting citizens; `is_listed` says which
            are shown at all.
        born: the list's day of birth; `write_day` writes an ISO day as it stands there.
        employers: credit code and name, by the expanding parameter `codes`.
        insured_counts: credit code and number of persons insured now, by `codes`.
    """

    id_width: int
    people: Select[Any]
    read_person: RowReader[PersonRecord]
    insurances: Select[Any]
    read_insurance: RowReader[InsuranceRecord]
    people_list: SortedList
    is_listed: tuple[Condition, ...]
    born: ColumnElement[str]
    write_day: Callable[[str], str]
    employers: Select[Any]
    insured_counts: Select[Any]


def citizen_of(written: ColumnElement[str]) -> ColumnElement[str]:
    """What tells citizens apart in a count, of an id number column: the 17 digits before the check character.

    Numbers of 15 digits get their century. What was typed in full width is another citizen's here, as far as every
    dialect of SQL can tell.
    """
    number = func.trim(written)
    upgraded = func.substr(number, 1, 6).concat("19").concat(func.substr(number, 7, 9))
    return case((func.char_length(number) == 15, upgraded), else_=func.substr(number, 1, 17))


def sum_by_code(rows: Iterable[Values]) -> Mapping[CreditCode, int]:
    """Rows of a written credit code and a number, summed up by code: one that stands in two spellings has two rows."""
    sums: Counter[CreditCode] = Counter()
    for written, number in rows:
        code = normalise_credit_code(written)
        if code is not None:
            sums[code] += number
    return sums


class PeopleDatabase:
    """People, insurances and employers of one database; subclasses add what else it knows."""

    def __init__(self, system: LegacySystem, tables: PeopleTables) -> None:
        self._system = system
        self._tables = tables
        self._database = Database(system)
        self._reader = PeopleReader(self._database, system.provenance, tables.id_width)

    async def people(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[PersonRecord] | AdapterError]:
        return await self._reader.by_person(_PEOPLE, self._tables.people, ids, self._tables.read_person)

    async def insurances(
        self, ids: Sequence[NationalId]
    ) -> Mapping[NationalId, Sequence[InsuranceRecord] | AdapterError]:
        tables = self._tables
        found = await self._reader.by_person(_INSURANCES, tables.insurances, ids, tables.read_insurance)
        return {key: newest_first(records, lambda record: record.started_on) for key, records in found.items()}

    async def list_people(
        self, query: PeopleQuery, size: int, position: str | None, *, is_backward: bool = False
    ) -> Page[PersonRecord]:
        begin = read_position(position, self._system, PERSONAL_NUMBER)
        asked = Asked(self._conditions(query), size, begin, is_backward, query.is_counted)
        page = await self._tables.people_list.page(self._database, _LIST_PEOPLE, asked)
        return self._reader.page(page, self._tables.read_person)

    async def employers(self, codes: Sequence[CreditCode]) -> Mapping[CreditCode, EmployerRecord | AdapterError]:
        rows = await rows_in(self._database, _EMPLOYERS, self._tables.employers, "codes", codes)
        provenance = self._system.provenance()
        found: dict[CreditCode, EmployerRecord | AdapterError] = {}
        for written, name in rows:
            code = normalise_credit_code(written)
            if code is not None:
                found.setdefault(code, EmployerRecord(code, name or "", provenance))
        return found

    async def insured_counts(
        self, codes: Sequence[CreditCode]
    ) -> Mapping[CreditCode, InsuredCountRecord | AdapterError]:
        rows = await rows_in(self._database, _INSURED_COUNTS, self._tables.insured_counts, "codes", codes)
        provenance = self._system.provenance()
        return {code: InsuredCountRecord(code, persons, provenance) for code, persons in sum_by_code(rows).items()}

    def health(self) -> SystemHealth:
        """How the database has fared."""
        return self._database.health()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._database.aclose()

    def _conditions(self, query: PeopleQuery) -> tuple[Condition, ...]:
        tables = self._tables
        conditions = list(tables.is_listed)
        if query.born_from is not None:
            conditions.append(tables.born >= tables.write_day(query.born_from))
        if query.born_to is not None:
            conditions.append(tables.born <= tables.write_day(query.born_to))
        if query.born_from is not None or query.born_to is not None:
            conditions.append(tables.people_list.is_dated)
        return tuple(conditions)
