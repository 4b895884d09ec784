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
    database: Database, system: LegacySystem, pension_number: str, size: int, position: str | None
) -> Page[PaymentRecord]:
    """At most `size` payments behind `position`.

    Raises AnswerMalformed where one cannot be read: a sum may hang on it.
    """
    begin = _read_position(position, system)
    values = {"number": pension_number, "month": begin.month, "offset": begin.given, "limit": size + 1}
    rows = await database.rows(_PAYMENTS, statements.PAYMENTS, values)
    total = rows[0].total if rows else await _count(database, pension_number)
    page = rows[:size]
    positions = _positions(page, begin)
    end = positions[-1] if positions else None
    return Page(_records(page, system, pension_number), total, positions, len(rows) > size, end)


async def read_last_payments(
    database: Database, system: LegacySystem, pension_number: str, size: int, position: str | None
) -> Page[PaymentRecord]:
    """The last `size` payments before `position`. Raises as `read_payments`."""
    total = await _count(database, pension_number)
    end = total if position is None else await _place(database, pension_number, _read_position(position, system))
    start = max(0, end - size)
    values = {"number": pension_number, "month": _NEWEST, "offset": start, "limit": end - start}
    rows = await database.rows(_PAYMENTS, statements.PAYMENTS, values) if end else []
    later = await _count_later(database, pension_number, rows[0].ffny) if rows else 0
    positions = _positions(rows, _Position(rows[0].ffny, start - later)) if rows else ()
    first = positions[0] if positions else None
    return Page(_records(rows, system, pension_number), total, positions, bool(rows) and start > 0, first)


def _records(rows: Rows, system: LegacySystem, pension_number: str) -> tuple[PaymentRecord, ...]:
    records = [payment_record(row, pension_number) for row in rows]
    readable = tuple(record for record in records if record is not None)
    if len(readable) < len(rows):
        raise AnswerMalformed(system.name, system.city, "a payment's month or amount cannot be read")
    return readable


async def _place(database: Database, pension_number: str, position: _Position) -> int:
    """How many payments stand before a position's own."""
    return await _count_later(database, pension_number, position.month) + position.given - 1


async def _count_later(database: Database, pension_number: str, month: str) -> int:
    values = {"number": pension_number, "month": month}
    rows = await database.rows(_PAYMENTS, statements.LATER_PAYMENT_COUNT, values)
    return int(rows[0][0])


async def _count(database: Database, pension_number: str) -> int:
    rows = await database.rows(_PAYMENTS, statements.PAYMENT_COUNT, {"number": pension_number})
    return int(rows[0][0])


def _read_position(position: str | None, system: LegacySystem) -> _Position:
    if position is None:
        return _Position(_NEWEST, 0)
    match = _POSITION.fullmatch(position)
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
