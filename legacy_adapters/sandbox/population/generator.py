"""`generate_world`: the same parameters give the same world, to the last byte."""

from __future__ import annotations

from random import Random

from msgspec.structs import replace

from legacy_adapters.records.people import LifeStatus
from legacy_adapters.sandbox.population import careers, cases
from legacy_adapters.sandbox.population.cards import CardIssuer
from legacy_adapters.sandbox.population.days import ordinal_of
from legacy_adapters.sandbox.population.drafts import RegisterDraft
from legacy_adapters.sandbox.population.employers import add_employers
from legacy_adapters.sandbox.population.fixtures import add_fixture_employers, add_fixtures
from legacy_adapters.sandbox.population.residents import Resident, Residents
from legacy_adapters.sandbox.population.spelling import type_id_number
from legacy_adapters.sandbox.population.world import City, Parameters, Person, World

LINKED_SHARE = 0.035
"""So many of each city's people are known in the other city as well: 7 % of every register."""
MINIMUM_LINKED = 100
PINNED_PENSIONERS = 48
"""Hangzhou pensioners living in Huangshan whose certification is due by the end of 2026 whatever the day."""
_RETIRED_SHARE = 0.25
_RETIRED_SHARE_LINKED = 0.6
_DUPLICATE_SHARE = 0.004


def generate_world(parameters: Parameters) -> World:
    """Invent both cities' registers, about `parameters.people` entries each. Raises TooManyPeople."""
    random = Random(f"{parameters.people}/{parameters.seed}/{parameters.today}")  # noqa: S311  (no secret)
    today = ordinal_of(parameters.today)
    hangzhou = RegisterDraft(parameters.places[0], random, today)
    huangshan = RegisterDraft(parameters.places[1], random, today)
    add_fixture_employers(hangzhou, huangshan)
    add_employers((hangzhou, huangshan), parameters.people)
    add_fixtures(hangzhou, huangshan)
    _populate(hangzhou, huangshan, parameters.people, Residents(random))
    _inspect(huangshan)
    return World(parameters, hangzhou.finish(), huangshan.finish())


def _populate(hangzhou: RegisterDraft, huangshan: RegisterDraft, people: int, residents: Residents) -> None:
    linked = max(int(people * LINKED_SHARE), min(MINIMUM_LINKED, people // 4))
    settlers = {City.HANGZHOU: Settler(hangzhou), City.HUANGSHAN: Settler(huangshan)}
    for home, other in (tuple(settlers.values()), tuple(settlers.values())[::-1]):
        for index in range(linked):
            resident = residents.invent(home.draft.place, _RETIRED_SHARE_LINKED)
            _link(home, other, resident, pinned=index < PINNED_PENSIONERS * 2)
        for _ in range(max(0, people - 2 * linked)):
            home.settle(residents.invent(home.draft.place, _RETIRED_SHARE), home.draft.district())


def _link(home: Settler, other: Settler, resident: Resident, *, pinned: bool) -> None:
    """Somebody of one city who is known in the other: living, insured, injured, retired or with a card there."""
    chance = home.draft.random.random()
    if resident.retired:
        district = other.draft.district()
        home.settle(resident, district, pinned=pinned and resident.life_status is LifeStatus.ALIVE)
        there = other.enter(resident, district)
        if chance < 0.06:
            careers.retire(other.draft, there, resident)
        elif chance < 0.12:
            cases.injure(other.draft, there, other.draft.employer())
    else:
        home.settle(resident, home.draft.district() if chance < 0.5 else other.draft.district())
        there = other.enter(resident, other.draft.district())
        employer = other.draft.employer()
        if chance < 0.75:
            careers.insure(other.draft, there.number, resident, employer)
        if chance > 0.6:
            cases.injure(other.draft, there, employer)
    if chance > 0.3:
        other.cards.issue(there)


class Settler:
    """Enters people into one city's register, with what their life leaves there."""

    def __init__(self, draft: RegisterDraft) -> None:
        self.draft = draft
        self.cards = CardIssuer(draft)

    def enter(self, resident: Resident, residence: str, employer: int | None = None) -> Person:
        """A register entry, spelled as this city's clerks spell; now and then a cancelled double of it."""
        draft = self.draft
        typed = type_id_number(draft.random, draft.city, resident.id_number)
        unknown = draft.random.random()
        person = Person(
            number=draft.next_number(),
            id_number=typed,
            name=resident.name,
            sex=resident.sex,
            birth_date=resident.birth_date if unknown > 0.002 else "",
            life_status=resident.life_status if unknown < 0.9995 else LifeStatus.UNKNOWN,
            residence=residence if unknown < 0.98 else "",
            updated_at=draft.recent_moment(1200),
            employer=employer,
        )
        draft.people.append(person)
        if draft.random.random() < _DUPLICATE_SHARE:
            draft.people.append(replace(person, number=draft.next_number(), deleted=True))
        return person

    def settle(self, resident: Resident, residence: str, *, pinned: bool = False) -> None:
        """Somebody whose home this city is: register entry, insurances or pension, card, perhaps a case."""
        draft = self.draft
        employer = draft.employer()
        person = self.enter(resident, residence, None if resident.retired else employer.number)
        if draft.random.random() < 0.85:
            careers.insure(draft, person.number, resident, employer)
        if resident.retired and (pinned or draft.random.random() < 0.9):
            careers.retire(draft, replace(person, residence=residence) if pinned else person, resident, pinned=pinned)
        if draft.random.random() < 0.92:
            self.cards.issue(person)
        if draft.random.random() < 0.015:
            cases.injure(draft, person, employer)
        if draft.city is City.HUANGSHAN and draft.random.random() < 0.01:
            cases.dispute(draft, person, employer)


def _inspect(huangshan: RegisterDraft) -> None:
    for employer in huangshan.employers:
        if huangshan.random.random() < 0.15:
            cases.inspect(huangshan, employer)
