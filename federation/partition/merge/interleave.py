"""The k-way merge of ordered rows, each partition's rows in their own order.

A row of an entity that other partitions list too stands once, where the first of its rows stands, with the others'
rows of this page. What was shown so is remembered for every partition that may still list it (`Standing`).

A walk from the end takes the rows in the reverse of that order; an entity is shown there with the last of its rows
on the page, which is the first one in the list's order.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from heapq import heapify, heappop, heapreplace
from typing import Any

from federation.executor.subgraph_client import JsonValue
from federation.partition.cursor import Position
from federation.partition.merge.lane import Lane
from federation.partition.merge.page import Page, Passed, Place
from federation.partition.order import Descending, SortKey
from federation.supergraph.partitions import MergeOrder


def interleave(lanes: list[Lane], missing: dict[int, Position], size: int | None) -> Page:
    """Take rows in order until `size` are there, or a partition that has more is used up: its next row is unknown.

    Equal rows stand in the partitions' order. A partition's own order is kept even where it contradicts its keys, so
    that its cursor stays true.
    """
    is_backward = lanes[0].source.is_backward
    if is_backward:
        lanes = [*reversed(lanes)]
    heads = _heads(lanes)
    twins = _Twins(lanes) if lanes[0].source.identity is not None else None
    rows: list[list[Place]] = []
    passed: list[list[Passed]] = [[]]
    while heads:
        _, number, row = heads[0]
        lane = lanes[number]
        if twins is not None and twins.is_shown(lane, row):
            passed[-1].append((lane, row, False))
        elif size is not None and len(rows) >= size:
            break
        elif is_backward and twins is not None and twins.is_ahead(lane, row):
            passed[-1].append((lane, row, True))
        else:
            rows.append([(lane, row)] if twins is None else twins.show(lane, row))
            if twins is not None:
                passed.append([])
        if row + 1 < len(lane.rows):
            heapreplace(heads, (lane.key(row + 1), number, row + 1))
        elif lane.has_more:
            break
        else:
            heappop(heads)
    has_next = bool(heads) or any(lane.has_more for lane in lanes)
    return Page(rows, passed, lanes, missing, has_next, is_shared=twins is not None)


def _heads(lanes: list[Lane]) -> list[tuple[Any, int, int]]:
    """The first rows as a heap: key, lane, row. None where a partition's first row is not known yet."""
    heads = [(lane.key(0), number, 0) for number, lane in enumerate(lanes) if lane.rows]
    if len(heads) < len(lanes) and any(lane.is_unknown for lane in lanes):
        return []
    heapify(heads)
    return heads


class _Twins:
    """Finds the rows of one entity in several lanes."""

    def __init__(self, lanes: list[Lane]) -> None:
        self._lanes = lanes
        self._rows = [_first_rows(lane) for lane in lanes]
        self._shown: set[Hashable] = set()
        self._passed: dict[Hashable, set[int]] = {}

    def is_shown(self, lane: Lane, row: int) -> bool:
        """Whether its entity was shown already, on this page or before."""
        identity = lane.identity(row)
        return identity is not None and (identity in self._shown or lane.was_shown(identity))

    def is_ahead(self, lane: Lane, row: int) -> bool:
        """Whether another lane has a row of its entity that was not passed yet; this one is passed, then."""
        identity = lane.identity(row)
        if identity is None:
            return False
        passed = self._passed.setdefault(identity, set())
        passed.add(lane.partition)
        return any(
            identity in rows and other.partition not in passed and not other.was_shown(identity)
            for other, rows in zip(self._lanes, self._rows, strict=True)
        )

    def show(self, lane: Lane, row: int) -> list[Place]:
        """All places of a row that is shown now."""
        identity = lane.identity(row)
        if identity is None:
            return [(lane, row)]
        self._shown.add(identity)
        others = [
            (other, found)
            for other, rows in zip(self._lanes, self._rows, strict=True)
            if other is not lane and (found := rows.get(identity)) is not None
        ]
        return [(lane, row), *others]


def _first_rows(lane: Lane) -> dict[Hashable, int]:
    rows: dict[Hashable, int] = {}
    for row in range(len(lane.rows)):
        if (identity := lane.identity(row)) is not None:
            rows.setdefault(identity, row)
    return rows


def directed(key: SortKey, order: MergeOrder) -> Callable[[JsonValue], tuple[bool, Any]]:
    """The key for `RowSource`: nulls and what cannot be read come last in both directions."""

    is_ascending = order is MergeOrder.ASC

    def directed_key(value: JsonValue) -> tuple[bool, Any]:
        known = None if value is None else key(value)
        if known is None:
            return _LAST
        return (False, known if is_ascending else Descending(known))

    return directed_key


_LAST = (True, 0)
