"""Rows of the core service's answers as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.amounts import read_yuan
from legacy_adapters.dates import read_day, read_end_day, read_month, read_month_start
from legacy_adapters.hangzhou_core_service.codes import (
    CASE_STATUS,
    CONCLUSION,
    PAYMENT_STATUS,
    PENSION_SCHEME,
    PENSION_STATUS,
    certification_method,
    read_elsewhere,
    read_grade,
)
from legacy_adapters.identity import normalise_national_id
from legacy_adapters.records.cases import WorkInjuryRecord
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord
from legacy_adapters.records.provenance import Provenance
from legacy_adapters.soap.rows import Row, RowReader
from legacy_adapters.soap.work_injuries import InjuryCodes, read_injury

NAMESPACE = "urn:hangzhou:core"

PENSION_TAGS = (
    "AAC147",
    "AAZ257",
    "AAE140",
    "AAE116",
    "AIC162",
    "AAE041",
    "AAE042",
    "AIC142",
    "BAE098",
    "BAE097",
    "BAE099",
    "AAA080",
)
PAYMENT_TAGS = ("AAZ257", "AAE003", "AAE019", "BAE118")
INJURY_TAGS = (
    "AAZ127",
    "BLC001",
    "ALC026",
    "BLC002",
    "AAB004",
    "AAB998",
    "AAC147",
    "ALC020",
    "ALC022",
    "ALC029",
    "ALA040",
    "ALC035",
)

PENSION_ROW = RowReader(PENSION_TAGS, NAMESPACE)
PAYMENT_ROW = RowReader(PAYMENT_TAGS, NAMESPACE)
INJURY_ROW = RowReader(INJURY_TAGS, NAMESPACE)


def pension_record(row: Row, provenance: Provenance) -> PensionRecord | None:
    """A PensionRow; None where it has no number of its own or no id number, so that nothing identifies it."""
    written_id, number, scheme, status, retired, first_month, last_month, amount, due, passed, method, elsewhere = row
    national_id = normalise_national_id(written_id)
    if national_id is None or number is None:
        return None
    return PensionRecord(
        national_id,
        number,
        PENSION_SCHEME.read(scheme),
        scheme,
        PENSION_STATUS.read(status),
        status,
        read_day(retired) or read_month_start(first_month),
        read_end_day(last_month),
        read_yuan(amount),
        read_day(due),
        read_day(passed),
        certification_method(method),
        read_elsewhere(elsewhere),
        provenance,
    )


def payment_record(row: Row, _provenance: Provenance) -> PaymentRecord | None:
    """A PaymentRow; None where its month or amount cannot be read."""
    number, written_month, amount, status = row
    month, fen = read_month(written_month), read_yuan(amount)
    if number is None or month is None or fen is None:
        return None
    return PaymentRecord(number, month, fen, PAYMENT_STATUS.read(status), status)


_INJURY_CODES = InjuryCodes(CASE_STATUS, CONCLUSION, read_grade)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """An InjuryRow; None where it has no number."""
    return read_injury(row, provenance, _INJURY_CODES)
