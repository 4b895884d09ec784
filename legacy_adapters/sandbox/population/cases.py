"""Work injuries, labour disputes and inspections."""

from __future__ import annotations

from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.sandbox.population.days import iso_day
from legacy_adapters.sandbox.population.drafts import RegisterDraft
from legacy_adapters.sandbox.population.world import Dispute, Employer, Injury, Inspection, Person, Place

_PARTS = ("左手", "右手", "左前臂", "腰部", "右膝", "头部", "左足", "胸部", "右肩", "双眼")
_VIOLATIONS = ("拖欠工资", "未签劳动合同", "未缴社会保险费", "超时加班", "使用童工", "未支付加班费")
_INJURY_STATUSES = (
    (0.05, CaseStatus.FILED),
    (0.10, CaseStatus.ACCEPTED),
    (0.20, CaseStatus.IN_PROGRESS),
    (0.23, CaseStatus.SUSPENDED),
    (0.40, CaseStatus.DECIDED),
    (0.93, CaseStatus.CLOSED),
    (0.97, CaseStatus.REJECTED),
    (0.99, CaseStatus.WITHDRAWN),
    (1.01, CaseStatus.UNKNOWN),
)
_OTHER_STATUSES = (
    (0.06, CaseStatus.FILED),
    (0.14, CaseStatus.ACCEPTED),
    (0.30, CaseStatus.IN_PROGRESS),
    (0.34, CaseStatus.SUSPENDED),
    (0.44, CaseStatus.DECIDED),
    (0.90, CaseStatus.CLOSED),
    (0.95, CaseStatus.REJECTED),
    (0.985, CaseStatus.WITHDRAWN),
    (1.01, CaseStatus.UNKNOWN),
)
_CLOSED = (CaseStatus.CLOSED, CaseStatus.REJECTED, CaseStatus.WITHDRAWN)
_CONCLUDED = (CaseStatus.DECIDED, CaseStatus.CLOSED)


def injury_number(place: Place, year: str, serial: int) -> str:
    """The number of a work-injury case: 认定工伤."""
    return f"{place.case_letters}GS{year}{serial:05d}"


def injure(draft: RegisterDraft, person: Person, employer: Employer) -> None:
    """One work injury within the last eight years, somewhere on its way from report to benefits."""
    random = draft.random.random
    accident = draft.today - 70 - int(random() * 2900)
    status = _status(_INJURY_STATUSES, random())
    conclusion = _conclusion(status, random())
    grade = 1 + int(random() ** 0.4 * 11) if status in _CONCLUDED and random() < 0.8 else None
    serial = len(draft.injuries) + 101
    accident_day = iso_day(accident)
    number = injury_number(draft.place, accident_day[:4], serial)
    draft.injuries.append(
        Injury(
            number=number,
            person=person.number,
            id_number=person.id_number,
            name=person.name,
            employer=employer.number,
            accident_at=f"{accident_day} {8 + serial % 10:02d}:{serial % 6}0",
            part=_PARTS[int(random() * len(_PARTS))],
            filed_on=iso_day(accident + 5 + serial % 20),
            accepted_on=None if status is CaseStatus.FILED else iso_day(accident + 30),
            conclusion=conclusion,
            concluded_on=None if conclusion is None else iso_day(accident + 55),
            grade=grade,
            appraisal_number=None if grade is None else f"JD{number[4:]}",
            status=status,
            closed_on=iso_day(accident + 68) if status in _CLOSED else None,
            updated_at=f"{iso_day(accident + 68)} 16:30:00",
        )
    )


def dispute(draft: RegisterDraft, person: Person, employer: Employer) -> None:
    """One labour dispute of a person against an employer; a fifth of the files know the employer by name only."""
    random = draft.random.random
    filed = draft.today - 20 - int(random() * 1800)
    status = _status(_OTHER_STATUSES, random())
    serial = len(draft.disputes) + 101
    draft.disputes.append(
        Dispute(
            number=f"{draft.place.case_letters}ZC{iso_day(filed)[:4]}{serial:05d}",
            id_number=person.id_number,
            name=person.name,
            respondent=employer.name,
            credit_code=employer.credit_code if random() < 0.8 else None,
            subject=1 + int(random() * 6),
            filed_on=iso_day(filed),
            closed_on=iso_day(min(filed + 45, draft.today)) if status in _CLOSED else None,
            status=status,
        )
    )


def inspect(draft: RegisterDraft, employer: Employer) -> None:
    """One inspection of an employer."""
    random = draft.random.random
    filed = draft.today - 20 - int(random() * 1400)
    status = _status(_OTHER_STATUSES, random())
    serial = len(draft.inspections) + 101
    draft.inspections.append(
        Inspection(
            number=f"{draft.place.case_letters}JC{iso_day(filed)[:4]}{serial:05d}",
            employer=employer.name,
            credit_code=employer.credit_code,
            subject=_VIOLATIONS[int(random() * len(_VIOLATIONS))],
            workers=1 + int(random() ** 3 * 80),
            filed_on=iso_day(filed),
            closed_on=iso_day(min(filed + 60, draft.today)) if status in _CLOSED else None,
            status=status,
        )
    )


def _status(shares: tuple[tuple[float, CaseStatus], ...], chance: float) -> CaseStatus:
    return next(status for limit, status in shares if chance < limit)


def _conclusion(status: CaseStatus, chance: float) -> InjuryConclusion | None:
    if status is CaseStatus.REJECTED:
        return InjuryConclusion.NOT_WORK_INJURY
    if status not in _CONCLUDED:
        return None
    if chance > 0.998:
        return InjuryConclusion.UNKNOWN
    return InjuryConclusion.WORK_INJURY if chance < 0.9 else InjuryConclusion.TREATED_AS_WORK_INJURY
