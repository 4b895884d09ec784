"""Days as ISO 8601 strings, looked up instead of formatted: a population has half a million of them."""

from __future__ import annotations

from datetime import date, timedelta

_FIRST = date(1930, 1, 1).toordinal()
_ISO_DAYS = tuple((date(1930, 1, 1) + timedelta(days=offset)).isoformat() for offset in range(130 * 366))


def iso_day(ordinal: int) -> str:
    """`1958-05-12` for a proleptic ordinal between 1930 and 2059."""
    return _ISO_DAYS[ordinal - _FIRST]


def ordinal_of(day: str) -> int:
    """The ordinal of an ISO day."""
    return date.fromisoformat(day).toordinal()


def month_before(day: str, months: int) -> str:
    """The month, `2026-10`, that lies so many months before the day's (or month's) own."""
    index = int(day[:4]) * 12 + int(day[5:7]) - 1 - months
    return f"{index // 12}-{index % 12 + 1:02d}"


def years_later(day: str, years: int) -> str:
    """The same day of a later year; 29 February becomes 28."""
    moved = f"{int(day[:4]) + years}{day[4:]}"
    return moved[:8] + "28" if moved.endswith("-02-29") else moved
