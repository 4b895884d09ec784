"""The code lists of Hangzhou's core database."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
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
