"""The cursor of a connection over cities: each partition's own position in one opaque text.

It is base64url, without padding, of JSON. Where a contract pages forward only, that is version 1,
`[1, {"330100": "<cursor>", "341000": ["<cursor>"]}]`: by city the partition's cursor behind its last shown edge. A
list of one means that this partition's rows are at an end; its item is null if it never had a row. A list of two holds
besides what was shown already of rows that this partition may still give: base64 of digests, `DIGEST_BYTES` each. A
city that is not named stands at its start.

Version 2 serves `after` and `before`: `[2, {"341000": [behind, ahead, "<shown>", "<due>"]}, 0, "341000", "<edge>"]`. By
city the rows on both sides of its position, nearest first: `"<cursor>"`, or `["<cursor>", "<cursor>"]` where one is
told to find the other again (null: there is no second), `[]` where none is there, 0 where they are not known. Third and
fourth, where there are any, are digests: of entities that count as behind the position and that this partition may
list ahead of it, and the reverse. A city that is not named stands at its start, or with 1 for 0 at its end. Then comes
the city on whose row the edge is, which stands behind it, and the digest of the edge's entity if it is among the
digests.
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, TypeAlias

import orjson

from federation.executor.subgraph_client import JsonValue

#: Two of a million entities have the same digest with a probability of 0.2 %.
DIGEST_BYTES = 6
_FORWARD = 1
_BOTH_WAYS = 2


#: The rows on one side of a position: None if they are not known, empty if none is there, else the nearest one's
#: cursor; then perhaps the next one's, None if there is none.
Side: TypeAlias = tuple[str | None, ...] | None


@dataclass(frozen=True, slots=True)
class Position:
    """Where one partition stands in a walk, between two of its rows.

    Attributes:
        behind, ahead: the rows on both sides. Where one side is not known, the other has two.
        shown: digests of entities that count as behind and that rows ahead may list.
        due: digests of entities that count as ahead and that rows behind may list.
    """

    behind: Side = ()
    ahead: Side = None
    shown: frozenset[bytes] = frozenset()
    due: frozenset[bytes] = frozenset()

    @property
    def cursor(self) -> str | None:
        """The row behind; None where none is, or it is not known."""
        return self.behind[0] if self.behind else None

    @property
    def is_at_end(self) -> bool:
        """Whether no row is ahead."""
        return self.ahead == ()

    @property
    def has_behind(self) -> bool:
        """Whether a row may be behind."""
        return self.behind != ()

    def turned(self) -> Position:
        """The position for a walk in the other direction. Raises InvalidCursor where it cannot be found again."""
        if self.ahead is None and self.behind is not None and len(self.behind) == 1:
            raise InvalidCursor("is a cursor for paging forward only")
        return Position(self.ahead, self.behind, self.due, self.shown)

    def turned_on_row(self) -> Position:
        """The same for the edge's own row, which is behind in both directions."""
        cursor, *beyond = self.behind or ()
        behind = (cursor,) if self.ahead is None else (cursor, *(self.ahead[:1] or (None,)))
        ahead = None if not beyond else tuple(found for found in beyond if found is not None)
        return Position(behind, ahead, self.due, self.shown)


START = Position()
_END = Position(None, ())


@dataclass(frozen=True, slots=True)
class Cut:
    """Where all partitions stand, as a walk in one direction sees it.

    Attributes:
        positions: by city.
        others: of every other city.
        city: the one that has the edge's row; it stands behind that.
        edge: the digest of the edge's entity, if the positions remember it; it counts as behind.
    """

    positions: Mapping[str, Position]
    others: Position = START
    city: str | None = None
    edge: bytes | None = None

    def position(self, city: str) -> Position:
        """One city's position."""
        position = self.positions.get(city, self.others)
        if self.edge is None or self.edge not in position.due:
            return position
        return replace(position, due=position.due - {self.edge})

    def turned(self) -> Cut:
        """The cut for a walk in the other direction, in which the edge counts as behind, too."""
        positions = {
            city: position.turned_on_row() if city == self.city else position.turned()
            for city, position in self.positions.items()
        }
        return Cut(positions, self.others.turned(), self.city, self.edge)


