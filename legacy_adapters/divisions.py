"""Administrative divisions (GB/T 2260): the city a district or county belongs to."""

from __future__ import annotations

import re

from legacy_adapters.records.provenance import CityCode

_DIVISION = re.compile(r"[1-9][0-9]{5}")
_MUNICIPALITIES = ("11", "12", "31", "50")


def city_of_division(code: str | None) -> CityCode | None:
    """The city of a district, a county or the city itself: `341002` is in `341000`. None for what is no code.

    This is for the code of a place. The first six digits of an id number say where it was issued, long ago.
    """
    text = (code or "").strip()
    if not _DIVISION.fullmatch(text):
        return None
    if text.startswith(_MUNICIPALITIES):
        return CityCode(f"{text[:2]}0000")
    return CityCode(f"{text[:4]}00")


def division_prefix(city: str) -> str:
    """What the codes of all places in a city begin with."""
    return city[:2] if city.startswith(_MUNICIPALITIES) else city[:4]
