"""The code lists of Hangzhou's core service."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
from legacy_adapters.operations.commands import AssistSubject, CardFunction, CertificationMethod, Verdict
from legacy_adapters.records.assists import AssistState
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.records.pensions import PaymentStatus, PensionScheme, PensionStatus
from legacy_adapters.records.transfers import TransferKind

PENSION_SCHEME = CodeList(
    "AAE140",
    {
        "110": PensionScheme.EMPLOYEE_PENSION,
        "120": PensionScheme.PUBLIC_INSTITUTION_PENSION,
        "150": PensionScheme.RESIDENT_PENSION,
    },
    PensionScheme.UNKNOWN,
)

PENSION_STATUS = CodeList(
    "AAE116",
    {"1": PensionStatus.PAYING, "2": PensionStatus.SUSPENDED, "3": PensionStatus.TERMINATED},
    PensionStatus.UNKNOWN,
)

PAYMENT_STATUS = CodeList(
    "BAE118",
    {"1": PaymentStatus.PAID, "2": PaymentStatus.WITHHELD, "3": PaymentStatus.RETURNED},
    PaymentStatus.UNKNOWN,
)

CASE_STATUS = CodeList(
    "BLC001",
    {
        "01": CaseStatus.FILED,
        "02": CaseStatus.ACCEPTED,
        "03": CaseStatus.IN_PROGRESS,
        "04": CaseStatus.SUSPENDED,
        "05": CaseStatus.DECIDED,
        "06": CaseStatus.CLOSED,
        "07": CaseStatus.REJECTED,
        "08": CaseStatus.WITHDRAWN,
    },
    CaseStatus.UNKNOWN,
)

CONCLUSION = CodeList(
    "ALC029",
    {
        "1": InjuryConclusion.WORK_INJURY,
        "2": InjuryConclusion.TREATED_AS_WORK_INJURY,
        "3": InjuryConclusion.NOT_WORK_INJURY,
    },
    InjuryConclusion.UNKNOWN,
)

ASSIST_STATE = CodeList(
    "BLC118",
    {"1": AssistState.REGISTERED, "2": AssistState.ACCEPTED, "3": AssistState.REPLIED},
    AssistState.UNKNOWN,
)

TRANSFER_KIND = CodeList("BLC204", {"1": TransferKind.DISPUTE, "2": TransferKind.INSPECTION}, TransferKind.UNKNOWN)

METHOD_CODES = {
    CertificationMethod.FACE: "1",
    CertificationMethod.COUNTER: "2",
    CertificationMethod.HOME_VISIT: "3",
    CertificationMethod.SILENT_MATCH: "4",
}
SUBJECT_CODES = {AssistSubject.INJURY_FACTS: "1", AssistSubject.BENEFIT_FACTS: "2"}
VERDICT_CODES = {Verdict.CONFIRMED: "1", Verdict.NOT_CONFIRMED: "2", Verdict.UNVERIFIABLE: "3"}
TRANSFER_KIND_CODES = {TransferKind.DISPUTE: "1", TransferKind.INSPECTION: "2"}
FUNCTION_CODES = {CardFunction.SOCIAL: "1", CardFunction.BANK: "2"}

_GRADES = {f"{grade:02d}": grade for grade in range(1, 11)}
_METHODS = {"1": "刷脸", "2": "窗口", "3": "上门", "4": "静默比对"}
_ELSEWHERE = {"1": True, "0": False}


def read_grade(raw: str | None) -> int | None:
    """ALA040: 01 to 10; 11 is 未达等级, below any grade."""
    return _GRADES.get(raw or "")


def certification_method(raw: str | None) -> str | None:
    """BAE099 in words; a code outside the list stands for itself."""
    return None if raw is None else _METHODS.get(raw, raw)


def read_elsewhere(raw: str | None) -> bool | None:
    """AAA080."""
    return _ELSEWHERE.get(raw or "")
