"""The world as Huangshan's database of people and pensions has it: pinyin, words as codes, amounts with commas."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from legacy_adapters.huangshan_database import tables
from legacy_adapters.records.pensions import PaymentStatus, PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex
from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, Row, TableRows
from legacy_adapters.sandbox.population.careers import payments_of
from legacy_adapters.sandbox.population.days import month_before
from legacy_adapters.sandbox.population.world import Employer, Insurance, Pension, Person, World

SEX_WORDS = {Sex.MALE: "男", Sex.FEMALE: "女", Sex.UNKNOWN: ""}
LIFE_WORDS = {
    LifeStatus.ALIVE: "Z在册",
    LifeStatus.DECEASED: "S死亡",
    LifeStatus.MISSING: "W失踪",
    LifeStatus.UNKNOWN: "Q待查",
}
SCHEME_WORDS = {
    InsuranceScheme.EMPLOYEE_PENSION: "职工养老",
    InsuranceScheme.PUBLIC_INSTITUTION_PENSION: "机关养老",
    InsuranceScheme.RESIDENT_PENSION: "居民养老",
    InsuranceScheme.UNEMPLOYMENT: "失业",
    InsuranceScheme.WORK_INJURY: "工伤",
    InsuranceScheme.UNKNOWN: "补充养老",
}
PENSION_SCHEME_WORDS = {
    PensionScheme.EMPLOYEE_PENSION: "职工养老",
    PensionScheme.PUBLIC_INSTITUTION_PENSION: "机关养老",
    PensionScheme.RESIDENT_PENSION: "居民养老",
    PensionScheme.UNKNOWN: "补充养老",
}
INSURANCE_STATUS_WORDS = {
    InsuranceStatus.ACTIVE: "Z正常",
    InsuranceStatus.SUSPENDED: "T停保",
    InsuranceStatus.TERMINATED: "X注销",
    InsuranceStatus.FROZEN: "D冻结",
    InsuranceStatus.UNKNOWN: "Q待查",
}
PENSION_STATUS_WORDS = {
    PensionStatus.PAYING: "Z正常",
    PensionStatus.SUSPENDED: "T停发",
    PensionStatus.TERMINATED: "X注销",
    PensionStatus.UNKNOWN: "Q待查",
}
PAYMENT_STATUS_WORDS = {
    PaymentStatus.PAID: "Z正常",
    PaymentStatus.WITHHELD: "T停发",
    PaymentStatus.RETURNED: "X注销",
    PaymentStatus.UNKNOWN: "Q待查",
}


def person_number(person: int) -> str:
    """rybh of a person."""
    return f"34{person:08d}"


def employer_number(employer: int) -> str:
    """dwbh of an employer."""
    return f"D{employer:06d}"


def amount(fen: int) -> str:
    """`3,215.40`."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def dotted(day: str) -> str:
    """`1958.05.12`."""
    return day.replace("-", ".")


def register_name(name: str) -> str:
    """A name after its way through GB 2312: the dot has become another one, rare characters a question mark."""
    return name.encode("gbk", "replace").decode("gbk").replace("·", "・")


def export(world: World) -> TableRows:
    """All rows, table by table."""
    register = world.huangshan
    today = world.parameters.today
    yield tables.people, map(_person_row, register.people)
    yield tables.former_people, (_former_person_row(person) for person in register.people[::20])
    yield tables.employers, map(_employer_row, register.employers)
    yield tables.insurances, (_insurance_row(insurance, index) for index, insurance in enumerate(register.insurances))
    yield tables.pensions, (_pension_row(pension, index) for index, pension in enumerate(register.pensions))
    yield tables.payments, _payment_rows(register.pensions, today)
    yield tables.former_payments, _payment_rows(register.pensions[::50], month_before(today, 14))
    yield tables.certifications, _certification_rows(register.pensions)
    yield tables.certification_requests, ()


HUANGSHAN_DATABASE = DatabaseDefinition("huangshan_database", tables.huangshan_metadata, export)


def _person_row(person: Person) -> tuple[object, ...]:
    return (
        person_number(person.number),
        person.id_number,
        register_name(person.name),
        SEX_WORDS[person.sex],
        dotted(person.birth_date),
        None if person.employer is None else employer_number(person.employer),
        LIFE_WORDS[person.life_status],
        person.residence,
        person.updated_at,
    )


def _former_person_row(person: Person) -> Row:
    row = _person_row(person)
    return (*row[:7], "", "2015-01-05 09:00:00", person.updated_at)


def _employer_row(employer: Employer) -> Row:
    return employer_number(employer.number), employer.name, employer.credit_code, employer.organisation_code


def _insurance_row(insurance: Insurance, index: int) -> Row:
    return (
        person_number(insurance.person),
        SCHEME_WORDS[insurance.scheme],
        INSURANCE_STATUS_WORDS[insurance.status],
        dotted(insurance.started_on),
        ("", "9999.12.31")[index % 2] if insurance.ended_on is None else dotted(insurance.ended_on),
        None if insurance.employer is None else employer_number(insurance.employer),
    )


def _pension_row(pension: Pension, index: int) -> Row:
    return (
        pension.number,
        person_number(pension.person),
        PENSION_SCHEME_WORDS[pension.scheme],
        PENSION_STATUS_WORDS[pension.status],
        pension.started_on[:7],
        ("", "999999")[index % 2] if pension.ended_month is None else pension.ended_month,
        amount(pension.amount_fen),
        pension.residence,
        "" if pension.due_on is None else dotted(pension.due_on),
        pension.updated_at,
    )


def _payment_rows(pensions: list[Pension], today: str) -> Iterator[Row]:
    for pension in pensions:
        person = person_number(pension.person)
        account = f"62{pension.person * 104_729 % 10**16:016d}"
        for payment in payments_of(pension, today):
            fen = amount(payment.amount_fen)
            yield pension.number, person, payment.month, fen, PAYMENT_STATUS_WORDS[payment.status], account


def _certification_rows(pensions: list[Pension]) -> Iterator[Row]:
    for pension in pensions:
        if pension.last_passed_on is None:
            continue
        person = person_number(pension.person)
        passed_at = datetime.fromisoformat(f"{pension.last_passed_on} 10:15:00")
        place = "杭州市" if pension.passed_elsewhere else "本市"
        yield person, passed_at - timedelta(days=363), "窗口", "本市", "通过"
        yield person, passed_at, pension.method, place, "通过"
        if pension.person % 11 == 0:
            # A face that was not recognised: newer, but no certification.
            yield person, passed_at + timedelta(days=20), "刷脸", "本市", "不通过"
