"""Living certification: its state at the moment of asking. Source: the contract's `CertificationStatus`."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

import strawberry

from legacy_adapters.records.pensions import PensionRecord, PensionStatus
from subgraphs.shared.scalars import Date, optional_date

DUE_DAYS = 60
"""From so many days before the last day on, certification is due."""


@strawberry.enum
class CertificationStatus(StrEnum):
    """Whether a pension's certification has to be done."""

    NOT_DUE = "NOT_DUE"
    DUE = "DUE"
    OVERDUE = "OVERDUE"
    NOT_REQUIRED = "NOT_REQUIRED"


@strawberry.type
class Certification:
    """The rolling proof that a pensioner lives."""

    status: CertificationStatus
    due_on: Date | None
    last_passed_on: Date | None
    last_method: str | None
    last_passed_elsewhere: bool | None


def certification_of(record: PensionRecord, today: date) -> Certification:
    """The certification of a pension as it stands today."""
    return Certification(
        status=certification_status(record, today),
        due_on=optional_date(record.certification_due_on),
        last_passed_on=optional_date(record.certification_last_passed_on),
        last_method=record.certification_last_method,
        last_passed_elsewhere=record.certification_last_elsewhere,
    )


def certification_status(record: PensionRecord, today: date) -> CertificationStatus:
    """The state of a pension's certification on the day `today`."""
    # A suspended pension is paid again, with arrears, once its certification has passed: it stays required.
    # A source that names no day asks for none.
    if record.status is PensionStatus.TERMINATED or record.certification_due_on is None:
        return CertificationStatus.NOT_REQUIRED
    due_on = date.fromisoformat(record.certification_due_on)
    if due_on < today:
        return CertificationStatus.OVERDUE
    return CertificationStatus.DUE if due_on - today <= timedelta(days=DUE_DAYS) else CertificationStatus.NOT_DUE
