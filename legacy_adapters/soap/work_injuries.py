"""Rows of work injuries as records: services call the elements and the codes differently, and mean the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from legacy_adapters.code_lists import CodeList
from legacy_adapters.dates import read_day
from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion, WorkInjuryRecord
from legacy_adapters.records.provenance import EmployerReference, Provenance
from legacy_adapters.soap.rows import Row


@dataclass(frozen=True, slots=True)
class InjuryCodes:
    """One service's code lists of work injuries; `read_grade` gives 1 to 10, None for none."""

    status: CodeList[CaseStatus]
    conclusion: CodeList[InjuryConclusion]
    read_grade: Callable[[str | None], int | None]


def read_injury(row: Row, provenance: Provenance, codes: InjuryCodes) -> WorkInjuryRecord | None:
    """A row of number, status, opened, closed, employer's name and code, injured, accident, part, conclusion, grade
    and appraisal; None where it has no number.
    """
    number, status, opened, closed, employer, code, injured, accident, part, conclusion, grade, appraisal = row
    if number is None:
        return None
    return WorkInjuryRecord(
        number,
        codes.status.read(status),
        status,
        read_day(opened),
        read_day(closed),
        EmployerReference(employer, normalise_credit_code(code)) if employer or code else None,
        normalise_national_id(injured),
        read_day(accident),
        part,
        codes.conclusion.read(conclusion) if conclusion else None,
        conclusion,
        codes.read_grade(grade),
        appraisal,
        provenance,
    )
