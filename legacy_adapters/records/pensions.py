"""Records of pensions, their certification and their payments. Amounts are whole fen."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import NationalId, Provenance


class PensionScheme(StrEnum):
    """AAE140, of pensions."""

    EMPLOYEE_PENSION = "EMPLOYEE_PENSION"
    PUBLIC_INSTITUTION_PENSION = "PUBLIC_INSTITUTION_PENSION"
    RESIDENT_PENSION = "RESIDENT_PENSION"
    UNKNOWN = "UNKNOWN"


class PensionStatus(StrEnum):
    """AAE116."""

    PAYING = "PAYING"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    UNKNOWN = "UNKNOWN"


class PaymentStatus(StrEnum):
    """How one month's payment ended."""

    PAID = "PAID"
    WITHHELD = "WITHHELD"
    RETURNED = "RETURNED"
    UNKNOWN = "UNKNOWN"


class PensionRecord(Struct, frozen=True):
    """One pension with its certification; `ended_on` is None while it is open (999999).

    `certification_due_on` and the `last_…` fields are the paying city's; the state of the certification depends on
    the day of asking and is computed by the subgraph.
    """

    national_id: NationalId
    pension_number: str
    scheme: PensionScheme
    scheme_raw: str | None
    status: PensionStatus
    status_raw: str | None
    started_on: str | None
    ended_on: str | None
    monthly_amount_fen: int | None
    certification_due_on: str | None
    certification_last_passed_on: str | None
    certification_last_method: str | None
    certification_last_elsewhere: bool | None
    provenance: Provenance


class PaymentRecord(Struct, frozen=True):
    """One month's payment of a pension; `month` is `2026-10`."""

    pension_number: str
    month: str
    amount_fen: int
    status: PaymentStatus
    status_raw: str | None
