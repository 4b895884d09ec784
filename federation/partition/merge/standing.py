"""Where a partition stands in a connection while its rows and others' are shown, as the walk sees it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from federation.partition.cursor import Position, Side, digest_of
from federation.partition.merge.lane import Lane


class Standing:
    """One partition's position, and the entities shown that it may still list.

    An entity is remembered until the partition's next row comes later in the order than the entity did: cities agree
    on the value that orders an entity, so what comes later is another. Where its row is ahead on this very page it is
    remembered until that row. Of entities that earlier pages have shown the order is not known any more; they all came
    before the first rows that the other partitions have now. Of a partition that cannot be asked nothing is forgotten.

    An entity is due from when a row of it was passed over for one that is still ahead, until that one is shown.
    """

    def __init__(self, lane: Lane | None, start: Position, lanes: Sequence[Lane]) -> None:
        self._lane = lane
        self._next = 0
        self._start = start if lane is None else lane.start
        self._position: Position | None = None
        self._earlier = start.shown
        self._earlier_until = _latest_start(lane, lanes) if start.shown else None
        self._shown: dict[Hashable, Any] = {}
        self._ahead: set[Hashable] = set()
        self._due = start.due

    def remember(self, identity: Hashable, key: Any, place: int | None) -> None:
        """An entity has been shown; `place` is the row of this partition that was shown with it."""
        if self._is_at_end:
            return
        self._position = None
        if place is not None and place >= self._next:
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

    def defer(self, identity: Hashable) -> None:
        """The partition's own row is behind it now, and its entity will be shown with a later one."""
        self._due |= {digest_of(identity)}

    def settle(self, digest: bytes) -> None:
        """An entity that was due is shown, and another one after it."""
        if digest in self._due:
            self._due -= {digest}
            self._position = None

    def position(self, *, is_on_row: bool = False) -> Position:
        """The position with what is to be remembered; on the row passed last, or behind it."""
        if is_on_row:
            return self._make_position(is_on_row=True)
        if self._position is None:
            self._position = self._make_position(is_on_row=False)
        return self._position

    @property
    def has_due(self) -> bool:
        """Whether an entity is due here."""
        return bool(self._due)

    def _make_position(self, *, is_on_row: bool) -> Position:
        lane, start, shown = self._lane, self._start, self._earlier
        is_at_end = self._is_at_end
        if is_at_end:
            shown = frozenset()
        elif self._shown or self._ahead:
            shown = shown.union(map(digest_of, self._shown), map(digest_of, self._ahead))
        if lane is None or start.is_at_end:
            return Position(start.behind, start.ahead, shown, self._due)
        cursor = self._cursor(lane)
        if not lane.source.is_turnable:
            return Position(() if cursor is None else (cursor,), () if is_at_end else None, shown)
        ahead = lane.ahead(self._next)
        if not self._next and cursor == start.cursor:
            is_same = ahead is None or start.behind is None
            return Position(start.behind, start.ahead if is_same else ahead, shown, self._due)
        behind = self._behind(lane, cursor, is_two=is_on_row or ahead is None)
        return Position(behind, ahead, shown, self._due)

    def _cursor(self, lane: Lane) -> str | None:
        if self._next:
            return lane.cursor(self._next - 1)
        # A page may pass rows and show none.
        return lane.end if lane.has_more and not lane.rows and isinstance(lane.end, str) else self._start.cursor

    def _behind(self, lane: Lane, cursor: str | None, *, is_two: bool) -> Side:
        """The row behind, and the one before it where the way back may need it."""
        if cursor is None:
            return self._start.behind
        if not is_two:
            return (cursor,)
        if self._next > 1:
            return (cursor, lane.cursor(self._next - 2))
        return (cursor,) if self._start.behind is None else (cursor, self._start.cursor)

    @property
    def _is_at_end(self) -> bool:
        lane = self._lane
        if lane is None or not lane.rows:
            return self._start.is_at_end or (lane is not None and not lane.has_more)
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
