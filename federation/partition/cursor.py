"""The cursor of a connection over cities: each partition's own position in one opaque text.

It is base64url, without padding, of the JSON `[1, {"330100": "<cursor>", "341000": ["<cursor>"]}]`: the version,
then by city the partition's cursor behind its last shown edge. A list of one means that this partition's rows are at
an end; its item is null if it never had a row. A list of two holds besides what was shown already of rows that this
partition may still give: base64 of digests, `DIGEST_BYTES` each. A city that is not named stands at its start.
"""

from __future__ import annotations

from base64 import b64decode, b64encode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import orjson

from federation.executor.subgraph_client import JsonValue

#: Two of a million entities have the same digest with a probability of 0.2 %.
DIGEST_BYTES = 6
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Position:
    """Where one partition stands: behind the row with `cursor` (None: at its start); or at its end.

    `shown` are digests of entities that another partition's rows have shown and this one may still list.
    """

    cursor: str | None = None
    is_at_end: bool = False
    shown: frozenset[bytes] = frozenset()


START = Position()


class InvalidCursor(ValueError):
    """A text that is no cursor of ours."""


def encode_cursor(positions: Iterable[tuple[str, Position]]) -> str:
    """Write the positions of `(city, position)`."""
    cities = {city: _write_position(position) for city, position in positions if position != START}
    return urlsafe_b64encode(orjson.dumps([_VERSION, cities])).rstrip(b"=").decode()


def decode_cursor(text: JsonValue) -> Mapping[str, Position]:
    """Read the positions by city. Raises InvalidCursor."""
    try:
        padded = text.encode() + b"=" * (-len(text) % 4)
        version, cities = orjson.loads(b64decode(padded, altchars=b"-_", validate=True))
        if version != _VERSION:
            raise InvalidCursor("unknown version")
        return {city: _read_position(value) for city, value in cities.items()}
    except (AttributeError, TypeError, ValueError, Base64Error) as error:
        raise InvalidCursor("not a cursor of this connection") from error


def digest_of(identity: Hashable) -> bytes:
    """The digest of an entity's identity: type name and key values."""
    return blake2b(repr(identity).encode(), digest_size=DIGEST_BYTES).digest()


def _write_position(position: Position) -> JsonValue:
    if position.is_at_end:
        return [position.cursor]
    if position.shown:
        return [position.cursor, b64encode(b"".join(sorted(position.shown))).decode()]
    return position.cursor


def _read_position(value: JsonValue) -> Position:
    match value:
        case str():
            return Position(value)
        case [None]:
            return Position(None, is_at_end=True)
        case [str() as cursor]:
            return Position(cursor, is_at_end=True)
        case [None | str() as cursor, str() as shown]:
            return Position(cursor, shown=_read_digests(shown))
        case _:
            raise InvalidCursor("not a position")


def _read_digests(text: str) -> frozenset[bytes]:
    packed = b64decode(text, validate=True)
    if len(packed) % DIGEST_BYTES:
        raise InvalidCursor("not a list of digests")
    return frozenset(packed[start : start + DIGEST_BYTES] for start in range(0, len(packed), DIGEST_BYTES))
