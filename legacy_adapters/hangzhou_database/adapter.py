"""Hangzhou's core database as a source of people and cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from legacy_adapters.batch import once_each
from legacy_adapters.dates import compact_day
from legacy_adapters.errors import AdapterError
from legacy_adapters.hangzhou_database import statements
from legacy_adapters.hangzhou_database.records import card_record, insurance_record, person_record
from legacy_adapters.hangzhou_database.tables import people
from legacy_adapters.records.cards import CardRecord
from legacy_adapters.records.provenance import NationalId
from legacy_adapters.resilience import Operation
from legacy_adapters.sql.batch import rows_in
from legacy_adapters.sql.people import PeopleDatabase, PeopleTables
from legacy_adapters.system import LegacySystem

_CARDS = Operation("cards")
_CARDS_BY_NUMBER = Operation("cards_by_number")
_NUMBER = attrgetter("number")

_PEOPLE_TABLES = PeopleTables(
    id_width=statements.NATIONAL_ID_WIDTH,
    people=statements.PEOPLE,
    read_person=person_record,
    insurances=statements.INSURANCES,
    read_insurance=insurance_record,
    people_list=statements.PEOPLE_LIST,
    is_listed=(statements.is_citizen,),
    born=people.c.AAC006,
    write_day=compact_day,
    employers=statements.EMPLOYERS,
    insured_counts=statements.INSURED_COUNTS,
)


class HangzhouDatabase(PeopleDatabase):
    """A `PeopleSource` and `CardsSource`."""

    def __init__(self, system: LegacySystem) -> None:
        super().__init__(system, _PEOPLE_TABLES)

    async def cards(self, ids: Sequence[NationalId]) -> Mapping[NationalId, Sequence[CardRecord] | AdapterError]:
        found = await self._reader.by_person(_CARDS, statements.CARDS, ids, card_record)
        # The newest row of a bank function comes first; older ones would show the card once more.
        return {key: list(once_each(records, _NUMBER).values()) for key, records in found.items()}

    async def cards_by_number(self, numbers: Sequence[str]) -> Mapping[str, CardRecord | AdapterError]:
        written = [spelling for number in numbers for spelling in (number, number.ljust(statements.CARD_NUMBER_WIDTH))]
        rows = await rows_in(self._database, _CARDS_BY_NUMBER, statements.CARDS_BY_NUMBER, "numbers", written)
        groups = self._reader.group(rows, card_record)
        return {**once_each((record for records in groups.values() for record in records), _NUMBER)}


async def open_adapter(system: LegacySystem) -> HangzhouDatabase:
    """The adapter of `system`; no connection is made yet."""
    return HangzhouDatabase(system)
