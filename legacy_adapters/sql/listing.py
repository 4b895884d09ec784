"""Pages of a long list, sorted by a day and then by a number, by keyset: no page shifts while rows come and go.

A row whose day cannot be one sorts last, by its number alone. A position is `<part>~<day>~<number>`, part 0 for rows
with a day and 1 for the others.
"""

from __future__ import annotations

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
    """Which rows of a list: those that meet `conditions`, behind `after`, at most `first`; counted in all or not."""

    conditions: tuple[Condition, ...]
    first: int
    after: Position | None
    is_counted: bool = True


@dataclass(frozen=True, slots=True)
class ListPage:
    """Rows of one page, of the list's `columns`; `positions[i]` is the place of `rows[i]`."""

    rows: Sequence[Values]
    positions: tuple[str, ...]
    total: int
    has_next: bool


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
        """At most `asked.first` rows behind `asked.after`, among those that meet `asked.conditions`."""
        rows: list[SqlRow] = []
        if asked.after is None or asked.after.has_day:
            rows += await database.rows(operation, self._dated(asked), {})
        dated = len(rows)
        if dated <= asked.first:
            rows += await database.rows(operation, self._undated(asked, dated), {})
        total = rows[0].listing_total if rows else await self._count(database, operation, asked)
        page = rows[: asked.first]
        positions = tuple(_position(row, index < dated) for index, row in enumerate(page))
        return ListPage([row[:-_OWN_COLUMNS] for row in page], positions, total, len(rows) > asked.first)

    def __post_init__(self) -> None:
        # Once: an expression costs more to build than a page to read.
        object.__setattr__(self, "is_dated", _is_possible_day(self.day, self.separator))

    def _dated(self, asked: Asked) -> Select[Any]:
        statement = self._select(asked).where(self.is_dated).order_by(self.day, self.number)
        if asked.after is not None:
            day, number = asked.after.day, self.read_number(asked.after.number)
            statement = statement.where(
                self.day >= day, or_(self.day > day, and_(self.day == day, self.number > number))
            )
        return statement.limit(asked.first + 1)

    def _undated(self, asked: Asked, dated: int) -> Select[Any]:
        statement = self._select(asked).where(not_(self.is_dated)).order_by(self.number)
        if asked.after is not None and not asked.after.has_day:
            statement = statement.where(self.number > self.read_number(asked.after.number))
        return statement.limit(asked.first + 1 - dated)

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


def read_position(after: str | None, system: LegacySystem, number_pattern: str) -> Position | None:
    """The position `after` names. Raises PositionInvalid for a text that no page gave."""
    if after is None:
        return None
    match = re.fullmatch(rf"([01])~([0-9.]{{0,10}})~({number_pattern})", after, re.ASCII)
    if match is None:
        raise PositionInvalid(system.name, system.city, "this is no position in the list")
    return Position(match[1] == "0", match[2], match[3])


def _position(row: SqlRow, has_day: bool) -> str:
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
