"""Pages of a pension's payments, newest month first.

A position is `<month>~<n>`: the n-th payment of that month, for a payment that came back may have been made anew.
Months that come later stand before every position, so a page never shifts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from legacy_adapters.errors import AnswerMalformed, PositionInvalid
from legacy_adapters.huangshan_database import statements
from legacy_adapters.huangshan_database.records import payment_record
from legacy_adapters.records.pensions import PaymentRecord
from legacy_adapters.resilience import Operation
from legacy_adapters.sources import Page
from legacy_adapters.sql.connections import Rows
from legacy_adapters.sql.database import Database
from legacy_adapters.system import LegacySystem

_PAYMENTS = Operation("payments")
_NEWEST = "9999-12"
_POSITION = re.compile(r"(\d{4}-\d{2})~([1-9]\d{0,2})", re.ASCII)


class _Position(NamedTuple):
    month: str
    given: int


async def read_payments(
    database: Database, system: LegacySystem, pension_number: str, first: int, after: str | None
) -> Page[PaymentRecord]:
    """At most `first` payments behind `after`.

    Raises AnswerMalformed where one cannot be read: a sum may hang on it.
    """
    begin = _read_position(after, system)
    values = {"number": pension_number, "month": begin.month, "offset": begin.given, "limit": first + 1}
    rows = await database.rows(_PAYMENTS, statements.PAYMENTS, values)
    total = rows[0].total if rows else await _count(database, pension_number)
    page = rows[:first]
    records = [payment_record(row, pension_number) for row in page]
    readable = tuple(record for record in records if record is not None)
    if len(readable) < len(page):
        raise AnswerMalformed(system.name, system.city, "a payment's month or amount cannot be read")
    positions = _positions(page, begin)
    return Page(readable, total, positions, len(rows) > first, positions[-1] if positions else None)


async def _count(database: Database, pension_number: str) -> int:
    rows = await database.rows(_PAYMENTS, statements.PAYMENT_COUNT, {"number": pension_number})
    return int(rows[0][0])


def _read_position(after: str | None, system: LegacySystem) -> _Position:
    if after is None:
        return _Position(_NEWEST, 0)
    match = _POSITION.fullmatch(after)
    if match is None:
        raise PositionInvalid(system.name, system.city, "this is no position in the list")
    return _Position(match[1], int(match[2]))


def _positions(rows: Rows, begin: _Position) -> tuple[str, ...]:
    positions: list[str] = []
    month, given = begin
    for row in rows:
        given = given + 1 if row.ffny == month else 1
        month = row.ffny
        positions.append(f"{month}~{given}")
    return tuple(positions)
