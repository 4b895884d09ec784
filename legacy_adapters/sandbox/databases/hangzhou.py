"""The world as Hangzhou's core database has it: indicator codes, `yyyyMMdd` text, big numbers, logical deletion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, delete, insert

from legacy_adapters.hangzhou_database import tables
from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.records.pensions import PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex
from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, Row, TableRows
from legacy_adapters.sandbox.population.days import month_before
from legacy_adapters.sandbox.population.world import Card, Employer, Insurance, Pension, Person, Register, World

PERSONAL_NUMBER_BASE = 9_330_100_000_000_000
"""Above 2^53, so that a reader who goes through floating point is found out."""
CONTRIBUTION_MONTHS = 6
SEX_CODES = {Sex.MALE: "1", Sex.FEMALE: "2", Sex.UNKNOWN: "9"}
LIFE_CODES = {LifeStatus.ALIVE: "1", LifeStatus.DECEASED: "2", LifeStatus.MISSING: "9", LifeStatus.UNKNOWN: "8"}
SCHEME_CODES = {
    InsuranceScheme.EMPLOYEE_PENSION: "110",
    InsuranceScheme.PUBLIC_INSTITUTION_PENSION: "120",
    InsuranceScheme.RESIDENT_PENSION: "150",
    InsuranceScheme.UNEMPLOYMENT: "210",
    InsuranceScheme.WORK_INJURY: "410",
    InsuranceScheme.UNKNOWN: "310",
}
PENSION_SCHEME_CODES = {
    PensionScheme.EMPLOYEE_PENSION: "110",
    PensionScheme.PUBLIC_INSTITUTION_PENSION: "120",
    PensionScheme.RESIDENT_PENSION: "150",
    PensionScheme.UNKNOWN: "190",
}
INSURANCE_STATUS_CODES = {
    InsuranceStatus.ACTIVE: "0",
    InsuranceStatus.FROZEN: "1",
    InsuranceStatus.SUSPENDED: "2",
    InsuranceStatus.TERMINATED: "3",
    InsuranceStatus.UNKNOWN: "7",
}
PENSION_STATUS_CODES = {
    PensionStatus.PAYING: "1",
    PensionStatus.SUSPENDED: "2",
    PensionStatus.TERMINATED: "3",
    PensionStatus.UNKNOWN: "8",
}
CARD_STATUS_CODES = {
    CardFunctionStatus.SEALED: "0",
    CardFunctionStatus.NORMAL: "1",
    CardFunctionStatus.LOSS: "2",
    CardFunctionStatus.LOCKED: "3",
    CardFunctionStatus.TEMPORARY_LOSS: "4",
    CardFunctionStatus.CANCELLED: "9",
    CardFunctionStatus.UNKNOWN: "7",
}
BANK_STATUS_LETTERS = {
    CardFunctionStatus.NORMAL: "A",
    CardFunctionStatus.TEMPORARY_LOSS: "K",
    CardFunctionStatus.LOSS: "L",
    CardFunctionStatus.CANCELLED: "G",
    CardFunctionStatus.UNKNOWN: "Z",
}
_CARD_NUMBER_WIDTH = 12
_RETIREMENT_KINDS = {PensionScheme.PUBLIC_INSTITUTION_PENSION: "12"}


def personal_number(person: int) -> int:
    """AAC001 of a person."""
    return PERSONAL_NUMBER_BASE + person


def employer_number(employer: int) -> str:
    """AAB001 of an employer."""
    return f"3301{employer:06d}"


def city_of(district: str) -> str:
    """The city of a district, as AAB301; '' where unknown."""
    return f"{district[:4]}00" if district else ""


def digits(day_or_moment: str) -> str:
    """An ISO day as `yyyyMMdd`, a moment as `yyyyMMddHHmmss`."""
    return day_or_moment.replace("-", "").replace(":", "").replace(" ", "")


def export(world: World) -> TableRows:
    """All rows, table by table."""
    register = world.hangzhou
    yield tables.people, map(_person_row, register.people)
    yield tables.insurances, _insurance_rows(register.insurances)
    yield tables.contributions, _contribution_rows(register, world.parameters.today)
    yield tables.pensions, map(_pension_row, register.pensions)
    yield tables.employers, map(_employer_row, register.employers)
    yield tables.cards, _card_rows(register.cards)
    yield tables.bank_functions, _bank_rows(register.cards)


HANGZHOU_DATABASE = DatabaseDefinition("hangzhou_database", tables.hangzhou_metadata, export)


def _person_row(person: Person) -> Row:
    unknown_day = "00000000" if person.number % 2 else "19000101"
    return (
        personal_number(person.number),
        person.id_number,
        person.name,
        SEX_CODES[person.sex],
        digits(person.birth_date) or unknown_day,
        "01",
        # 1 and 3 both mean alive.
        "3" if person.life_status is LifeStatus.ALIVE and person.number % 9 == 0 else LIFE_CODES[person.life_status],
        city_of(person.residence),
        digits(person.updated_at),
        "0" if person.deleted else "1",
    )


def _insurance_rows(insurances: list[Insurance]) -> Iterator[Row]:
    for index, insurance in enumerate(insurances):
        row = _insurance_row(insurance, index)
        yield row
        if index % 97 == 96:
            # An entry made by mistake and deleted, which must not be shown.
            yield (*row[:3], "0", *row[4:7], "0")


def _insurance_row(insurance: Insurance, index: int) -> tuple[object, ...]:
    started = digits(insurance.started_on)
    return (
        personal_number(insurance.person),
        SCHEME_CODES[insurance.scheme],
        None if insurance.employer is None else employer_number(insurance.employer),
        INSURANCE_STATUS_CODES[insurance.status],
        int(started[:6]),
        started,
        ("99991231", "999999", "")[index % 3] if insurance.ended_on is None else digits(insurance.ended_on),
        "1",
    )


def _contribution_rows(register: Register, today: str) -> Iterator[Row]:
    months = [int(digits(month_before(today, back))) for back in range(1, CONTRIBUTION_MONTHS + 1)]
    for insurance in register.insurances:
        if insurance.scheme is InsuranceScheme.EMPLOYEE_PENSION and insurance.status is InsuranceStatus.ACTIVE:
            number = personal_number(insurance.person)
            base_yuan = 4812 + insurance.person * 7919 % 16_000
            base, share = f"{base_yuan}.00", f"{base_yuan * 8 // 100}.{base_yuan * 8 % 100:02d}"
            for month in months:
                yield number, "110", month, base, share


def _pension_row(pension: Pension) -> Row:
    started = digits(pension.started_on)
    return (
        personal_number(pension.person),
        pension.number,
        PENSION_SCHEME_CODES[pension.scheme],
        _RETIREMENT_KINDS.get(pension.scheme, "11"),
        int(started),
        f"{pension.amount_fen // 100}.{pension.amount_fen % 100:02d}",
        PENSION_STATUS_CODES[pension.status],
        int(started[:6]),
        999999 if pension.ended_month is None else int(digits(pension.ended_month)),
        "1",
    )


def _employer_row(employer: Employer) -> Row:
    return employer_number(employer.number), employer.name, employer.credit_code, employer.organisation_code


def _card_rows(cards: list[Card]) -> Iterator[Row]:
    for index, card in enumerate(cards):
        row = _card_row(card)
        yield row
        if index % 150 == 149:
            # A card that was booked under a wrong number: deleted, and not to be shown.
            yield (row[0], f"A9{card.number[2:]}", *row[2:7], "0")


def show_cards(cards: Iterable[Card], connection: Connection) -> None:
    """Have the views show these cards as they are now."""
    for card in cards:
        number = card.number.ljust(_CARD_NUMBER_WIDTH)
        for table, rows in ((tables.cards, [_card_row(card)]), (tables.bank_functions, list(_bank_rows([card])))):
            connection.execute(delete(table).where(table.c["AAZ500"] == number))
            names = [column.name for column in table.columns]
            for row in rows:
                connection.execute(insert(table).values(dict(zip(names, row, strict=True)) | {"AAZ500": number}))


def _card_row(card: Card) -> tuple[object, ...]:
    return (
        personal_number(card.person),
        card.number,
        CARD_STATUS_CODES[card.social.status],
        digits(card.issued_on),
        "99991231" if card.expires_on is None else digits(card.expires_on),
        digits(card.social.since),
        None if card.social.expires_at is None else digits(card.social.expires_at),
        "1",
    )


def _bank_rows(cards: list[Card]) -> Iterator[Row]:
    for card in cards:
        if card.bank is None or card.bank_code is None:
            continue
        letter = BANK_STATUS_LETTERS[card.bank.status]
        # T is what the bank writes for a card that another one has replaced.
        replaced = letter == "G" and int(card.number[-1]) % 2 == 0
        expires = None if card.bank.expires_at is None else digits(card.bank.expires_at)
        yield card.number, card.bank_code, "T" if replaced else letter, digits(card.bank.since), expires
