"""The cities' clock: Asia/Shanghai, which is UTC+8 all the year."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

CITY_ZONE = timezone(timedelta(hours=8))

Clock: TypeAlias = Callable[[], datetime]
"""Gives the present moment, with its offset. Tests hand in one that stands still."""


def city_clock() -> datetime:
    """The present moment on the cities' clock."""
    return datetime.now(CITY_ZONE)
