"""The hours in which a system is closed every day, `22:30-06:00` on the city's clock; they may pass midnight."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

_HOURS = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")


def are_hours(text: str) -> bool:
    """Whether `text` names hours, and not none or all of a day."""
    match = _HOURS.fullmatch(text)
    return match is not None and match.group(1, 2) != match.group(3, 4)


def closed_until(closed: Sequence[str], moment: datetime) -> datetime | None:
    """The end of the latest of the closing hours that run at `moment`; None while it is open. The end is open."""
    return max((end for hours in closed if (end := _running_until(hours, moment)) is not None), default=None)


def _running_until(hours: str, moment: datetime) -> datetime | None:
    start, end = (time.fromisoformat(text) for text in hours.split("-"))
    now = moment.time()
    is_running = start <= now < end if start < end else now >= start or now < end
    if not is_running:
        return None
    days = 1 if now >= end else 0
    return datetime.combine(moment.date() + timedelta(days=days), end, moment.tzinfo)
