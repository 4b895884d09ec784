"""Where a partition stands in a connection while its rows and others' are shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.cursor import Position, digest_of
from federation.partition.merge.identity import Identity


@dataclass(frozen=True, slots=True)
class RowSource:
    """Where a connection's hidden rows stand in a partition's answer.

    Attributes:
        rows: response name of the edges, or of the nodes when no cursor is needed.
        more: response name of the page info that holds `hasNextPage`.
        node: None if the rows are the nodes.
        cursor: its response name in an edge; None for nodes.
        way: from a row to the value that orders it.
        order: gives that value's sort key.
        identity: tells a node's entity; None where no two partitions can list the same.
    """

    rows: str
    more: str
    node: str | None
    cursor: str | None
    way: tuple[str, ...]
    order: Callable[[JsonValue], Any]
    identity: Identity | None

    def lane(self, partition: int, connection: ResponseObject, start: Position) -> Lane:
        """One partition's rows; of a partition at its end nothing counts."""
        if start.is_at_end:
            return Lane(self, partition, [], has_more=False, start=start)
        has_more = bool((connection[self.more] or {}).get("hasNextPage"))
        return Lane(self, partition, connection[self.rows] or [], has_more=has_more, start=start)


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One partition's rows of a page; most of a long one are never looked at.

    Attributes:
        partition: its index.
        rows: as they came.
        has_more: the partition has rows behind these.
        start: where the partition stood before.
    """

    source: RowSource
    partition: int
    rows: list[JsonValue]
    has_more: bool
    start: Position

    @property
    def is_from_start(self) -> bool:
        """Whether no row came before these."""
        return self.start.cursor is None and not self.start.shown

    def key(self, row: int) -> Any:
        """A row's sort key."""
        source = self.source
        value = self.rows[row]
        for name in source.way:
            if value is None:
                break
            value = value[name]
        return source.order(value)

    def cursor(self, row: int) -> str | None:
        """A row's cursor in that partition; a null edge has none, so one goes on from the row before it."""
        name = self.source.cursor
        if name is None:
            return None
        while row >= 0 and self.rows[row] is None:
            row -= 1
        cursor = self.rows[row][name] if row >= 0 else self.start.cursor
        if not isinstance(cursor, str):
            raise TypeError("a cursor is no text")
        return cursor

    def identity(self, row: int) -> Hashable | None:
        """A row's entity; None for a row that is like no other."""
        if self.source.identity is None:
            return None
        node = self._node(row)
        return None if node is None else self.source.identity(node)

    def was_shown(self, identity: Hashable) -> bool:
        """Whether an earlier page has shown the entity."""
        return bool(self.start.shown) and digest_of(identity) in self.start.shown

    def _node(self, row: int) -> JsonValue:
        item = self.rows[row]
        return item if self.source.node is None or item is None else item[self.source.node]


class Standing:
    """One partition's position, and the entities shown that it may still list.

    An entity is remembered until the partition's next row comes later in the order than the entity did: cities agree
    on the value that orders an entity, so what comes later is another. Where its row is ahead on this very page it is
    remembered until that row. Of entities that earlier pages have shown the order is not known any more; they all came
    before the first rows that the other partitions have now. Of a partition that cannot be asked nothing is forgotten.
    """

    def __init__(self, lane: Lane | None, start: Position, lanes: Sequence[Lane]) -> None:
        self._lane = lane
        self._next = 0
        self._start = start
        self._position: Position | None = None
        self._earlier = start.shown
        self._earlier_until = _latest_start(lane, lanes) if start.shown else None
        self._shown: dict[Hashable, Any] = {}
        self._ahead: set[Hashable] = set()

    def remember(self, identity: Hashable, key: Any, *, is_ahead: bool) -> None:
        """An entity has been shown; `is_ahead` if it was with a row of this partition that is not behind it."""
        if self._is_at_end:
            return
        self._position = None
        if is_ahead:
            self._ahead.add(identity)
        elif not self._is_before_head(key):
            self._shown[identity] = key

    def move(self, row: int) -> None:
        """The partition's own row is behind it now."""
        lane = self._lane
        if lane is None:
            return
        self._next = row + 1
        self._position = None
        if self._shown or self._ahead or self._earlier:
            self._forget(lane, lane.identity(row))

    def position(self) -> Position:
        """The position with what is to be remembered."""
        if self._position is None:
            cursor = self._lane.cursor(self._next - 1) if self._lane and self._next else self._start.cursor
            if self._is_at_end:
                self._position = Position(cursor, is_at_end=True)
            else:
                shown = self._earlier.union(map(digest_of, self._shown), map(digest_of, self._ahead))
                self._position = Position(cursor, shown=shown)
        return self._position

    @property
    def _is_at_end(self) -> bool:
        lane = self._lane
        if lane is None:
            return self._start.is_at_end
        return self._next == len(lane.rows) and not lane.has_more

    def _is_before_head(self, key: Any) -> bool:
        """Whether the next row is known and comes later."""
        lane = self._lane
        if lane is None or self._next >= len(lane.rows):
            return False
        return bool(key < lane.key(self._next))

    def _forget(self, lane: Lane, identity: Hashable | None) -> None:
        if identity is not None:
            self._ahead.discard(identity)
            if lane.was_shown(identity):
                self._earlier -= {digest_of(identity)}
        self._shown = {shown: key for shown, key in self._shown.items() if not self._is_before_head(key)}
        if self._earlier_until is not None and self._is_before_head(self._earlier_until):
            self._earlier = frozenset()


def _latest_start(own: Lane | None, lanes: Sequence[Lane]) -> Any:
    """The greatest sort key with which another partition's rows begin; None where one of them has no row."""
    others = [lane for lane in lanes if lane is not own]
    if not others or any(not lane.rows for lane in others):
        return None
    return max(lane.key(0) for lane in others)
