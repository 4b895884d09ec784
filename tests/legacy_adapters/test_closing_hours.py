"""Closing hours on the city's clock."""

from __future__ import annotations

from datetime import datetime

import pytest

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.closing_hours import closed_until


@pytest.mark.parametrize(
    ("closed", "now", "until"),
    [
        (("22:30-06:00",), "2026-11-23T22:29:59", None),
        (("22:30-06:00",), "2026-11-23T22:30:00", "2026-11-24T06:00:00"),
        (("22:30-06:00",), "2026-12-31T23:59:59", "2027-01-01T06:00:00"),
        (("22:30-06:00",), "2026-11-24T05:59:59", "2026-11-24T06:00:00"),
        (("22:30-06:00",), "2026-11-24T06:00:00", None),
        (("12:00-13:00",), "2026-11-24T12:30:00", "2026-11-24T13:00:00"),
        (("12:00-13:00", "12:15-14:00"), "2026-11-24T12:30:00", "2026-11-24T14:00:00"),
        ((), "2026-11-24T12:30:00", None),
    ],
)
def test_they_run_from_their_start_to_before_their_end_and_may_pass_midnight(
    closed: tuple[str, ...], now: str, until: str | None
) -> None:
    end = closed_until(closed, datetime.fromisoformat(now).replace(tzinfo=CITY_ZONE))
    assert end == (None if until is None else datetime.fromisoformat(until).replace(tzinfo=CITY_ZONE))
