"""Pages of the core service's lists. It knows pageNo and pageSize only, so a position is a place in the whole list.

A list that changes between two pages may show a row twice or not at all: the service has nothing better.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TypeVar

from legacy_adapters.errors import PositionInvalid
from legacy_adapters.hangzhou_core_service.service import Answer
from legacy_adapters.sources import Page
from legacy_adapters.system import LegacySystem

R = TypeVar("R")

MAX_PAGE_SIZE = 200
_POSITION = re.compile(r"[1-9]\d{0,8}", re.ASCII)

AskPage = Callable[[int, int], Awaitable[Answer[R]]]
"""Asks one page by its number, from 1, and its size."""


def read_place(position: str | None, system: LegacySystem) -> int | None:
    """The place of the row at which a page begins, from 1. Raises PositionInvalid for a text that no page gave."""
    if position is None:
        return None
    if not _POSITION.fullmatch(position):
        raise PositionInvalid(system.name, system.city, "this is no position in the list")
    return int(position)


async def read_page(ask: AskPage[R], offset: int, first: int) -> Page[R]:
    """`first` rows behind `offset`: one call where the page falls on the service's own pages, else two.

    A row that cannot be a record counts in the total and has its place, but is not shown. A page without any row is
    the last one, whatever the total says: behind it there is no position to go on from.
    """
    size = min(first, MAX_PAGE_SIZE)
    number, surplus = divmod(offset, size)
    answer = await ask(number + 1, size)
    rows, total = answer.rows[surplus:], answer.total
    if surplus and total > (number + 1) * size:
        rows += (await ask(number + 2, size)).rows[:surplus]
    shown = [(record, str(place)) for place, record in enumerate(rows, offset + 1) if record is not None]
    return Page(
        records=tuple(record for record, _ in shown),
        total=total,
        positions=tuple(position for _, position in shown),
        has_next=bool(rows) and total > offset + len(rows),
        end=str(offset + len(rows)) if rows else None,
    )


async def read_last_page(ask: AskPage[R], place: int | None, size: int) -> Page[R]:
    """The last `size` rows before `place`, or of all: the end is known only when a first call has told the total.

    One call where some page of the service holds these rows, else two.
    """
    if place is None:
        answer = await ask(1, min(size, MAX_PAGE_SIZE))
        return await read_last_page(ask, answer.total + 1, size) if answer.total else _page([], 0, answer.total)
    end = place - 1
    start = max(0, end - min(size, MAX_PAGE_SIZE))
    if start == end:
        return _page([], 0, (await ask(1, 1)).total)
    rows, total = await _rows(ask, start, end)
    # Rows have gone since: what was before the place is at the end now.
    return await read_last_page(ask, total + 1, size) if total < end else _page(rows, start, total)


async def _rows(ask: AskPage[R], start: int, end: int) -> tuple[list[R | None], int]:
    """The rows from `start` to before `end`, counted from 0, and the total."""
    count = end - start
    size = next((size for size in range(count, MAX_PAGE_SIZE + 1) if start // size == (end - 1) // size), count)
    number, surplus = divmod(start, size)
    answer = await ask(number + 1, size)
    rows, total = list(answer.rows[surplus : surplus + count]), answer.total
    if surplus + count > size and total > (number + 1) * size:
        rows += (await ask(number + 2, size)).rows[: count - len(rows)]
    return rows, total


def _page(rows: list[R | None], start: int, total: int) -> Page[R]:
    shown = [(record, str(place)) for place, record in enumerate(rows, start + 1) if record is not None]
    return Page(
        records=tuple(record for record, _ in shown),
        total=total,
        positions=tuple(position for _, position in shown),
        has_next=start > 0,
        end=str(start + 1) if rows else None,
    )
