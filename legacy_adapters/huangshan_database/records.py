"""Rows of Huangshan's database as records, column by column in the order of `statements`."""

from __future__ import annotations

from legacy_adapters.amounts import read_yuan
from legacy_adapters.code_lists import raw_text
from legacy_adapters.dates import day_of, read_day, read_end_day, read_moment, read_month, read_month_start
from legacy_adapters.divisions import city_of_division
from legacy_adapters.huangshan_database.codes import (
    INSURANCE_SCHEME,
    INSURANCE_STATUS,
    LIFE_STATUS,
    PAYMENT_STATUS,
    PENSION_SCHEME,
    PENSION_STATUS,
    SEX,
)
from legacy_adapters.identity import normalise_credit_code
from legacy_adapters.records.pensions import PaymentRecord, PensionRecord
from legacy_adapters.records.people import InsuranceRecord, PersonRecord
from legacy_adapters.records.provenance import EmployerReference, NationalId, Provenance
from legacy_adapters.sql.connections import SqlRow
from legacy_adapters.sql.database import Values

HOME = "本市"
"""zgrz.rzdd of a certification done in this city."""


def person_record(row: Values, national_id: NationalId, provenance: Provenance) -> PersonRecord:
    """A row of ry_jbxx."""
    _, number, name, sex, born, life_status, residence, changed = row
    return PersonRecord(
        national_id,
        number,
        raw_text(name),
        SEX.read(sex),
        read_day(born),
        LIFE_STATUS.read(life_status),
        raw_text(life_status),
        city_of_division(residence),
        read_moment(changed),
        provenance,
    )


def insurance_record(row: Values, national_id: NationalId, provenance: Provenance) -> InsuranceRecord:
    """A row of cb_xx with its employer."""
    _, scheme, status, started, ended, employer, credit_code = row
    return InsuranceRecord(
        national_id,
        INSURANCE_SCHEME.read(scheme),
        raw_text(scheme),
        INSURANCE_STATUS.read(status),
        raw_text(status),
        read_day(started),
        read_end_day(ended),
        EmployerReference(raw_text(employer), normalise_credit_code(credit_code)) if employer else None,
        provenance,
    )


def pension_record(row: Values, national_id: NationalId, provenance: Provenance) -> PensionRecord:
    """A row of ylj_dy with the newest passed certification of zgrz."""
    _, number, scheme, status, started, ended, amount, due, passed, method, place = row
    return PensionRecord(
        national_id,
        number,
        PENSION_SCHEME.read(scheme),
        raw_text(scheme),
        PENSION_STATUS.read(status),
        raw_text(status),
        read_month_start(started),
        read_end_day(ended),
        read_yuan(amount),
        read_day(due),
        day_of(passed),
        raw_text(method),
        place.strip() != HOME if place else None,
        provenance,
    )


def payment_record(row: SqlRow, pension_number: str) -> PaymentRecord | None:
    """A row of ylj_ff, None where its month or amount cannot be read."""
    month, fen = read_month(row.ffny), read_yuan(row.ffje)
    if month is None or fen is None:
        return None
    return PaymentRecord(pension_number, month, fen, PAYMENT_STATUS.read(row.ffzt), raw_text(row.ffzt))
