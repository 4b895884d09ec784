"""The sandbox's time: the city's clock, moved to the day the world is made for."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from legacy_adapters.clock import CITY_ZONE, Clock


def city_clock(today: date) -> Clock:
    """A clock that runs like the real one and shows `today` now."""
    offset = today - datetime.now(CITY_ZONE).date()

    def now() -> datetime:
        return datetime.now(CITY_ZONE) + offset

    return now


def stamp(moment: datetime) -> str:
    """`2026-10-31 08:00:00`, as the world writes moments."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def later(moment: datetime, days: int) -> str:
    """The same time so many days later."""
    return stamp(moment + timedelta(days=days))
