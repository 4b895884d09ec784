"""Legacy systems as tests configure them."""

from __future__ import annotations

from datetime import datetime

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.configuration import SystemConfig
from legacy_adapters.records.provenance import CityCode
from legacy_adapters.system import LegacySystem

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=CITY_ZONE)
AS_OF = "2026-11-23T09:00:00+08:00"


def clock() -> datetime:
    """A clock that stands still."""
    return NOW


def make_system(url: str = "http://127.0.0.1:1/", name: str = "test_system", **limits: object) -> LegacySystem:
    """A system of an invented city at `url`."""
    config = SystemConfig(adapter=name, url=url, username="graph", password="secret-password", **limits)
    return LegacySystem(name, CityCode("330100"), config, clock)