class InvalidCursor(ValueError):
    """A text that is no cursor of ours, or not for this direction; its words follow the argument's name."""


def encode_cursor(positions: Iterable[tuple[str, Position]]) -> str:
    """Write the positions of `(city, position)` for a connection that pages forward only."""
    cities = {city: _write_forward(position) for city, position in positions if position != START}
    return _write([_FORWARD, cities])


def encode_cut(cut: Cut) -> str:
    """Write a cut, as a forward walk sees it, for a connection that pages both ways."""
    cities = {city: _write_position(position) for city, position in cut.positions.items() if position != cut.others}
    edge = [] if cut.edge is None else [b64encode(cut.edge).decode()]
    return _write([_BOTH_WAYS, cities, int(cut.others == _END), cut.city, *edge])


def decode_cursor(text: JsonValue) -> Cut:
    """Read a cursor as a forward walk sees it. Raises InvalidCursor."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        match orjson.loads(b64decode(padded, altchars=b"-_", validate=True)):
            case [1, dict() as cities]:
                return Cut({city: _read_forward(value) for city, value in cities.items()})
            case [2, dict() as cities, (0 | 1) as at_end, (None | str()) as city, *edge]:
                positions = {name: _read_position(value) for name, value in cities.items()}
                return Cut(positions, _END if at_end else START, city, _read_edge(edge))
            case _:
                raise InvalidCursor(_UNKNOWN)
    except (AttributeError, TypeError, ValueError, Base64Error) as error:
        raise InvalidCursor(_UNKNOWN) from error


def digest_of(identity: Hashable) -> bytes:
    """The digest of an entity's identity: type name and key values."""
    return blake2b(repr(identity).encode(), digest_size=DIGEST_BYTES).digest()


_UNKNOWN = "is not a cursor of this connection"


def _write(content: Any) -> str:
    return urlsafe_b64encode(orjson.dumps(content)).rstrip(b"=").decode()


def _write_forward(position: Position) -> JsonValue:
    if position.is_at_end:
        return [position.cursor]
    if position.shown:
        return [position.cursor, _write_digests(position.shown)]
    return position.cursor


def _read_forward(value: JsonValue) -> Position:
    match value:
        case str():
            return Position((value,))
        case [None]:
            return _END
        case [str() as cursor]:
            return Position((cursor,), ())
        case [None | str() as cursor, str() as shown]:
            return Position(() if cursor is None else (cursor,), shown=_read_digests(shown))
        case _:
            raise InvalidCursor(_UNKNOWN)


def _write_position(position: Position) -> JsonValue:
    digests = [_write_digests(position.shown), _write_digests(position.due)] if position.shown or position.due else []
    return [_write_side(position.behind), _write_side(position.ahead), *digests]


def _read_position(value: JsonValue) -> Position:
    match value:
        case [behind, ahead]:
            return Position(_read_side(behind), _read_side(ahead))
        case [behind, ahead, str() as shown, str() as due]:
            return Position(_read_side(behind), _read_side(ahead), _read_digests(shown), _read_digests(due))
        case _:
            raise InvalidCursor(_UNKNOWN)


def _write_side(side: Side) -> JsonValue:
    if side is None:
        return 0
    return side[0] if len(side) == 1 else list(side)


def _read_side(value: JsonValue) -> Side:
    match value:
        case 0:
            return None
        case str():
            return (value,)
        case []:
            return ()
        case [str() as cursor, (None | str()) as beyond]:
            return (cursor, beyond)
        case _:
            raise InvalidCursor(_UNKNOWN)


def _read_edge(value: list[JsonValue]) -> bytes | None:
    match value:
        case []:
            return None
        case [str() as edge] if len(digest := b64decode(edge, validate=True)) == DIGEST_BYTES:
            return digest
        case _:
            raise InvalidCursor(_UNKNOWN)


def _write_digests(digests: frozenset[bytes]) -> str:
    return b64encode(b"".join(sorted(digests))).decode()


def _read_digests(text: str) -> frozenset[bytes]:
    packed = b64decode(text, validate=True)
    if len(packed) % DIGEST_BYTES:
        raise InvalidCursor(_UNKNOWN)
    return frozenset(packed[start : start + DIGEST_BYTES] for start in range(0, len(packed), DIGEST_BYTES))
