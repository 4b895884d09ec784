"""The world as Huangshan's labour database has it: numbers as states, 1900-01-01 for 'not yet'."""

from __future__ import annotations

from datetime import datetime

from legacy_adapters.huangshan_labour_database import tables
from legacy_adapters.records.cases import CaseStatus
from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, Row, TableRows
from legacy_adapters.sandbox.population.world import Dispute, Inspection, World

DISPUTE_STATES = {
    CaseStatus.FILED: 0,
    CaseStatus.ACCEPTED: 1,
    CaseStatus.IN_PROGRESS: 2,
    CaseStatus.SUSPENDED: 3,
    CaseStatus.DECIDED: 4,
    CaseStatus.CLOSED: 5,
    CaseStatus.REJECTED: 6,
    CaseStatus.WITHDRAWN: 7,
    CaseStatus.UNKNOWN: 88,
}
INSPECTION_STATES = {
    CaseStatus.FILED: 10,
    CaseStatus.ACCEPTED: 20,
    CaseStatus.IN_PROGRESS: 30,
    CaseStatus.SUSPENDED: 40,
    CaseStatus.DECIDED: 50,
    CaseStatus.CLOSED: 60,
    CaseStatus.REJECTED: 90,
    CaseStatus.WITHDRAWN: 80,
    CaseStatus.UNKNOWN: 99,
}
_NOT_YET = datetime(1900, 1, 1)  # noqa: DTZ001  (the source has no zone)


def export(world: World) -> TableRows:
    """All rows, table by table."""
    register = world.huangshan
    yield tables.disputes, (_dispute_row(dispute, index) for index, dispute in enumerate(register.disputes))
    yield tables.inspections, (_inspection_row(case, index) for index, case in enumerate(register.inspections))


HUANGSHAN_LABOUR_DATABASE = DatabaseDefinition("huangshan_labour_database", tables.labour_metadata, export)


def _dispute_row(dispute: Dispute, index: int) -> Row:
    return (
        dispute.number,
        dispute.name,
        dispute.id_number,
        dispute.respondent,
        ("", None)[index % 2] if dispute.credit_code is None else dispute.credit_code,
        f"{dispute.subject:02d}",
        _moment(dispute.filed_on),
        _closing(dispute.closed_on, index),
        DISPUTE_STATES[dispute.status],
    )


def _inspection_row(inspection: Inspection, index: int) -> Row:
    return (
        inspection.number,
        inspection.employer,
        inspection.credit_code,
        inspection.subject,
        inspection.workers,
        _moment(inspection.filed_on),
        _closing(inspection.closed_on, index),
        INSPECTION_STATES[inspection.status],
    )


def _closing(day: str | None, index: int) -> datetime | None:
    return (_NOT_YET, None)[index % 2] if day is None else _moment(day)


def _moment(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 09:00:00")
