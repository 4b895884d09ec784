"""Numbers that are given out one after the other, without a gap and in the order of the commits."""

from __future__ import annotations

from sqlalchemy import Connection, text

CHANGES_COUNTER = "changes"

# Both databases know this form. The row stays locked until the commit, so numbers become visible in their order: who
# reads behind a cursor misses none.
_NEXT = text(
    "INSERT INTO counters (name, value) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
)


def next_number(connection: Connection, name: str) -> int:
    """The counter's next number, from 1."""
    return int(connection.execute(_NEXT, {"name": name}).scalar_one())


def registered_number(connection: Connection, letter: str, city: str, year: int) -> str:
    """The next number of a city's register of a year, e.g. `S330100-2026-000001`."""
    return f"{letter}{city}-{year}-{next_number(connection, f'{letter}{city}-{year}'):06}"


def is_registered(number: str, letter: str, city: str) -> bool:
    """Whether a number is of this register, of any year."""
    return number.startswith(f"{letter}{city}-")
