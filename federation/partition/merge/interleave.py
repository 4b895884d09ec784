"""The k-way merge of ordered rows, each partition's rows in their own order.

A row of an entity that other partitions list too stands once, where the first of its rows stands, with the others'
rows of this page. What was shown so is remembered for every partition that may still list it (`Standing`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace
from typing import Any, TypeAlias

from federation.executor.subgraph_client import JsonValue
from federation.partition.cursor import Position
from federation.partition.merge.standing import Lane, Standing
from federation.partition.order import Descending, SortKey
from federation.supergraph.partitions import MergeOrder

#: One partition's row: its lane and its number there.
Place: TypeAlias = tuple[Lane, int]


@dataclass(frozen=True, slots=True)
class Page:
    """The rows shown, and what is left behind them.

    Attributes:
        rows: for each the places of it, the first of which has given it its place in the order.
        passed: before each row, and last behind all, the places that were passed over: they were shown already.
        lanes: of the partitions that answered.
        missing: by partition that could not be asked, where it stands.
        has_next: a partition has a row that was not shown.
        is_shared: partitions may list the same entity, so that what is shown must be remembered.
    """

    rows: list[list[Place]]
    passed: list[list[Place]]
    lanes: list[Lane]
    missing: dict[int, Position]
    has_next: bool
    is_shared: bool

    @property
    def is_whole(self) -> bool:
        """Whether these are all rows there are."""
        return not self.has_next and not self.missing and all(lane.is_from_start for lane in self.lanes)

    def positions(self, count: int) -> dict[int, Position]:
        """Where each partition stands behind the first `count` rows; behind all, what is passed over is behind too."""
        standings = self._standings()
        if not self.is_shared:
            last = {places[0][0].partition: places[0] for places in self.rows[:count]}
            _pass(list(last.values()), standings)
            return _positions(standings)
        for number in range(count):
            self._show(number, standings)
        if count == len(self.rows):
            _pass(self.passed[count], standings)
        return _positions(standings)

    def every_position(self) -> Iterator[dict[int, Position]]:
        """The same behind each row."""
        standings = self._standings()
        for number in range(len(self.rows)):
            self._show(number, standings)
            yield _positions(standings)

    def _standings(self) -> dict[int, Standing]:
        # While one is missing, it may be the one that has shown what others remember: then nothing is known to be past.
        known = [] if self.missing else self.lanes
        lanes = {lane.partition: Standing(lane, lane.start, known) for lane in self.lanes}
        return lanes | {partition: Standing(None, start, known) for partition, start in self.missing.items()}

    def _show(self, number: int, standings: dict[int, Standing]) -> None:
        _pass(self.passed[number], standings)
        places = self.rows[number]
        lane, row = places[0]
        standings[lane.partition].move(row)
        identity = lane.identity(row)
        if identity is None:
            return
        ahead = {other.partition for other, _ in places[1:]}
        key = lane.key(row)
        for partition, standing in standings.items():
            standing.remember(identity, key, is_ahead=partition in ahead)


def _pass(places: Sequence[Place], standings: dict[int, Standing]) -> None:
    for lane, row in places:
        standings[lane.partition].move(row)


def _positions(standings: dict[int, Standing]) -> dict[int, Position]:
    return {partition: standing.position() for partition, standing in standings.items()}


def interleave(lanes: list[Lane], missing: dict[int, Position], size: int | None) -> Page:
    """Take rows in order until `size` are there, or a partition that has more is used up: its next row is unknown.

    Equal rows stand in the partitions' order. A partition's own order is kept even where it contradicts its keys, so
    that its cursor stays true.
    """
    heads = [(lane.key(0), number, 0) for number, lane in enumerate(lanes) if lane.rows]
    heapify(heads)
    twins = _Twins(lanes) if lanes and lanes[0].source.identity is not None else None
    rows: list[list[Place]] = []
    passed: list[list[Place]] = [[]]
    while heads:
        _, number, row = heads[0]
        lane = lanes[number]
        if twins is not None and twins.is_shown(lane, row):
            passed[-1].append((lane, row))
        elif size is not None and len(rows) >= size:
            break
        else:
            rows.append([(lane, row)] if twins is None else twins.show(lane, row))
            passed.append([])
        if row + 1 < len(lane.rows):
            heapreplace(heads, (lane.key(row + 1), number, row + 1))
        elif lane.has_more:
            break
        else:
            heappop(heads)
    has_next = bool(heads) or any(lane.has_more for lane in lanes)
    return Page(rows, passed, lanes, missing, has_next, is_shared=twins is not None)


class _Twins:
    """Finds the rows of one entity in several lanes."""

    def __init__(self, lanes: list[Lane]) -> None:
        self._lanes = lanes
        self._rows = [_first_rows(lane) for lane in lanes]
        self._shown: set[Hashable] = set()

    def is_shown(self, lane: Lane, row: int) -> bool:
        """Whether its entity was shown already, on this page or before."""
        identity = lane.identity(row)
        return identity is not None and (identity in self._shown or lane.was_shown(identity))

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

    def directed_key(value: JsonValue) -> tuple[bool, Any]:
        known = None if value is None else key(value)
        if known is None:
            return (True, 0)
        return (False, known if order is MergeOrder.ASC else Descending(known))

    return directed_key
