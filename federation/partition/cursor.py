"""The cursor of a connection over cities: each partition's own position in one opaque text.

It is base64url, without padding, of the JSON `[1, {"330100": "<cursor>", "341000": ["<cursor>"]}]`: the version,
then by city the partition's cursor behind its last shown edge. A list means that this partition's rows are at an end;
its item is null if it never had a row. A city that is not named stands at its start.
"""

from __future__ import annotations

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from federation.executor.subgraph_client import JsonValue

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Position:
    """Where one partition stands: behind the row with `cursor` (None: at its start); or at its end."""

    cursor: str | None = None
    is_at_end: bool = False


START = Position()


class InvalidCursor(ValueError):
    """A text that is no cursor of ours."""


def encode_cursor(positions: Iterable[tuple[str, Position]]) -> str:
    """Write the positions of `(city, position)`."""
    cities = {
        city: [position.cursor] if position.is_at_end else position.cursor
        for city, position in positions
        if position != START
    }
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


def _read_position(value: JsonValue) -> Position:
    match value:
        case str():
            return Position(value)
        case [None]:
            return Position(None, is_at_end=True)
        case [str() as cursor]:
            return Position(cursor, is_at_end=True)
        case _:
            raise InvalidCursor("not a position")
