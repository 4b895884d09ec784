"""The ready joint queries, answered by the real processes, compared with the sandbox's own world."""

from __future__ import annotations

from typing import Any

import pytest

from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, CHEN_XIAO, LI_SI, ZHANG_SAN
from legacy_adapters.sandbox.population.world import World
from tests.support.expected import (
    city_of,
    expected_cards,
    expected_cases,
    expected_insurances,
    expected_pensions,
    in_order,
    plain_number,
    registered,
)
from tests.support.platform import RunningPlatform, ready_operation

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

SAMPLE = 40


def people_of_both_cities(world: World) -> list[str]:
    """Some people whom both cities know, the fixtures among them."""
    hangzhou = {plain_number(person.id_number) for person in world.hangzhou.people if not person.deleted}
    huangshan = {plain_number(person.id_number) for person in world.huangshan.people if not person.deleted}
    return [ZHANG_SAN, CHEN_XIAO, LI_SI, *sorted(hangzhou & huangshan)[:SAMPLE]]


def without(values: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return in_order([{name: value for name, value in item.items() if name not in names} for item in values])


def test_the_joint_view_of_a_person_holds_what_every_system_of_both_cities_has(
    platform: RunningPlatform, world: World
) -> None:
    query, _ = ready_operation("joint-view")
    for national_id in people_of_both_cities(world):
        answer = platform.ask(query, {"idNumber": national_id})
        assert "errors" not in answer
        person = answer["data"]["person"]
        registers = [
            register for register in (world.hangzhou, world.huangshan) for _ in registered(register, national_id)
        ]
        assert [record["city"] for record in person["records"]] == [city_of(register) for register in registers]
        assert in_order(person["cards"]) == expected_cards(world, national_id)
        assert in_order(person["pensions"]) == expected_pensions(world, national_id)
        assert in_order(person["insurances"]) == expected_insurances(world, national_id)
        cases = without(person["cases"], "openedOn", "accidentOn", "disabilityGrade", "respondent")
        assert cases == expected_cases(world, national_id)


def test_the_named_person_is_found_in_both_cities(platform: RunningPlatform) -> None:
    person = platform.ask_ready("joint-view")["data"]["person"]
    assert [card["number"] for card in person["cards"]] == ["A00000019", "H00000001"]
    assert [pension["city"]["code"] for pension in person["pensions"]] == ["330100"]
    assert [(case["__typename"], case["city"]["code"], case["disabilityGrade"]) for case in person["cases"]] == [
        ("WorkInjuryCase", "341000", 7)
    ]
    assert ZHANG_SAN not in str(person)


def test_an_id_number_is_understood_in_every_spelling(platform: RunningPlatform) -> None:
    query = "query($idNumber: String!) { person(idNumber: $idNumber) { id } }"
    spellings = [CHEN_XIAO, CHEN_XIAO.lower(), f" {CHEN_XIAO} ", "３４１０９９１９７２０６０１００３Ｘ"]
    ids = {platform.ask(query, {"idNumber": spelling})["data"]["person"]["id"] for spelling in spellings}
    assert len(ids) == 1


def test_a_person_is_the_same_on_every_path(platform: RunningPlatform) -> None:
    query = """
        query($n: String!) {
          person(idNumber: $n) { ...Whole }
          card(city: "330100", number: "A00000019") { holder { ...Whole } }
          case(city: "341000", caseNumber: "HSGS201700001") { ... on WorkInjuryCase { injured { ...Whole } } }
        }
        fragment Whole on Person {
          id name lifeStatus records { city { code } } insurances { city { code } scheme }
          cards { number } pensions { pensionNumber } cases { caseNumber }
        }"""
    data = platform.ask(query, {"n": ZHANG_SAN})["data"]
    assert [card["number"] for card in data["person"]["cards"]] == ["A00000019", "H00000001"]
    assert data["card"]["holder"] == data["person"]
    assert data["case"]["injured"] == data["person"]


NUMBER_QUERY = "query($n: String!) { person(idNumber: $n) { name cards { number } } }"


def test_a_number_that_nobody_has_is_no_error(platform: RunningPlatform) -> None:
    answer = platform.ask(NUMBER_QUERY, {"n": "330199190001010010"})
    assert answer["data"] == {"person": None}
    assert "errors" not in answer


@pytest.mark.parametrize("number", ["", "33019919580512001", "330199195805120015330199195805120015"])
def test_what_has_not_the_form_of_a_number_is_refused_without_repeating_it(
    platform: RunningPlatform, number: str
) -> None:
    answer = platform.ask(NUMBER_QUERY, {"n": number})
    assert answer["data"] == {"person": None}
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert not number or number not in str(answer)


def test_pensions_due_for_certification_come_from_the_paying_city_with_cards_of_both(
    platform: RunningPlatform, world: World
) -> None:
    end_of_year = ready_operation("due-for-certification")[1]["dueBy"]
    due = [
        pension
        for pension in world.hangzhou.pensions
        if pension.residence.startswith("3410") and pension.due_on is not None and pension.due_on <= end_of_year
    ]
    answer = platform.ask_ready("due-for-certification")
    assert "errors" not in answer
    pensions = answer["data"]["pensions"]
    assert pensions["totalCount"] == len(due)
    assert [node["certification"]["dueOn"] for node in pensions["nodes"]] == sorted(p.due_on for p in due)[:20]
    assert {node["city"]["code"] for node in pensions["nodes"]} == {"330100"}
    cities_of_cards = {card["city"]["code"] for node in pensions["nodes"] for card in node["person"]["cards"]}
    assert cities_of_cards == {"330100", "341000"}


def test_all_pages_together_hold_every_pension_of_both_cities_once(platform: RunningPlatform, world: World) -> None:
    query = """
        query($after: String) {
          pensions(certificationDueBy: "2027-03-31", first: 37, after: $after) {
            totalCount pageInfo { hasNextPage endCursor } nodes { city { code } pensionNumber certification { dueOn } }
          }
        }"""
    nodes, after = [], None
    while True:
        page = platform.ask(query, {"after": after})["data"]["pensions"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    expected = {
        (str(register.city), pension.number)
        for register in (world.hangzhou, world.huangshan)
        for pension in register.pensions
        if pension.due_on is not None and pension.due_on <= "2027-03-31"
    }
    found = [(node["city"]["code"], node["pensionNumber"]) for node in nodes]
    days = [node["certification"]["dueOn"] for node in nodes]
    assert len(found) == page["totalCount"] == len(expected)
    assert set(found) == expected
    assert days == sorted(days)


def test_many_people_come_with_what_both_cities_have_of_them(platform: RunningPlatform, world: World) -> None:
    answer = platform.ask_ready("many-people")
    assert "errors" not in answer
    nodes = answer["data"]["people"]["nodes"]
    valid = [person for person in world.hangzhou.people if not person.deleted]
    assert len(nodes) == 50
    assert {node["name"] for node in nodes} <= {person.name for person in valid}
    assert any(len({card["city"]["code"] for card in node["cards"]}) == 2 for node in nodes)
    assert any(node["pensions"] for node in nodes)


def test_an_employer_shows_cases_and_insured_persons_of_both_cities(platform: RunningPlatform, world: World) -> None:
    answer = platform.ask_ready("employer")
    assert "errors" not in answer
    employer = answer["data"]["employer"]
    registers = (world.hangzhou, world.huangshan)
    expected = []
    for register in registers:
        numbers = {e.number for e in register.employers if e.credit_code == BOTH_CITIES_EMPLOYER}
        expected += [("WorkInjuryCase", str(register.city)) for case in register.injuries if case.employer in numbers]
        for typename, cases in (("DisputeCase", register.disputes), ("InspectionCase", register.inspections)):
            expected += [(typename, str(register.city)) for case in cases if case.credit_code == BOTH_CITIES_EMPLOYER]
    assert sorted((c["__typename"], c["city"]["code"]) for c in employer["cases"]) == sorted(expected)
    assert [count["city"]["code"] for count in employer["insuredCount"]] == ["330100", "341000"]
    assert all(count["persons"] > 0 for count in employer["insuredCount"])


@pytest.mark.parametrize(
    ("field", "row"),
    [
        ("pensions", "city { code } pensionNumber"),
        ('people(filter: {bornFrom: "1950-01-01", bornTo: "1959-12-31"})', "id birthDate"),
    ],
)
def test_lists_of_both_cities_are_the_same_read_from_either_end(
    platform: RunningPlatform, field: str, row: str
) -> None:
    name, _, arguments = field.removesuffix(")").partition("(")
    both = f"{arguments}, " if arguments else ""
    info = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    forward = f"query($at: String) {{ {name}({both}first: 43, after: $at) {{ {info} nodes {{ {row} }} }} }}"
    backward = f"query($at: String) {{ {name}({both}last: 43, before: $at) {{ {info} nodes {{ {row} }} }} }}"
    rows = read_pages(platform, forward, name, "hasNextPage", "endCursor")
    reversed_rows = read_pages(platform, backward, name, "hasPreviousPage", "startCursor")
    pages = [row for page in rows for row in page]
    from_the_end = [row for page in reversed(reversed_rows) for row in page]
    assert len(pages) > 100
    assert in_order(from_the_end) == in_order(pages)
    if name == "people":
        assert [person["birthDate"] for person in from_the_end] == [person["birthDate"] for person in pages]
    else:
        assert from_the_end == pages


def read_pages(platform: RunningPlatform, query: str, name: str, more: str, end: str) -> list[list[Any]]:
    pages: list[list[Any]] = []
    at = None
    while True:
        answer = platform.ask(query, {"at": at})
        assert "errors" not in answer
        page = answer["data"][name]
        pages.append(page["nodes"])
        assert len(pages) < 200
        if not page["pageInfo"][more]:
            return pages
        at = page["pageInfo"][end]
