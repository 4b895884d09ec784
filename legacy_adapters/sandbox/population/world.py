"""The invented world as values. Days are ISO 8601, moments `2026-10-31 08:00:00` in city time, amounts fen.

Codes are the contracts' words; a status `UNKNOWN` is one that the system spells outside its own list. Id numbers stand
as they were typed into the record, so the same person may appear in several spellings. People, employers and files of
a city refer to each other by the city's own numbers.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.records.cases import CaseStatus, InjuryConclusion
from legacy_adapters.records.pensions import PaymentStatus, PensionScheme, PensionStatus
from legacy_adapters.records.people import InsuranceScheme, InsuranceStatus, LifeStatus, Sex


class City(StrEnum):
    """The two bureaus with systems of their own kind, by GB/T 2260 code."""

    HANGZHOU = "330100"
    HUANGSHAN = "341000"


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A city that the sandbox plays with the systems of one of the two.

    Attributes:
        like: whose systems, habits and rules it has.
        code: GB/T 2260.
        name: as employers carry it, e.g. 杭州.
        slug: as its systems' names begin, e.g. hangzhou.
        area: an area code that GB/T 2260 never gave to anybody: no id number made with it can be a living person's.
        districts: its districts and counties.
        card_letter, case_letters: how the numbers of its cards and cases begin.
    """

    like: City
    code: str
    name: str
    slug: str
    area: str
    districts: tuple[str, ...]
    card_letter: str
    case_letters: str


HANGZHOU = Place(
    like=City.HANGZHOU,
    code="330100",
    name="杭州",
    slug="hangzhou",
    area="330199",
    districts=("330102", "330105", "330106", "330108", "330109", "330110", "330113", "330114", "330122", "330182"),
    card_letter="A",
    case_letters="HZ",
)
HUANGSHAN = Place(
    like=City.HUANGSHAN,
    code="341000",
    name="黄山",
    slug="huangshan",
    area="341099",
    districts=("341002", "341003", "341004", "341021", "341022", "341023", "341024"),
    card_letter="H",
    case_letters="HS",
)


class Parameters(Struct, frozen=True):
    """What a world depends on: people per city, seed, the day it is made for, and which cities it plays.

    The first of `places` is like Hangzhou, the second like Huangshan.
    """

    people: int
    seed: int
    today: str
    places: tuple[Place, Place] = (HANGZHOU, HUANGSHAN)


class Employer(Struct, frozen=True):
    """An employer in one city's register; an old entry has no credit code."""

    number: int
    name: str
    credit_code: str | None
    organisation_code: str


class Person(Struct, frozen=True):
    """One register entry; `birth_date` may be no possible day, `residence` is a district; '' where unknown."""

    number: int
    id_number: str
    name: str
    sex: Sex
    birth_date: str
    life_status: LifeStatus
    residence: str
    updated_at: str
    employer: int | None = None
    deleted: bool = False


class Insurance(Struct, frozen=True):
    """One insurance of a person; `ended_on` is None while it goes on."""

    person: int
    scheme: InsuranceScheme
    status: InsuranceStatus
    started_on: str
    ended_on: str | None
    employer: int | None


class Pension(Struct, frozen=True):
    """One pension with its last certification; `ended_month` is None while it is open."""

    number: str
    person: int
    id_number: str
    name: str
    scheme: PensionScheme
    status: PensionStatus
    started_on: str
    ended_month: str | None
    amount_fen: int
    residence: str
    due_on: str | None
    last_passed_on: str | None
    method: str | None
    passed_elsewhere: bool
    updated_at: str


class Payment(Struct, frozen=True):
    """One month's payment of a pension."""

    month: str
    amount_fen: int
    status: PaymentStatus


class CardFunction(Struct, frozen=True):
    """The state of a card's social or bank function; `expires_at` of a temporary loss only."""

    status: CardFunctionStatus
    since: str
    expires_at: str | None


class Card(Struct, frozen=True):
    """One card; without an account there is neither bank nor bank function."""

    number: str
    person: int
    id_number: str
    name: str
    issued_on: str
    expires_on: str | None
    social: CardFunction
    bank: CardFunction | None
    bank_code: str | None


class Injury(Struct, frozen=True):
    """One work injury; `grade` 1 to 10, 11 for below any grade, None before the appraisal."""

    number: str
    person: int
    id_number: str
    name: str
    employer: int
    accident_at: str
    part: str
    filed_on: str
    accepted_on: str | None
    conclusion: InjuryConclusion | None
    concluded_on: str | None
    grade: int | None
    appraisal_number: str | None
    status: CaseStatus
    closed_on: str | None
    updated_at: str


class Dispute(Struct, frozen=True):
    """One labour dispute; older files know the respondent by name only. `subject` is 1 to 6."""

    number: str
    id_number: str
    name: str
    respondent: str
    credit_code: str | None
    subject: int
    filed_on: str
    closed_on: str | None
    status: CaseStatus


class Inspection(Struct, frozen=True):
    """One inspection of an employer."""

    number: str
    employer: str
    credit_code: str | None
    subject: str
    workers: int
    filed_on: str
    closed_on: str | None
    status: CaseStatus


class Register(Struct, frozen=True):
    """Everything one city's bureau holds, in the order of its numbers."""

    place: Place
    people: list[Person]
    employers: list[Employer]
    insurances: list[Insurance]
    pensions: list[Pension]
    cards: list[Card]
    injuries: list[Injury]
    disputes: list[Dispute]
    inspections: list[Inspection]

    @property
    def city(self) -> str:
        """Its GB/T 2260 code."""
        return self.place.code


class World(Struct, frozen=True):
    """Both cities' registers, as of the day in the parameters; each is named for the city that its own is like."""

    parameters: Parameters
    hangzhou: Register
    huangshan: Register
