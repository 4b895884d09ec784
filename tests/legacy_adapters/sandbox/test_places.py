"""The sandbox plays other cities with the same systems: their own codes, people and numbers, nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.databases.definition import stamp_of
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.places import PlacesInvalid, read_places
from legacy_adapters.sandbox.population.world import HANGZHOU, HUANGSHAN, Parameters, World

FILE = Path("examples/four_cities/places.yaml")


def databases_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("*.db"))


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return Parameters(300, 7, "2026-11-23", read_places(FILE))


@pytest.fixture(scope="module")
def other_world(parameters: Parameters) -> World:
    return generate_world(parameters)


def test_people_come_from_areas_that_were_never_assigned_except_those_whom_all_cities_know(other_world: World) -> None:
    numbers = {person.id_number for person in other_world.hangzhou.people if not person.deleted}
    areas = {number[:6] for number in numbers if number.isascii()}
    assert areas == {"330899", "341899", "330199", "341099"}
    assert ZHANG_SAN in numbers


def test_what_a_city_registers_bears_its_own_codes_and_letters(other_world: World) -> None:
    for register, place in zip(
        (other_world.hangzhou, other_world.huangshan), other_world.parameters.places, strict=True
    ):
        assert register.city == place.code
        assert {card.number[0] for card in register.cards} == {place.card_letter}
        assert {case.number[:4] for case in register.injuries} == {f"{place.case_letters}GS"}
        homes = {person.residence for person in register.people} - {""}
        assert homes <= {district for each in other_world.parameters.places for district in each.districts}


def test_the_same_databases_are_made_anew_for_other_places(parameters: Parameters) -> None:
    assert stamp_of(parameters) != stamp_of(Parameters(300, 7, "2026-11-23"))
    assert stamp_of(Parameters(300, 7, "2026-11-23")) == stamp_of(
        Parameters(300, 7, "2026-11-23", (HANGZHOU, HUANGSHAN))
    )


async def test_systems_and_files_bear_the_names_of_the_cities_that_are_played(
    parameters: Parameters, tmp_path: Path, clock
) -> None:
    bureaus = Bureaus(Settings(parameters, tmp_path, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    try:
        await bureaus.start(lambda _: None)
        assert sorted(bureaus.systems) == [
            "quzhou_core_service",
            "quzhou_database",
            "xuancheng_card_service",
            "xuancheng_database",
            "xuancheng_injury_service",
            "xuancheng_labour_database",
        ]
    finally:
        await bureaus.close()
    assert databases_in(tmp_path) == [
        "quzhou.db",
        "quzhou_xuancheng_services.db",
        "xuancheng.db",
        "xuancheng_labour.db",
    ]


@pytest.mark.parametrize(
    ("city", "key", "value", "message"),
    [
        ("hangzhou", "code", "3308", "code, area and districts of quzhou must be six digits each, as in GB/T 2260."),
        (
            "hangzhou",
            "area",
            "330802",
            "quzhou.area is a district, so its id numbers could be those of living persons.",
        ),
        ("huangshan", "slug", "quzhou", "the two places have the same slug."),
        ("huangshan", "districts", [], "xuancheng.districts must name at least one."),
        ("huangshan", "slug", "../x", "the slug ../x must be small letters, digits and underscores."),
        ("huangshan", "card_letter", "XX", "xuancheng.card_letter must be one letter."),
    ],
)
def test_places_that_cannot_be_played_are_refused_in_one_sentence(
    tmp_path: Path, city: str, key: str, value: object, message: str
) -> None:
    places = yaml.safe_load(FILE.read_text("utf-8"))
    places[city][key] = value
    file = tmp_path / "places.yaml"
    file.write_text(yaml.safe_dump(places), "utf-8")
    with pytest.raises(PlacesInvalid) as caught:
        read_places(file)
    assert str(caught.value) == f"{file}: {message}"


def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    file = tmp_path / "places.yaml"
    file.write_text("hangzhou: {kode: x}", "utf-8")
    with pytest.raises(PlacesInvalid, match="kode"):
        read_places(file)
