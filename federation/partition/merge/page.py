"""The rows of a merged page, and where the partitions stand behind each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from federation.partition.cursor import Position, digest_of
from federation.partition.merge.lane import Lane
from federation.partition.merge.standing import Standing

#: One partition's row: its lane and its number there.
Place: TypeAlias = tuple[Lane, int]
#: A place that was passed over, and whether its entity is shown with a later row.
Passed: TypeAlias = tuple[Lane, int, bool]


@dataclass(frozen=True, slots=True)
class Behind:
    """Where the partitions stand behind a row.

    Attributes:
        positions: by partition.
        partition: the one that has given the row its place; None behind none.
        edge: the digest of the row's entity, where the positions remember it.
    """

    positions: dict[int, Position]
    partition: int | None = None
    edge: bytes | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows shown, and what is left behind them. All is in the order of the walk, but `shown`.

    Attributes:
        rows: for each the places of it, the first of which has given it its place in the order.
        passed: before each row, and last behind all, the places that were passed over; none if not `is_shared`.
        lanes: of the partitions that answered.
        missing: by partition that could not be asked, where it stands.
        has_next: a partition has a row that was not shown.
        is_shared: partitions may list the same entity, so that what is shown must be remembered.
    """

    rows: list[list[Place]]
    passed: list[list[Passed]]
    lanes: list[Lane]
    missing: dict[int, Position]
    has_next: bool
    is_shared: bool

    @property
    def is_whole(self) -> bool:
        """Whether these are all rows there are."""
        return not self.has_next and not self.missing and all(lane.is_from_start for lane in self.lanes)

    @property
    def has_conflict(self) -> bool:
        """Whether rows of one entity have different keys: cities disagree on its place."""
        return self.is_shared and any(
            other.key(number) != lane.key(row) for (lane, row), *twins in self.rows for other, number in twins
        )

    @property
    def has_behind(self) -> bool:
        """Whether a partition stands behind a row."""
        starts = (*(lane.start for lane in self.lanes), *self.missing.values())
        return any(start.has_behind for start in starts)

    def shown(self) -> list[list[Place]]:
        """The rows in the list's order, their places with the numbers they have in the partitions' answers."""
        source = self.lanes[0].source
        is_backward = source.is_backward
        if not is_backward and not (source.is_turnable and any(lane.first for lane in self.lanes)):
            return self.rows
        rows = [[(lane, lane.place(row)) for lane, row in places] for places in self.rows]
        return rows[::-1] if is_backward else rows

    def behind(self, count: int) -> Behind:
        """Where each partition stands behind the first `count` rows; behind none, what is passed over is behind too."""
        standings = self._standings()
        if not count:
            _pass(self.passed[0], standings)
            return Behind({partition: standing.position() for partition, standing in standings.items()})
        if self.is_shared:
            for number in range(count):
                self._show(number, standings)
        else:
            last = {places[0][0].partition: places[0] for places in self.rows[:count]}
            for lane, row in last.values():
                standings[lane.partition].move(row)
        return self._on_row(count - 1, standings)

    def behind_each(self) -> Iterator[Behind]:
        """The same behind each row."""
        standings = self._standings()
        for number in range(len(self.rows)):
            self._show(number, standings)
            yield self._on_row(number, standings)

    def _standings(self) -> dict[int, Standing]:
        # While one is missing, it may be the one that has shown what others remember: then nothing is known to be past.
        known = [] if self.missing else self.lanes
        lanes = {lane.partition: Standing(lane, lane.start, known) for lane in self.lanes}
        return lanes | {partition: Standing(None, start, known) for partition, start in self.missing.items()}

    def _show(self, number: int, standings: dict[int, Standing]) -> None:
        if number and any(standing.has_due for standing in standings.values()):
            self._settle(number - 1, standings)
        if self.is_shared:
            _pass(self.passed[number], standings)
        places = self.rows[number]
        lane, row = places[0]
        standings[lane.partition].move(row)
        identity = lane.identity(row)
        if identity is None:
            return
        rows = {other.partition: place for other, place in places[1:]}
        key = lane.key(row)
        for partition, standing in standings.items():
            standing.remember(identity, key, rows.get(partition))

    def _settle(self, number: int, standings: dict[int, Standing]) -> None:
        lane, row = self.rows[number][0]
        identity = lane.identity(row)
        if identity is not None:
            digest = digest_of(identity)
            for standing in standings.values():
                standing.settle(digest)

    def _on_row(self, number: int, standings: dict[int, Standing]) -> Behind:
        lane, row = self.rows[number][0]
        positions = {
            partition: standing.position(is_on_row=partition == lane.partition)
            for partition, standing in standings.items()
        }
        if not self.is_shared or not any(position.shown or position.due for position in positions.values()):
            return Behind(positions, lane.partition)
        identity = lane.identity(row)
        edge = None if identity is None else digest_of(identity)
        is_remembered = any(edge in position.shown or edge in position.due for position in positions.values())
        return Behind(positions, lane.partition, edge if is_remembered else None)


def _pass(places: Sequence[Passed], standings: dict[int, Standing]) -> None:
    for lane, row, is_deferred in places:
        standing = standings[lane.partition]
        if is_deferred:
            standing.defer(lane.identity(row))
        standing.move(row)
