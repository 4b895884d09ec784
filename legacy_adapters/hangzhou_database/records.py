"""Rows of Hangzhou's core database as records, column by column in the order of `statements`."""

from __future__ import annotations

from legacy_adapters.code_lists import raw_text
from legacy_adapters.dates import read_day, read_end_day, read_moment, read_month_start
from legacy_adapters.divisions import city_of_division
from legacy_adapters.hangzhou_database.codes import (
    INSURANCE_SCHEME,
    INSURANCE_STATUS,
    LIFE_STATUS,
    SEX,
)
from legacy_adapters.identity import normalise_credit_code
from legacy_adapters.national_codes import BANK_STATUS, SOCIAL_STATUS, bank_of
from legacy_adapters.records.cards import CardFunctionRecord, CardFunctionStatus, CardRecord
from legacy_adapters.records.people import InsuranceRecord, PersonRecord
from legacy_adapters.records.provenance import EmployerReference, NationalId, Provenance
from legacy_adapters.sql.database import Values


def person_record(row: Values, national_id: NationalId, provenance: Provenance) -> PersonRecord:
    """A row of V_AC01."""
    _, number, name, sex, born, life_status, residence, changed = row
    return PersonRecord(
        national_id,
        str(number),
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
    """A row of V_AC02 with its employer; AAC030 is this insurance's first day, AAC049 the first month ever."""
    _, scheme, status, started, first_month, ended, employer, credit_code = row
    return InsuranceRecord(
        national_id,
        INSURANCE_SCHEME.read(scheme),
        raw_text(scheme),
        INSURANCE_STATUS.read(status),
        raw_text(status),
        read_day(started) or read_month_start(first_month),
        read_end_day(ended),
        employer_reference(employer, credit_code),
        provenance,
    )


def card_record(row: Values, national_id: NationalId, provenance: Provenance) -> CardRecord:
    """A row of V_AZ23 with its bank function of V_AZ24."""
    _, number, issued, expires, status, since, unlocked_at, bank, bank_status, bank_since, bank_unlocked_at = row
    return CardRecord(
        national_id,
        number.strip(),
        read_day(issued),
        read_day(expires),
        _function(SOCIAL_STATUS.read(status), status, since, unlocked_at),
        _function(BANK_STATUS.read(bank_status), bank_status, bank_since, bank_unlocked_at) if bank_status else None,
        bank_of(bank),
        provenance,
    )


def employer_reference(name: str | None, credit_code: str | None) -> EmployerReference | None:
    """An employer as rows of others name it; None where they name none."""
    if not name and not credit_code:
        return None
    return EmployerReference(raw_text(name), normalise_credit_code(credit_code))


def _function(
    status: CardFunctionStatus, raw: str | None, since: str | None, unlocked_at: str | None
) -> CardFunctionRecord:
    expires = read_moment(unlocked_at) if status is CardFunctionStatus.TEMPORARY_LOSS else None
    return CardFunctionRecord(status, raw_text(raw), read_moment(since), expires)
