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


def read_offset(after: str | None, system: LegacySystem) -> int:
    """How many rows stand before the page. Raises PositionInvalid for a text that no page gave."""
    if after is None:
        return 0
    if not _POSITION.fullmatch(after):
        raise PositionInvalid(system.name, system.city, "this is no position in the list")
    return int(after)


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
