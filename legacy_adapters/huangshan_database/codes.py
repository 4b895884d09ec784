"""The code lists of Huangshan's database: a letter with its word, or a word alone."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
from legacy_adapters.operations.commands import CertificationMethod
from legacy_adapters.records.pensions import PaymentStatus, PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex

SEX = CodeList("xb", {"男": Sex.MALE, "女": Sex.FEMALE}, Sex.UNKNOWN)

LIFE_STATUS = CodeList(
    "zt", {"Z在册": LifeStatus.ALIVE, "S死亡": LifeStatus.DECEASED, "W失踪": LifeStatus.MISSING}, LifeStatus.UNKNOWN
)

INSURANCE_SCHEME = CodeList(
    "xz",
    {
        "职工养老": InsuranceScheme.EMPLOYEE_PENSION,
        "机关养老": InsuranceScheme.PUBLIC_INSTITUTION_PENSION,
        "居民养老": InsuranceScheme.RESIDENT_PENSION,
        "失业": InsuranceScheme.UNEMPLOYMENT,
        "工伤": InsuranceScheme.WORK_INJURY,
    },
    InsuranceScheme.UNKNOWN,
)

INSURED = "Z正常"
"""cbzt of a person whom the insurance covers now."""

INSURANCE_STATUS = CodeList(
    "cbzt",
    {
        INSURED: InsuranceStatus.ACTIVE,
        "T停保": InsuranceStatus.SUSPENDED,
        "X注销": InsuranceStatus.TERMINATED,
        "D冻结": InsuranceStatus.FROZEN,
    },
    InsuranceStatus.UNKNOWN,
)

PENSION_SCHEME = CodeList(
    "dylb",
    {
        "职工养老": PensionScheme.EMPLOYEE_PENSION,
        "机关养老": PensionScheme.PUBLIC_INSTITUTION_PENSION,
        "居民养老": PensionScheme.RESIDENT_PENSION,
    },
    PensionScheme.UNKNOWN,
)

METHOD_WORDS = {
    CertificationMethod.FACE: "刷脸",
    CertificationMethod.COUNTER: "窗口",
    CertificationMethod.HOME_VISIT: "上门",
    CertificationMethod.SILENT_MATCH: "静默比对",
}

PENSION_STATUS = CodeList(
    "dyzt",
    {"Z正常": PensionStatus.PAYING, "T停发": PensionStatus.SUSPENDED, "X注销": PensionStatus.TERMINATED},
    PensionStatus.UNKNOWN,
)

PAYMENT_STATUS = CodeList(
    "ffzt",
    {"Z正常": PaymentStatus.PAID, "T停发": PaymentStatus.WITHHELD, "X注销": PaymentStatus.RETURNED},
    PaymentStatus.UNKNOWN,
)
