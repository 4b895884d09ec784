"""Rows of the injury service's messages as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.huangshan_injury_service.codes import ASSIST_STATE, CASE_STATUS, CONCLUSION, read_grade
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.cases import WorkInjuryRecord
from legacy_adapters.records.provenance import Provenance
from legacy_adapters.soap.assists import read_assist
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


ASSIST_ROW = RowReader(
    ("xcbh", "lwbh", "D507_01", "qqcs", "xbcs", "xczt", "djrq", "qxrq", "slrq", "fkrq"),
)


def assist_record(row: Row, provenance: Provenance) -> AssistRecord | None:
    """A row of C030004; None where it has no number of its own or of the requesting city's."""
    return read_assist(row, provenance, ASSIST_STATE)


_INJURY_CODES = InjuryCodes(CASE_STATUS, CONCLUSION, read_grade)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """A row; None where it has no number."""
    return read_injury(row, provenance, _INJURY_CODES)
