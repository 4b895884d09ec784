"""Where a record comes from, and the identifiers records share."""

from __future__ import annotations

from typing import NewType

from msgspec import Struct

NationalId = NewType("NationalId", str)
"""A citizen's id number, normalised: 18 characters, upper case, upgraded from 15 where it was old."""

CityCode = NewType("CityCode", str)
"""A city's GB/T 2260 code, six digits."""

CreditCode = NewType("CreditCode", str)
"""An employer's unified social credit code, 18 characters."""


class Provenance(Struct, frozen=True):
    """Which system of which city said it, and the moment it was true there (ISO 8601 with offset)."""

    system: str
    city: CityCode
    as_of: str


class EmployerReference(Struct, frozen=True):
    """An employer as a record names it; `credit_code` is None where the source has no valid one."""

    name: str | None
    credit_code: CreditCode | None
