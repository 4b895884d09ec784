"""The code lists of Hangzhou's core database."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
from legacy_adapters.records.cards import BankRecord, CardFunctionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex

SEX = CodeList("AAC004", {"1": Sex.MALE, "2": Sex.FEMALE}, Sex.UNKNOWN)

LIFE_STATUS = CodeList(
    "AAC060",
    {"1": LifeStatus.ALIVE, "3": LifeStatus.ALIVE, "2": LifeStatus.DECEASED, "9": LifeStatus.MISSING},
    LifeStatus.UNKNOWN,
)

INSURANCE_SCHEME = CodeList(
    "AAE140",
    {
        "110": InsuranceScheme.EMPLOYEE_PENSION,
        "120": InsuranceScheme.PUBLIC_INSTITUTION_PENSION,
        "150": InsuranceScheme.RESIDENT_PENSION,
        "210": InsuranceScheme.UNEMPLOYMENT,
        "410": InsuranceScheme.WORK_INJURY,
    },
    InsuranceScheme.UNKNOWN,
)

INSURED = "0"
"""AAC031 of a person whom the insurance covers now."""

INSURANCE_STATUS = CodeList(
    "AAC031",
    {
        INSURED: InsuranceStatus.ACTIVE,
        "1": InsuranceStatus.FROZEN,
        "2": InsuranceStatus.SUSPENDED,
        "3": InsuranceStatus.TERMINATED,
        # 未参保: the row stands for an insurance that is none.
        "9": InsuranceStatus.TERMINATED,
    },
    InsuranceStatus.UNKNOWN,
)

SOCIAL_STATUS = CodeList(
    "AAZ502",
    {
        "0": CardFunctionStatus.SEALED,
        "1": CardFunctionStatus.NORMAL,
        "2": CardFunctionStatus.LOSS,
        "3": CardFunctionStatus.LOCKED,
        "4": CardFunctionStatus.TEMPORARY_LOSS,
        "9": CardFunctionStatus.CANCELLED,
    },
    CardFunctionStatus.UNKNOWN,
)

BANK_STATUS = CodeList(
    "BAZ502",
    {
        "A": CardFunctionStatus.NORMAL,
        "K": CardFunctionStatus.TEMPORARY_LOSS,
        "L": CardFunctionStatus.LOSS,
        "G": CardFunctionStatus.CANCELLED,
        "T": CardFunctionStatus.CANCELLED,
    },
    CardFunctionStatus.UNKNOWN,
)

_BANK_NAMES = {"95588": "工商银行", "95599": "农业银行", "95533": "建设银行", "95566": "中国银行"}


def bank_of(code: str | None) -> BankRecord | None:
    """The bank with this AAE008; a code outside the list has no name."""
    text = (code or "").strip()
    return BankRecord(text, _BANK_NAMES.get(text)) if text else None
