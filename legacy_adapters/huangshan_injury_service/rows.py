"""Rows of the injury service's messages as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.huangshan_injury_service.codes import CASE_STATUS, CONCLUSION, read_grade
from legacy_adapters.records.cases import WorkInjuryRecord
from legacy_adapters.records.provenance import Provenance
from legacy_adapters.soap.rows import Row, RowReader
from legacy_adapters.soap.work_injuries import InjuryCodes, read_injury

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


_INJURY_CODES = InjuryCodes(CASE_STATUS, CONCLUSION, read_grade)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """A row; None where it has no number."""
    return read_injury(row, provenance, _INJURY_CODES)
