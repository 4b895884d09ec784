"""Records of cases: work injuries, labour disputes, inspections."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from legacy_adapters.records.provenance import EmployerReference, NationalId, Provenance


class CaseStatus(StrEnum):
    """How far a case has come, the same words for all kinds."""

    FILED = "FILED"
    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    SUSPENDED = "SUSPENDED"
    DECIDED = "DECIDED"
    CLOSED = "CLOSED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    UNKNOWN = "UNKNOWN"


class InjuryConclusion(StrEnum):
    """ALC029."""

    WORK_INJURY = "WORK_INJURY"
    TREATED_AS_WORK_INJURY = "TREATED_AS_WORK_INJURY"
    NOT_WORK_INJURY = "NOT_WORK_INJURY"
    UNKNOWN = "UNKNOWN"


class WorkInjuryRecord(Struct, frozen=True):
    """One work injury (LC31); `disability_grade` is 1 to 10, None before the appraisal or below any grade."""

    case_number: str
    status: CaseStatus
    status_raw: str | None
    opened_on: str | None
    closed_on: str | None
    employer: EmployerReference | None
    injured: NationalId | None
    accident_on: str | None
    injured_part: str | None
    conclusion: InjuryConclusion | None
    conclusion_raw: str | None
    disability_grade: int | None
    appraisal_number: str | None
    provenance: Provenance


class DisputeRecord(Struct, frozen=True):
    """One labour dispute; the respondent is the employer."""

    case_number: str
    status: CaseStatus
    status_raw: str | None
    opened_on: str | None
    closed_on: str | None
    applicant: NationalId | None
    respondent: EmployerReference
    subject: str | None
    provenance: Provenance


class InspectionRecord(Struct, frozen=True):
    """One inspection of an employer."""

    case_number: str
    status: CaseStatus
    status_raw: str | None
    opened_on: str | None
    closed_on: str | None
    employer: EmployerReference | None
    subject: str | None
    workers_concerned: int | None
    provenance: Provenance


CaseRecord: TypeAlias = WorkInjuryRecord | DisputeRecord | InspectionRecord
