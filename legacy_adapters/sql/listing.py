"""Pages of a long list, sorted by a day and then by a number, by keyset: no page shifts while rows come and go.

A row whose day cannot be one sorts last, by its number alone. A position is `<part>~<day>~<number>`, part 0 for rows
with a day and 1 for the others.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import ColumnElement, FromClause, Select, and_, distinct, false, func, literal, not_, or_, select

from legacy_adapters.dates import FIRST_YEAR, LAST_YEAR
from legacy_adapters.errors import PositionInvalid
from legacy_adapters.resilience import Operation
from legacy_adapters.sources import UNCOUNTED
from legacy_adapters.sql.connections import SqlRow
from legacy_adapters.sql.database import Database, Values
from legacy_adapters.system import LegacySystem

Condition: TypeAlias = ColumnElement[bool]

_OWN_COLUMNS = 3
_Comparison: TypeAlias = Callable[[Any, Any], Condition]
_BEHIND: tuple[_Comparison, _Comparison] = (operator.ge, operator.gt)
_BEFORE: tuple[_Comparison, _Comparison] = (operator.le, operator.lt)
_LEAP_YEARS = tuple(
    str(year) for year in range(FIRST_YEAR, LAST_YEAR + 1) if year % 4 == 0 and (year % 100 or year % 400 == 0)
)


class Position(NamedTuple):
    """Where a page begins: behind the row with this day and number, in the part of dated rows or in the other."""

    has_day: bool
    day: str
    number: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows of a list: those that meet `conditions`, behind `position`, at most `size`; counted in all or not.

    Read backward they are the last ones before it.
    """

    conditions: tuple[Condition, ...]
    size: int
    position: Position | None
    is_backward: bool = False
    is_counted: bool = True

    def reaches(self, *, is_dated: bool) -> bool:
        """Whether rows with a day, or those without, are still to come: dated ones stand first."""
        return self.position is None or self.position.has_day is is_dated or is_dated is self.is_backward


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of one page, of the list's `columns`; `positions[i]` is the place of `rows[i]`.

    `has_next` and `end`, the place where it stopped, are in the direction in which it was read.
    """

    rows: Sequence[Values]
    positions: tuple[str, ...]
    total: int
    has_next: bool
    end: str | None


@dataclass(frozen=True, slots=True)
class SortedList:
    """A list of rows of `source`.

    Attributes:
        columns: what each row carries first; the list adds columns of its own behind them.
        source: the tables, joined.
        day: the text column to sort by.
        number: the column to sort equal days by, unique; `read_number` turns a position's text into its type.
        separator: what stands between year, month and day in the text.
        counted: what the total counts, each value once; None counts rows.
        is_dated: whether a row's text is a possible day; derived.
    """

    columns: tuple[ColumnElement[Any], ...]
    source: FromClause
    day: ColumnElement[str]
    number: ColumnElement[Any]
    read_number: Callable[[str], object] = str
    separator: str = ""
    counted: ColumnElement[Any] | None = None
    is_dated: Condition = field(init=False)

    async def page(self, database: Database, operation: Operation, asked: Asked) -> ListPage:
        """At most `asked.size` rows behind or before `asked.position`, among those that meet `asked.conditions`."""
        rows: list[SqlRow] = []
        places: list[str] = []
        for is_dated in (False, True) if asked.is_backward else (True, False):
            if len(rows) <= asked.size and asked.reaches(is_dated=is_dated):
                part = self._dated if is_dated else self._undated
                found = await database.rows(operation, part(asked).limit(asked.size + 1 - len(rows)), {})
                rows += found
                places += (_position(row, has_day=is_dated) for row in found)
        total = rows[0].listing_total if rows else await self._count(database, operation, asked)
        page = [(row[:-_OWN_COLUMNS], place) for row, place in zip(rows[: asked.size], places, strict=False)]
        end = page[-1][1] if page else None
        if asked.is_backward:
            page.reverse()
        found_rows, positions = [row for row, _ in page], tuple(place for _, place in page)
        return ListPage(found_rows, positions, total, len(rows) > asked.size, end)

    def __post_init__(self) -> None:
        # Once: an expression costs more to build than a page to read.
        object.__setattr__(self, "is_dated", _is_possible_day(self.day, self.separator))

    def _dated(self, asked: Asked) -> Select[Any]:
        statement = self._select(asked).where(self.is_dated).order_by(*_ordered(asked, self.day, self.number))
        if asked.position is None or not asked.position.has_day:
            return statement
        day, number = asked.position.day, self.read_number(asked.position.number)
        within, beyond = _BEFORE if asked.is_backward else _BEHIND
        return statement.where(
            within(self.day, day),
            or_(beyond(self.day, day), and_(self.day == day, beyond(self.number, number))),
        )

    def _undated(self, asked: Asked) -> Select[Any]:
        statement = self._select(asked).where(not_(self.is_dated)).order_by(*_ordered(asked, self.number))
        if asked.position is None or asked.position.has_day:
            return statement
        _, beyond = _BEFORE if asked.is_backward else _BEHIND
        return statement.where(beyond(self.number, self.read_number(asked.position.number)))

    def _select(self, asked: Asked) -> Select[Any]:
        total = self._total(asked.conditions).scalar_subquery() if asked.is_counted else literal(UNCOUNTED)
        own = (self.day.label("listing_day"), self.number.label("listing_number"), total.label("listing_total"))
        return select(*self.columns, *own).select_from(self.source).where(*asked.conditions)

    async def _count(self, database: Database, operation: Operation, asked: Asked) -> int:
        if not asked.is_counted:
            return UNCOUNTED
        rows = await database.rows(operation, self._total(asked.conditions), {})
        return int(rows[0][0])

    def _total(self, conditions: Sequence[Condition]) -> Select[Any]:
        number = func.count() if self.counted is None else func.count(distinct(self.counted))
        return select(number).select_from(self.source).where(*conditions)


def read_position(position: str | None, system: LegacySystem, number_pattern: str) -> Position | None:
    """The position that a text names. Raises PositionInvalid for a text that no page gave."""
    if position is None:
        return None
    match = re.fullmatch(rf"([01])~([0-9.]{{0,10}})~({number_pattern})", position, re.ASCII)
    if match is None:
        raise PositionInvalid(system.name, system.city, "this is no position in the list")
    return Position(match[1] == "0", match[2], match[3])


def _ordered(asked: Asked, *columns: ColumnElement[Any]) -> Sequence[ColumnElement[Any]]:
    return [column.desc() for column in columns] if asked.is_backward else columns


def _position(row: SqlRow, *, has_day: bool) -> str:
    return f"0~{row.listing_day}~{row.listing_number}" if has_day else f"1~~{row.listing_number}"


def _is_possible_day(text: ColumnElement[str], separator: str) -> Condition:
    # As far as every dialect of SQL can tell.
    gap = len(separator)
    year = func.substr(text, 1, 4)
    month = func.substr(text, 5 + gap, 2)
    day = func.substr(text, 7 + 2 * gap)
    possible = and_(
        text >= str(FIRST_YEAR),
        text < str(LAST_YEAR + 1),
        text != separator.join(("1900", "01", "01")),
        month.between("01", "12"),
        day.between("01", "31"),
        not_(and_(month == "02", day > "29")),
        not_(and_(month == "02", day == "29", year.not_in(_LEAP_YEARS))),
        not_(and_(month.in_(("04", "06", "09", "11")), day == "31")),
    )
    return func.coalesce(possible, false())
