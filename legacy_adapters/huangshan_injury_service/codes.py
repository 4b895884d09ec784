"""The code lists of Huangshan's injury service: Chinese words."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList
from legacy_adapters.operations.commands import AssistSubject, Verdict
from legacy_adapters.records.assists import AssistState
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion

CASE_STATUS = CodeList(
    "ajzt",
    {
        "申请": CaseStatus.FILED,
        "已受理": CaseStatus.ACCEPTED,
        "调查中": CaseStatus.IN_PROGRESS,
        "已中止": CaseStatus.SUSPENDED,
        "已认定": CaseStatus.DECIDED,
        "已办结": CaseStatus.CLOSED,
        "不予受理": CaseStatus.REJECTED,
        "已撤回": CaseStatus.WITHDRAWN,
    },
    CaseStatus.UNKNOWN,
)

CONCLUSION = CodeList(
    "rdjl",
    {
        "认定工伤": InjuryConclusion.WORK_INJURY,
        "视同工伤": InjuryConclusion.TREATED_AS_WORK_INJURY,
        "不予认定": InjuryConclusion.NOT_WORK_INJURY,
    },
    InjuryConclusion.UNKNOWN,
)

ASSIST_STATE = CodeList(
    "xczt",
    {"已登记": AssistState.REGISTERED, "已受理": AssistState.ACCEPTED, "已反馈": AssistState.REPLIED},
    AssistState.UNKNOWN,
)

SUBJECT_WORDS = {AssistSubject.INJURY_FACTS: "因工受伤", AssistSubject.BENEFIT_FACTS: "待遇享受"}
VERDICT_WORDS = {Verdict.CONFIRMED: "属实", Verdict.NOT_CONFIRMED: "不属实", Verdict.UNVERIFIABLE: "无法查实"}

_GRADES = {word: grade for grade, digit in enumerate("一二三四五六七八九十", 1) for word in (f"{digit}级", str(grade))}


def read_grade(raw: str | None) -> int | None:
    """scdj: 七级 or 7; 未达等级 is below any grade."""
    return _GRADES.get(raw or "")
