"""Rows of the core service's answers as records, element by element in the order of the tags here."""

from __future__ import annotations

from legacy_adapters.amounts import read_yuan
from legacy_adapters.dates import read_day, read_end_day, read_moment, read_month, read_month_start
from legacy_adapters.hangzhou_core_service.codes import (
    ASSIST_STATE,
    CASE_STATUS,
    CONCLUSION,
    PAYMENT_STATUS,
    PENSION_SCHEME,
    PENSION_STATUS,
    TRANSFER_KIND,
    certification_method,
    read_elsewhere,
    read_grade,
)
from legacy_adapters.identity import normalise_credit_code, normalise_national_id
from legacy_adapters.national_codes import BANK_STATUS, SOCIAL_STATUS, bank_of
from legacy_adapters.operations.cards import PROGRESS_TAGS, read_progress
from legacy_adapters.records.assists import AssistRecord
from legacy_adapters.records.cards import CardFunctionRecord, CardFunctionStatus, CardRecord, ReplacementProgress
from legacy_adapters.records.cases import DisputeRecord, InspectionRecord, WorkInjuryRecord
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord
from legacy_adapters.records.provenance import CityCode, EmployerReference, NationalId, Provenance
from legacy_adapters.records.transfers import TransferKind, TransferRecord
from legacy_adapters.soap.assists import read_assist
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

CARD_TAGS = (
    "AAC147",
    "AAZ500",
    "AAZ502",
    "AAE036",
    "AAZ165",
    "AAZ503",
    "AAE031",
    "AAE008",
    "BAZ502",
    "BAE036",
    "BAZ165",
)
ASSIST_TAGS = (
    "BLC100",
    "BLC101",
    "AAC147",
    "BLC102",
    "BLC104",
    "BLC118",
    "BLC117",
    "BLC109",
    "BLC112",
    "BLC115",
)
TRANSFER_TAGS = ("BLC200", "BLC201", "BLC202", "BLC203", "BLC204", "AAC147", "AAB998", "BLC206", "BLC001")

CARD_ROW = RowReader(CARD_TAGS, NAMESPACE)
PROGRESS_ROW = RowReader(PROGRESS_TAGS, NAMESPACE)
ASSIST_ROW = RowReader(ASSIST_TAGS, NAMESPACE)
TRANSFER_ROW = RowReader(TRANSFER_TAGS, NAMESPACE)
PENSION_OWNER_ROW = RowReader(("AAC147", "AAC001"), NAMESPACE)
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


def card_record(row: Row, provenance: Provenance) -> CardRecord | None:
    """A CardRow; None where nothing identifies card or person."""
    written_id, number, status, since, expiry, issued, expires, bank, bank_status, bank_since, bank_expiry = row
    national_id = normalise_national_id(written_id)
    if national_id is None or number is None:
        return None
    return CardRecord(
        national_id,
        number,
        read_day(issued),
        read_day(expires),
        _function(SOCIAL_STATUS.read(status), status, since, expiry),
        _function(BANK_STATUS.read(bank_status), bank_status, bank_since, bank_expiry) if bank_status else None,
        bank_of(bank),
        provenance,
    )


def progress_record(row: Row, provenance: Provenance) -> ReplacementProgress | None:
    """A ProgressRow; None where it is in place of no other card."""
    return read_progress(dict(zip(PROGRESS_TAGS, row, strict=True)), provenance)


def assist_record(row: Row, provenance: Provenance) -> AssistRecord | None:
    """An AssistRow; None where it has no number of its own or of the requesting city's."""
    return read_assist(row, provenance, ASSIST_STATE)


def transfer_record(row: Row, provenance: Provenance) -> TransferRecord | None:
    """A TransferRow; None where it has no number of its own or of the transfer."""
    number, transfer, sending_city, sending_number, kind, written_id, credit_code, registered, status = row
    if number is None or transfer is None:
        return None
    return TransferRecord(
        number,
        transfer,
        None if sending_city is None else CityCode(sending_city),
        sending_number,
        TRANSFER_KIND.read(kind),
        normalise_national_id(written_id),
        normalise_credit_code(credit_code),
        read_day(registered),
        CASE_STATUS.read(status),
        status,
        provenance,
    )


def transferred_case(row: Row, provenance: Provenance) -> DisputeRecord | InspectionRecord | None:
    """A TransferRow as the case that goes on here; None where it is of neither kind."""
    found = transfer_record(row, provenance)
    if found is None or found.kind is TransferKind.UNKNOWN:
        return None
    number, status, opened_on = found.case_number, (found.status, found.status_raw), found.registered_on
    # The row names the employer by credit code only; a case file about a worker may have none.
    employer = EmployerReference(None, found.employer)
    if found.kind is TransferKind.DISPUTE:
        return DisputeRecord(number, *status, opened_on, None, found.worker, employer, None, provenance)
    named = None if found.employer is None else employer
    return InspectionRecord(number, *status, opened_on, None, named, None, None, provenance)


def pension_owner(row: Row, _provenance: Provenance) -> tuple[NationalId, str] | None:
    """The id number and the AAC001 of a PensionRow; None where one is missing."""
    written_id, personal_number = row
    national_id = normalise_national_id(written_id)
    return None if national_id is None or personal_number is None else (national_id, personal_number)


def _function(status: CardFunctionStatus, raw: str | None, since: str | None, expiry: str | None) -> CardFunctionRecord:
    expires_at = read_moment(expiry) if status is CardFunctionStatus.TEMPORARY_LOSS else None
    return CardFunctionRecord(status, raw, read_moment(since), expires_at)


_INJURY_CODES = InjuryCodes(CASE_STATUS, CONCLUSION, read_grade)


def injury_record(row: Row, provenance: Provenance) -> WorkInjuryRecord | None:
    """An InjuryRow; None where it has no number."""
    return read_injury(row, provenance, _INJURY_CODES)
