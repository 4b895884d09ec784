"""One partition's rows of a connection, as the walk sees them: backward, the last row of its answer is row 0."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.cursor import Position, Side, digest_of
from federation.partition.merge.identity import Identity
from federation.partition.order import Descending


@dataclass(frozen=True, slots=True)
class RowSource:
    """Where a connection's hidden rows stand in a partition's answer.

    Attributes:
        rows: response name of the edges, or of the nodes when no cursor is needed.
        info: response name of the page info that tells whether and where a partition goes on.
        node: None if the rows are the nodes.
        cursor: its response name in an edge; None for nodes.
        way: from a row to the value that orders it.
        order: gives that value's sort key.
        identity: tells a node's entity; None where no two partitions can list the same.
        is_turnable: the connection pages both ways, so that rows ahead are told in cursors, too.
        is_backward: rows are taken from the end.
    """

    rows: str
    info: str
    node: str | None
    cursor: str | None
    way: tuple[str, ...]
    order: Callable[[JsonValue], Any]
    identity: Identity | None
    is_turnable: bool
    is_backward: bool = False

    def backward(self) -> RowSource:
        """The same for a walk from the end."""
        order = self.order
        return replace(self, order=lambda value: Descending(order(value)), is_backward=True)

    def lane(self, partition: int, connection: ResponseObject, start: Position) -> Lane:
        """One partition's rows; of a partition at its end nothing counts."""
        if start.is_at_end:
            return Lane(self, partition, [], None, False, start)
        rows, info = connection[self.rows] or [], connection[self.info] or {}
        if start.behind is None:
            return self._found_again(partition, rows, info, start)
        if self.is_backward:
            end, has_more = info.get("startCursor"), bool(info.get("hasPreviousPage"))
            return Lane(self, partition, rows[::-1], end, has_more, start, len(rows) - 1)
        return Lane(self, partition, rows, info.get("endCursor"), bool(info.get("hasNextPage")), start)

    def _found_again(self, partition: int, rows: list[JsonValue], info: ResponseObject, start: Position) -> Lane:
        """The row ahead of a position behind which no row is known. It was asked for from the row beyond it.

        Between the two there may be rows that are not shown, more than the page holds: then it is looked for from there
        on with the next page. Where it is not there any more the position is behind its place.
        """
        cursor, beyond = start.ahead or (None, None)
        names = ("endCursor", "hasNextPage") if self.is_backward else ("startCursor", "hasPreviousPage")
        end, is_further = map(info.get, names)
        if not rows and is_further and end not in {None, cursor}:
            return Lane(self, partition, [], None, True, replace(start, ahead=(cursor, end)))
        number = 0 if self.is_backward else len(rows) - 1
        nearest = rows[number] if rows else None
        if nearest is not None and (self.cursor is None or nearest[self.cursor] == cursor):
            return Lane(self, partition, [nearest], None, beyond is not None, start, number)
        start = replace(start, behind=(cursor,), ahead=() if beyond is None else (beyond,))
        return Lane(self, partition, [], cursor, beyond is not None, start)


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """One partition's rows of a page; most of a long one are never looked at.

    Attributes:
        partition: its index.
        rows: in the order of the walk.
        end: from where the partition goes on if it shows no row.
        has_more: the partition has rows behind these.
        start: where the partition stood before.
        first: the number of the first row in the partition's answer.
    """

    source: RowSource
    partition: int
    rows: list[JsonValue]
    end: JsonValue
    has_more: bool
    start: Position
    first: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether the next row stands behind ones that are not shown."""
        return self.has_more and not self.rows and (isinstance(self.end, str) or self.start.behind is None)

    @property
    def is_from_start(self) -> bool:
        """Whether no row came before these."""
        return not self.start.has_behind and not self.start.shown

    def key(self, row: int) -> Any:
        """A row's sort key."""
        source = self.source
        value = self.rows[row]
        for name in source.way:
            if value is None:
                break
            value = value[name]
        return source.order(value)

    def place(self, row: int) -> int:
        """The number that a row has in the partition's answer."""
        return self.first - row if self.source.is_backward else self.first + row

    def cursor(self, row: int) -> str | None:
        """A row's cursor in that partition; a null edge has none, so one goes on from the row before it."""
        name = self.source.cursor
        if name is None:
            return None
        while row >= 0 and self.rows[row] is None:
            row -= 1
        return _text(self.rows[row][name]) if row >= 0 else self.start.cursor

    def ahead(self, row: int) -> Side:
        """What is known of `row` and the rows behind it."""
        name = self.source.cursor
        if name is None:
            return None
        for item in islice(self.rows, row, None):
            if item is not None:
                return (_text(item[name]),)
        if self.start.behind is None:
            return tuple(found for found in (self.start.ahead or ())[1:] if found is not None)
        return None if self.has_more else ()

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


def _text(cursor: JsonValue) -> str:
    if not isinstance(cursor, str):
        raise TypeError("a cursor is no text")
    return cursor
