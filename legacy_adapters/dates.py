"""Days, months and moments however a system writes them, as ISO 8601; None for none, for open, for an impossible one.

Systems say "unknown" with `00000000` or `19000101` and "open" with `99991231` or `999999`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from legacy_adapters.clock import CITY_ZONE

_DAY = re.compile(r"(\d{4})[-./年]?(\d{2})[-./月]?(\d{2})日?(?:\d{6}|[ T].*)?")
_MONTH = re.compile(r"(\d{4})[-./年]?(\d{2})月?")
_MOMENT = re.compile(r"(\d{4})[-./]?(\d{2})[-./]?(\d{2})[ T]?(\d{2}):?(\d{2})(?::?(\d{2}))?(?:\.\d+)?")

FIRST_YEAR, LAST_YEAR = 1850, 2199
"""Years outside are a system's way to say unknown or open."""

UNKNOWN_DAY = date(1900, 1, 1)
"""Where a form had to be filled and nobody knew."""

_DAYS_CACHED = 65_536


@lru_cache(_DAYS_CACHED)
def read_day(value: str | int | None) -> str | None:
    """`19580512`, `1958.05.12`, `1958-05-12`, with or without a time behind it, as `1958-05-12`."""
    if value is None:
        return None
    match = _DAY.fullmatch(str(value).strip())
    return _possible_day(*match.groups()) if match else None


def read_end_day(value: str | int | None) -> str | None:
    """The day something ended: a day, or the last day of a month `202610`; None while it is open."""
    if value is None:
        return None
    text = str(value).strip()
    match = _MONTH.fullmatch(text)
    if match is None:
        return read_day(text)
    return _last_day(int(match[1]), int(match[2]))


def read_month_start(value: str | int | None) -> str | None:
    """The first day of a month `201806` or `2018-06`."""
    month = read_month(value)
    return f"{month}-01" if month else None


def read_month(value: str | int | None) -> str | None:
    """`202610` or `2026-10` as `2026-10`."""
    if value is None:
        return None
    match = _MONTH.fullmatch(str(value).strip())
    if match is None or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR or not 1 <= int(match[2]) <= 12:
        return None
    return f"{match[1]}-{match[2]}"


@lru_cache(_DAYS_CACHED)
def read_moment(value: str | None) -> str | None:
    """`20261031080000` or `2026-10-31 08:00:00`, on the city's clock, as `2026-10-31T08:00:00+08:00`.

    A day alone is its beginning.
    """
    if value is None:
        return None
    text = value.strip()
    match = _MOMENT.fullmatch(text)
    if match is None:
        day = read_day(text)
        return f"{day}T00:00:00+08:00" if day else None
    year, month, day_of_month, hour, minute, second = (int(group or 0) for group in match.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return datetime(year, month, day_of_month, hour, minute, second, tzinfo=CITY_ZONE).isoformat()
    except ValueError:
        return None


def day_of(value: datetime | date | None) -> str | None:
    """The day of a date or timestamp column."""
    return read_day(value.isoformat()) if value is not None else None


def compact_day(day: str) -> str:
    """`2026-12-31` as `20261231`."""
    return day.replace("-", "")


def dotted_day(day: str) -> str:
    """`2026-12-31` as `2026.12.31`."""
    return day.replace("-", ".")


def _possible_day(year: str, month: str, day: str) -> str | None:
    try:
        possible = date(int(year), int(month), int(day))
    except ValueError:
        return None
    if possible == UNKNOWN_DAY or not FIRST_YEAR <= possible.year <= LAST_YEAR:
        return None
    return possible.isoformat()


def _last_day(year: int, month: int) -> str | None:
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1).isoformat()
