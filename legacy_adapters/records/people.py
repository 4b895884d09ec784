"""Records of people, insurances and employers. Dates are ISO 8601 strings, checked to be possible days."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.provenance import CreditCode, EmployerReference, NationalId, Provenance


class Sex(StrEnum):
    """AAC004."""

    MALE = "MALE"
    FEMALE = "FEMALE"
    UNKNOWN = "UNKNOWN"


class LifeStatus(StrEnum):
    """AAC060."""

    ALIVE = "ALIVE"
    DECEASED = "DECEASED"
    MISSING = "MISSING"
    UNKNOWN = "UNKNOWN"


class InsuranceScheme(StrEnum):
    """AAE140, of insurances."""

    EMPLOYEE_PENSION = "EMPLOYEE_PENSION"
    PUBLIC_INSTITUTION_PENSION = "PUBLIC_INSTITUTION_PENSION"
    RESIDENT_PENSION = "RESIDENT_PENSION"
    UNEMPLOYMENT = "UNEMPLOYMENT"
    WORK_INJURY = "WORK_INJURY"
    UNKNOWN = "UNKNOWN"


class InsuranceStatus(StrEnum):
    """AAC031."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    TERMINATED = "TERMINATED"
    FROZEN = "FROZEN"
    UNKNOWN = "UNKNOWN"


class PersonRecord(Struct, frozen=True):
    """One register entry of a person.

    `national_id` is the normalised id number; `name` stands as the register writes it; `birth_date` is None where the
    register's value is no possible day; `residence` is a city code, None where unknown.
    """

    national_id: NationalId
    personal_number: str
    name: str | None
    sex: Sex
    birth_date: str | None
    life_status: LifeStatus
    life_status_raw: str | None
    residence: str | None
    updated_at: str | None
    provenance: Provenance


class InsuranceRecord(Struct, frozen=True):
    """One insurance of a person; `ended_on` is None while it goes on (999999)."""

    national_id: NationalId
    scheme: InsuranceScheme
    scheme_raw: str | None
    status: InsuranceStatus
    status_raw: str | None
    started_on: str | None
    ended_on: str | None
    employer: EmployerReference | None
    provenance: Provenance


class EmployerRecord(Struct, frozen=True):
    """One employer as one city's register has it."""

    credit_code: CreditCode
    name: str
    provenance: Provenance


class InsuredCountRecord(Struct, frozen=True):
    """How many distinct persons an employer insures at present in one city."""

    credit_code: CreditCode
    persons: int
    provenance: Provenance
