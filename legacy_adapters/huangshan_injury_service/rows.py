"""Rows of the injury service's messages as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.dates import read_day
from legacy_adapters.huangshan_injury_service.codes import CASE_STATUS, CONCLUSION, read_grade
from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.records.cases import WorkInjuryRecord
from legacy_adapters.records.provenance import EmployerReference, Provenance
from legacy_adapters.soap.rows import Row, RowReader

TAGS = (
    "gsrdbh",
    "ajzt",
    "sqrq",
    "jarq",
    "D507_10",
    "D507_11",
    "D507_01",
    "sgsj",
    "shbw",
    "rdjl",
    "scdj",
    "jdsbh",
)

INJURY_ROW = RowReader(TAGS)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """A row; None where it has no number."""
    number, status, opened, closed, employer, code, injured, accident, part, conclusion, grade, appraisal = row
    if number is None:
        return None
    return WorkInjuryRecord(
        number,
        CASE_STATUS.read(status),
        status,
        read_day(opened),
        read_day(closed),
        EmployerReference(employer, normalise_credit_code(code)) if employer or code else None,
        normalise_national_id(injured),
        read_day(accident),
        part,
        CONCLUSION.read(conclusion) if conclusion else None,
        conclusion,
        read_grade(grade),
        appraisal,
        provenance,
    )
