"""The code lists of Huangshan's labour database."""

from __future__ import annotations

from legacy_adapters.code_lists import CodeList, raw_text
from legacy_adapters.records.cases import CaseStatus

DISPUTE_STATUS = CodeList(
    "zc_ajxx.ajzt",
    {
        "0": CaseStatus.FILED,
        "1": CaseStatus.ACCEPTED,
        "2": CaseStatus.IN_PROGRESS,
        "3": CaseStatus.SUSPENDED,
        "4": CaseStatus.DECIDED,
        "5": CaseStatus.CLOSED,
        "6": CaseStatus.REJECTED,
        "7": CaseStatus.WITHDRAWN,
    },
    CaseStatus.UNKNOWN,
)

INSPECTION_STATUS = CodeList(
    "jc_ajxx.ajzt",
    {
        "10": CaseStatus.FILED,
        "11": CaseStatus.ACCEPTED,
        "20": CaseStatus.ACCEPTED,
        "30": CaseStatus.IN_PROGRESS,
        # 限期改正: the employer has been told what to put right; the decision is still to come.
        "40": CaseStatus.IN_PROGRESS,
        "50": CaseStatus.DECIDED,
        "60": CaseStatus.CLOSED,
        # 移送: another authority goes on with it.
        "70": CaseStatus.CLOSED,
        "80": CaseStatus.WITHDRAWN,
        "90": CaseStatus.REJECTED,
    },
    CaseStatus.UNKNOWN,
)

_DISPUTE_SUBJECTS = {
    "01": "劳动报酬",
    "02": "确认劳动关系",
    "03": "解除劳动合同",
    "04": "工伤待遇",
    "05": "社会保险",
    "06": "工作时间与休假",
}


def dispute_subject(code: str | None) -> str | None:
    """What ay_dm says in words; a code outside the list stands for itself."""
    raw = raw_text(code)
    return None if raw is None else _DISPUTE_SUBJECTS.get(raw, raw)
