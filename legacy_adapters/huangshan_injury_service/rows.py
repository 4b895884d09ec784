"""Rows of the injury service's messages as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.dates import read_day
from legacy_adapters.huangshan_injury_service.codes import ASSIST_STATE, CASE_STATUS, CONCLUSION, read_grade
from legacy_adapters.identity import normalise_national_id
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.cases import WorkInjuryRecord
from legacy_adapters.records.provenance import CityCode, Provenance
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
    number, letter, written_id, requesting, addressed, state, registered, due, accepted, replied = row
    if number is None or letter is None:
        return None
    return AssistRecord(
        number,
        letter,
        normalise_national_id(written_id),
        None if requesting is None else CityCode(requesting),
        None if addressed is None else CityCode(addressed),
        ASSIST_STATE.read(state),
        state,
        read_day(registered),
        read_day(due),
        read_day(accepted),
        read_day(replied),
        provenance,
    )


_INJURY_CODES = InjuryCodes(CASE_STATUS, CONCLUSION, read_grade)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """A row; None where it has no number."""
    return read_injury(row, provenance, _INJURY_CODES)
