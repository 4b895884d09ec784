"""Rows of Huangshan's labour database as records, column by column in the order of `statements`."""

from __future__ import annotations

from legacy_adapters.code_lists import raw_text
from legacy_adapters.dates import day_of
from legacy_adapters.huangshan_labour_database.codes import DISPUTE_STATUS, INSPECTION_STATUS, dispute_subject
from legacy_adapters.huangshan_labour_database.statements import DISPUTE
from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.records.cases import DisputeRecord, InspectionRecord
from legacy_adapters.records.provenance import EmployerReference, Provenance
from legacy_adapters.sql.connections import SqlRow


def case_record(row: SqlRow, provenance: Provenance) -> DisputeRecord | InspectionRecord:
    """A row of either kind."""
    return _dispute_record(row, provenance) if row.kind == DISPUTE else _inspection_record(row, provenance)


def _dispute_record(row: SqlRow, provenance: Provenance) -> DisputeRecord:
    applicant, _, number, employer, credit_code, subject, _, opened, closed, status = row
    return DisputeRecord(
        number.strip(),
        DISPUTE_STATUS.read(status),
        raw_text(status),
        day_of(opened),
        day_of(closed),
        normalise_national_id(applicant),
        EmployerReference(raw_text(employer), normalise_credit_code(credit_code)),
        dispute_subject(subject),
        provenance,
    )


def _inspection_record(row: SqlRow, provenance: Provenance) -> InspectionRecord:
    _, _, number, employer, credit_code, subject, workers, opened, closed, status = row
    return InspectionRecord(
        number.strip(),
        INSPECTION_STATUS.read(status),
        raw_text(status),
        day_of(opened),
        day_of(closed),
        EmployerReference(raw_text(employer), normalise_credit_code(credit_code)) if employer or credit_code else None,
        raw_text(subject),
        workers,
        provenance,
    )
