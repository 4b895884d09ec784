"""Laws of the invented population."""

from __future__ import annotations

from collections import Counter
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.sandbox.population import credit_codes, fixtures, national_ids
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Parameters, Register, World
from tests.legacy_adapters.sandbox.conftest import PARAMETERS

MISTYPED = {fixtures.ZHOU_MIN_MISTYPED}


def registers(world: World) -> tuple[Register, Register]:
    return world.hangzhou, world.huangshan


def test_every_id_number_has_its_check_character_and_an_area_that_was_never_assigned(world: World) -> None:
    numbers = {normalise_id_number(person.id_number) for register in registers(world) for person in register.people}
    assert {number[:6] for number in numbers} == {"330199", "341099"}
    assert {number for number in numbers if national_ids.check_character(number[:17]) != number[17]} == MISTYPED


def test_every_credit_code_and_organisation_code_has_its_check_character(world: World) -> None:
    employers = [employer for register in registers(world) for employer in register.employers]
    codes = [employer.credit_code for employer in employers if employer.credit_code is not None]
    assert [code for code in codes if credit_codes.check_character(code[:17]) != code[17]] == []
    invented = [employer.organisation_code for employer in employers if employer.number > 3]
    assert [code for code in invented if credit_codes.compose_organisation_code(code[:8]) != code] == []


@pytest.mark.parametrize("code", [fixtures.BOTH_CITIES_EMPLOYER, fixtures.HUANGSHAN_EMPLOYER, fixtures.PUBLIC_BODY])
def test_the_named_employers_are_valid(code: str) -> None:
    assert credit_codes.check_character(code[:17]) == code[17]


def test_the_same_parameters_give_the_same_world(world: World) -> None:
    assert msgspec.json.encode(generate_world(PARAMETERS)) == msgspec.json.encode(world)


def test_another_seed_gives_other_people(world: World) -> None:
    other = generate_world(Parameters(PARAMETERS.people, PARAMETERS.seed + 1, PARAMETERS.today))
    shared = {person.id_number for person in other.hangzhou.people} & {
        person.id_number for person in world.hangzhou.people
    }
    assert len(shared) < 20


def test_about_seven_percent_of_a_register_are_known_in_the_other_city() -> None:
    world = generate_world(Parameters(4000, 3, "2026-11-23"))
    hangzhou, huangshan = (
        {normalise_id_number(person.id_number) for person in register.people} for register in registers(world)
    )
    assert 0.06 < len(hangzhou & huangshan) / len(hangzhou) < 0.08


def test_a_number_stands_for_one_person_except_where_a_case_is_made_of_it(world: World) -> None:
    people = [person for register in registers(world) for person in register.people]
    names: dict[str, set[str]] = {}
    for person in people:
        names.setdefault(normalise_id_number(person.id_number), set()).add(person.name)
    assert {number: found for number, found in names.items() if len(found) > 1} == {fixtures.LI_SI: {"李四", "王五"}}


def test_generated_numbers_keep_clear_of_the_named_people(world: World) -> None:
    for register, named in zip(registers(world), (9, 8), strict=True):
        sequences = {normalise_id_number(person.id_number)[14:17] for person in register.people[named:]}
        assert min(sequences) >= "100"


def test_every_state_of_both_card_functions_occurs_in_both_cities(world: World) -> None:
    bank = set(CardFunctionStatus) - {CardFunctionStatus.SEALED, CardFunctionStatus.LOCKED}
    for register in registers(world):
        assert {card.social.status for card in register.cards} == set(CardFunctionStatus)
        assert {card.bank.status for card in register.cards if card.bank is not None} == bank


def test_only_a_temporary_loss_expires_and_not_before_the_world_s_day(world: World) -> None:
    functions = [
        function
        for register in registers(world)
        for card in register.cards
        for function in (card.social, card.bank)
        if function
    ]
    expiring = [function for function in functions if function.status is CardFunctionStatus.TEMPORARY_LOSS]
    assert [function for function in functions if (function.expires_at is not None) != (function in expiring)] == []
    assert min(function.expires_at or "" for function in expiring) > PARAMETERS.today


@pytest.mark.parametrize("today", ["2025-06-30", "2026-11-23", "2027-08-01"])
def test_dozens_of_hangzhou_pensioners_in_huangshan_are_due_by_the_end_of_2026_whatever_the_day(today: str) -> None:
    world = generate_world(Parameters(1000, 1, today))
    due = [
        pension
        for pension in world.hangzhou.pensions
        if pension.residence.startswith("3410") and pension.due_on is not None and pension.due_on <= "2026-12-31"
    ]
    assert len(due) >= 36
    assert "P00000001" in {pension.number for pension in due}


def test_people_of_one_city_are_insured_injured_retired_and_hold_cards_in_the_other() -> None:
    world = generate_world(Parameters(2000, 1, "2026-11-23"))
    for register, foreign in ((world.hangzhou, "341099"), (world.huangshan, "330199")):
        strangers = {person.number for person in register.people if person.id_number.startswith(foreign)}
        kept = Counter(
            kind
            for kind, files in (
                ("insured", register.insurances),
                ("injured", register.injuries),
                ("retired", register.pensions),
                ("card", register.cards),
            )
            for file in files
            if file.person in strangers
        )
        assert min(kept[kind] for kind in ("insured", "injured", "retired", "card")) > 0


def test_files_refer_to_people_and_employers_that_are_there(world: World) -> None:
    for register in registers(world):
        people = {person.number for person in register.people}
        employers = {employer.number for employer in register.employers}
        files = [*register.insurances, *register.pensions, *register.cards, *register.injuries]
        assert {file.person for file in files} <= people
        assert {insurance.employer for insurance in register.insurances} <= employers
        assert [person.number for person in register.people] == list(range(1, len(people) + 1))


@settings(deadline=None)
@given(st.sampled_from(["330199", "341099"]), st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(1, 999))
def test_every_spelling_of_a_number_comes_to_the_same(area: str, birth: date, sequence: int) -> None:
    number = national_ids.compose_id_number(area, str(birth).replace("-", ""), sequence)
    full_width = number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    spellings = [number, number.lower(), f"{number}  ", full_width, f"{national_ids.old_form(number)}   "]
    assert {normalise_id_number(spelling) for spelling in spellings} == {number}
