"""What working life leaves in a register: insurances, then a pension with its certification."""

from __future__ import annotations

from collections.abc import Iterator

from legacy_adapters.records.pensions import PaymentStatus, PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus
from legacy_adapters.sandbox.population.days import iso_day, month_before, ordinal_of, years_later
from legacy_adapters.sandbox.population.drafts import RegisterDraft, retirement_age
from legacy_adapters.sandbox.population.residents import Resident
from legacy_adapters.sandbox.population.world import City, Employer, Insurance, Payment, Pension, Person

PAYMENT_MONTHS = 14
"""How many months of payments a register shows at the most."""
PINNED_DUE_BY = ordinal_of("2026-12-30")
"""Some certifications fall due before this day whatever the day of asking: shown queries name the year's end."""
_METHODS = ("刷脸", "窗口", "上门", "静默比对")
_EMPLOYEE_SCHEMES = (InsuranceScheme.EMPLOYEE_PENSION, InsuranceScheme.UNEMPLOYMENT, InsuranceScheme.WORK_INJURY)


def insure(draft: RegisterDraft, number: int, resident: Resident, employer: Employer) -> None:
    """The insurances of somebody of working age, or of somebody who worked before."""
    started = min(resident.born + int(365.25 * (18 + draft.random.random() * 8)), draft.today - 30)
    ended = _end_of_work(draft, resident)
    status = _insurance_status(draft, ended is not None)
    for scheme in _schemes(draft):
        draft.insurances.append(Insurance(number, scheme, status, iso_day(started), ended, employer.number))


def _schemes(draft: RegisterDraft) -> tuple[InsuranceScheme, ...]:
    chance = draft.random.random()
    if chance < 0.80:
        return _EMPLOYEE_SCHEMES
    if chance < 0.88:
        return (InsuranceScheme.PUBLIC_INSTITUTION_PENSION, InsuranceScheme.WORK_INJURY)
    if chance < 0.995:
        return (InsuranceScheme.RESIDENT_PENSION,)
    return (*_EMPLOYEE_SCHEMES, InsuranceScheme.UNKNOWN)


def _end_of_work(draft: RegisterDraft, resident: Resident) -> str | None:
    if resident.retired:
        return min(years_later(resident.birth_date, retirement_age(resident.sex)), iso_day(draft.today - 1))
    return draft.recent_day(900) if draft.random.random() < 0.08 else None


def _insurance_status(draft: RegisterDraft, ended: bool) -> InsuranceStatus:
    chance = draft.random.random()
    if ended:
        return InsuranceStatus.TERMINATED
    if chance < 0.93:
        return InsuranceStatus.ACTIVE
    if chance < 0.985:
        return InsuranceStatus.SUSPENDED
    return InsuranceStatus.FROZEN if chance < 0.999 else InsuranceStatus.UNKNOWN


def retire(draft: RegisterDraft, person: Person, resident: Resident, *, pinned: bool = False) -> None:
    """Give a retired person a pension; a pinned one is paid and due for certification by the end of 2026."""
    status = PensionStatus.PAYING if pinned else _pension_status(draft, resident)
    due = None if status is PensionStatus.TERMINATED else _due(draft, status, pinned)
    started = f"{years_later(resident.birth_date, retirement_age(resident.sex))[:7]}-01"
    ended_month = draft.recent_day(700)[:7] if status is PensionStatus.TERMINATED else None
    passed = None if due is None else iso_day(due - 365)
    draft.pensions.append(
        Pension(
            number=pension_number(draft.city, person.number),
            person=person.number,
            id_number=person.id_number,
            name=person.name,
            scheme=_pension_scheme(draft),
            status=status,
            started_on=min(started, iso_day(draft.today - 400)),
            ended_month=ended_month,
            amount_fen=150_000 + int(draft.random.random() ** 2 * 750_000),
            residence=person.residence,
            due_on=None if due is None else iso_day(due),
            last_passed_on=passed,
            method=None if passed is None else _METHODS[int(draft.random.random() * 4)],
            passed_elsewhere=passed is not None and not person.residence.startswith(draft.place.code[:4]),
            updated_at=draft.recent_moment(300),
        )
    )


def pension_number(city: City, person: int) -> str:
    """The city's own number of a person's first pension."""
    return f"{'P' if city is City.HANGZHOU else 'DY'}{person:08d}"


def _pension_status(draft: RegisterDraft, resident: Resident) -> PensionStatus:
    if resident.life_status is LifeStatus.DECEASED:
        return PensionStatus.TERMINATED
    chance = draft.random.random()
    if resident.life_status is LifeStatus.MISSING or chance < 0.05:
        return PensionStatus.SUSPENDED
    return PensionStatus.UNKNOWN if chance > 0.999 else PensionStatus.PAYING


def _due(draft: RegisterDraft, status: PensionStatus, pinned: bool) -> int:
    """Suspended ones are overdue, the others spread over 50 days past and a year to come."""
    if pinned:
        return min(draft.today - 40 + int(draft.random.random() * 80), PINNED_DUE_BY)
    if status is PensionStatus.SUSPENDED:
        return draft.today - 60 - int(draft.random.random() * 300)
    return draft.today - 50 + int(draft.random.random() * 415)


def _pension_scheme(draft: RegisterDraft) -> PensionScheme:
    chance = draft.random.random()
    if chance < 0.7:
        return PensionScheme.EMPLOYEE_PENSION
    if chance < 0.85:
        return PensionScheme.PUBLIC_INSTITUTION_PENSION
    return PensionScheme.RESIDENT_PENSION if chance < 0.999 else PensionScheme.UNKNOWN


def payments_of(pension: Pension, today: str) -> Iterator[Payment]:
    """The payments of the last 14 months, newest first: each as the pension stood in its month."""
    first_month = pension.started_on[:7]
    for months in range(PAYMENT_MONTHS):
        month = month_before(today, months)
        if month < first_month:
            return
        if pension.ended_month is None or month <= pension.ended_month:
            yield Payment(month, pension.amount_fen, _payment_status(pension, month, months))


def _payment_status(pension: Pension, month: str, months: int) -> PaymentStatus:
    if pension.status is PensionStatus.SUSPENDED and pension.due_on is not None and month > pension.due_on[:7]:
        return PaymentStatus.WITHHELD
    # One account in forty had its number changed: that month's money came back from the bank.
    returned = int(pension.number[-6:]) % 40 == months
    return PaymentStatus.RETURNED if returned else PaymentStatus.PAID
