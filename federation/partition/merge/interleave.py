"""The k-way merge of ordered rows, each partition's rows in their own order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import Any

from federation.executor.subgraph_client import JsonValue
from federation.partition.cursor import Position
from federation.partition.order import Descending, SortKey
from federation.supergraph.partitions import MergeOrder


@dataclass(frozen=True, slots=True)
class Lane:
    """One partition's rows of a page.

    Attributes:
        partition: its index.
        keys: each row's value of the field that orders the connection.
        cursors: each row's cursor in that partition; empty if nothing of the operation needs them.
        has_more: the partition has rows behind these.
        start: where the partition stood before.
    """

    partition: int
    keys: list[JsonValue]
    cursors: list[str]
    has_more: bool
    start: Position


@dataclass(frozen=True, slots=True)
class Page:
    """The rows shown: for each its lane and its number there, and what is left behind them."""

    rows: list[tuple[Lane, int]]
    lanes: list[Lane]
    has_next: bool

    def positions(self, count: int) -> dict[int, Position]:
        """Where each partition stands behind the first `count` rows."""
        current = {lane.partition: _begin(lane) for lane in self.lanes}
        for lane, row in self.rows[:count]:
            current[lane.partition] = _behind(lane, row)
        return current

    def every_position(self) -> Iterator[dict[int, Position]]:
        """The same behind each row; one dictionary, which changes as one goes on."""
        current = {lane.partition: _begin(lane) for lane in self.lanes}
        for lane, row in self.rows:
            current[lane.partition] = _behind(lane, row)
            yield current


def _begin(lane: Lane) -> Position:
    return lane.start if lane.keys or lane.has_more else Position(lane.start.cursor, is_at_end=True)


def _behind(lane: Lane, row: int) -> Position:
    return Position(lane.cursors[row], is_at_end=row + 1 == len(lane.keys) and not lane.has_more)


def interleave(lanes: list[Lane], key: Callable[[JsonValue], Any], size: int | None) -> Page:
    """Take rows in order until `size` are there, or a partition that has more is used up: its next row is unknown.

    Equal rows stand in the partitions' order. A partition's own order is kept even where it contradicts its keys, so
    that its cursor stays true.
    """
    heads = [(key(lane.keys[0]), number, 0) for number, lane in enumerate(lanes) if lane.keys]
    heapify(heads)
    rows: list[tuple[Lane, int]] = []
    while heads and (size is None or len(rows) < size):
        _, number, row = heads[0]
        lane = lanes[number]
        rows.append((lane, row))
        if row + 1 < len(lane.keys):
            heapreplace(heads, (key(lane.keys[row + 1]), number, row + 1))
        elif lane.has_more:
            break
        else:
            heappop(heads)
    has_next = bool(heads) or any(lane.has_more for lane in lanes)
    return Page(rows, lanes, has_next)


def directed(key: SortKey, order: MergeOrder) -> Callable[[JsonValue], tuple[bool, Any]]:
    """The key for `interleave`: nulls and what cannot be read come last in both directions."""

    def directed_key(value: JsonValue) -> tuple[bool, Any]:
        known = None if value is None else key(value)
        if known is None:
            return (True, 0)
        return (False, known if order is MergeOrder.ASC else Descending(known))

    return directed_key
