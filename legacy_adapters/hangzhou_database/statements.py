"""What is asked of Hangzhou's core database. Logically deleted rows (AAE100 = '0') are left out everywhere."""

from __future__ import annotations

from sqlalchemy import BindParameter, ColumnElement, FromClause, and_, bindparam, distinct, func, select

from legacy_adapters.hangzhou_database.codes import INSURED
from legacy_adapters.hangzhou_database.tables import bank_functions, cards, employers, insurances, people
from legacy_adapters.sql.listing import SortedList
from legacy_adapters.sql.people import citizen_of

NATIONAL_ID_WIDTH = 18
CARD_NUMBER_WIDTH = 12

_IDS: BindParameter[str] = bindparam("ids", expanding=True)


def _is_valid(table: FromClause) -> ColumnElement[bool]:
    return func.coalesce(table.c.AAE100, "1") != "0"


# Other kinds of documents (AAC058) have no citizen's id number.
is_citizen = and_(_is_valid(people), func.coalesce(people.c.AAC058, "01") == "01")

PERSON_COLUMNS = (
    people.c.AAC002,
    people.c.AAC001,
    people.c.AAC003,
    people.c.AAC004,
    people.c.AAC006,
    people.c.AAC060,
    people.c.AAB301,
    people.c.AAE036,
)

PEOPLE = select(*PERSON_COLUMNS).where(people.c.AAC002.in_(_IDS), is_citizen).order_by(people.c.AAC001)

PEOPLE_LIST = SortedList(
    columns=PERSON_COLUMNS,
    source=people,
    day=people.c.AAC006,
    number=people.c.AAC001,
    read_number=int,
    counted=citizen_of(people.c.AAC002),
)

INSURANCES = (
    select(
        people.c.AAC002,
        insurances.c.AAE140,
        insurances.c.AAC031,
        insurances.c.AAC030,
        insurances.c.AAC049,
        insurances.c.AAE031,
        employers.c.AAB004,
        employers.c.AAB998,
    )
    .select_from(
        people.join(insurances, insurances.c.AAC001 == people.c.AAC001).outerjoin(
            employers, employers.c.AAB001 == insurances.c.AAB001
        )
    )
    .where(people.c.AAC002.in_(_IDS), is_citizen, _is_valid(insurances))
    .order_by(insurances.c.AAC001, insurances.c.AAE140)
)

EMPLOYERS = (
    select(employers.c.AAB998, employers.c.AAB004)
    .where(employers.c.AAB998.in_(bindparam("codes", expanding=True)))
    .order_by(employers.c.AAB001)
)

INSURED_COUNTS = (
    select(employers.c.AAB998, func.count(distinct(insurances.c.AAC001)))
    .select_from(
        employers.outerjoin(
            insurances,
            and_(insurances.c.AAB001 == employers.c.AAB001, insurances.c.AAC031 == INSURED, _is_valid(insurances)),
        )
    )
    .where(employers.c.AAB998.in_(bindparam("codes", expanding=True)))
    .group_by(employers.c.AAB998)
)

_CARDS = (
    select(
        people.c.AAC002,
        cards.c.AAZ500,
        cards.c.AAZ503,
        cards.c.AAE031,
        cards.c.AAZ502,
        cards.c.AAE036,
        cards.c.AAZ165,
        bank_functions.c.AAE008,
        bank_functions.c.BAZ502,
        bank_functions.c.AAE036,
        bank_functions.c.AAZ165,
    )
    .select_from(
        people.join(cards, cards.c.AAC001 == people.c.AAC001).outerjoin(
            bank_functions, bank_functions.c.AAZ500 == cards.c.AAZ500
        )
    )
    .where(is_citizen, _is_valid(cards))
    .order_by(cards.c.AAZ503.desc(), cards.c.AAZ500, bank_functions.c.AAE036.desc())
)

CARDS = _CARDS.where(people.c.AAC002.in_(_IDS))

CARDS_BY_NUMBER = _CARDS.where(cards.c.AAZ500.in_(bindparam("numbers", expanding=True)))
