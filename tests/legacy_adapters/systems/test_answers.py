"""Every adapter answers what its system holds, for everybody the city knows."""

from __future__ import annotations

import pytest

from legacy_adapters.records.cases import InspectionRecord
from legacy_adapters.records.people import EmployerRecord, InsuredCountRecord
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER, HUANGSHAN_EMPLOYER
from legacy_adapters.sandbox.population.world import City
from tests.legacy_adapters.support.expected import Expected, unordered

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(params=list(City), ids=["hangzhou", "huangshan"])
def expected(request, world) -> Expected:
    return Expected(world, request.param)


@pytest.fixture
def city(request, expected):
    return request.getfixturevalue("hangzhou" if expected.city is City.HANGZHOU else "huangshan")


async def test_people_as_the_register_has_them(city, expected):
    assert unordered(await city.people[0].people(expected.ids)) == unordered(expected.people())


async def test_insurances_newest_first(city, expected):
    answer = await city.people[0].insurances(expected.ids)
    assert unordered(answer) == unordered(expected.insurances())
    for records in answer.values():
        assert [record.started_on for record in records] == sorted(
            (record.started_on for record in records), reverse=True
        )


async def test_cards_with_both_functions(city, expected):
    answer = await city.cards[0].cards(expected.ids)
    assert unordered({key: cards for key, cards in answer.items() if cards}) == unordered(expected.cards())


async def test_a_card_by_its_number(city, expected):
    cards = [card for cards in expected.cards().values() for card in cards]
    answer = await city.cards[0].cards_by_number([*(card.number for card in cards), "Z99999999"])
    assert answer == {card.number: card for card in cards}


async def test_pensions_with_their_certification(city, expected):
    answer = await city.pensions[0].pensions(expected.ids)
    assert unordered({key: pensions for key, pensions in answer.items() if pensions}) == unordered(expected.pensions())


async def test_a_pension_by_its_number(city, expected):
    answer = await city.pensions[0].pensions_by_number([*(each.number for each in expected.register.pensions), "P0"])
    assert answer == {each.number: expected.pension(each) for each in expected.register.pensions}


async def test_payments_of_a_pension_newest_month_first(city, expected):
    for pension in expected.register.pensions[:5]:
        page = await city.pensions[0].payments(pension.number, 120, None)
        assert page.records == expected.payments(pension)
        assert (page.total, page.has_next) == (len(page.records), False)


async def test_work_injuries_of_people(city, expected):
    answer = await city.cases[0].cases_of_people(expected.ids)
    found = {key: cases for key, cases in answer.items() if cases}
    assert unordered(found) == unordered(expected.injuries())


async def test_a_work_injury_by_its_number(city, expected):
    injuries = expected.register.injuries
    answer = await city.cases[0].cases_by_number([*(injury.number for injury in injuries), "GS0"])
    assert answer == {injury.number: expected.injury(injury) for injury in injuries}


async def test_disputes_and_inspections_come_from_the_labour_database(huangshan, world):
    expected = Expected(world, City.HUANGSHAN)
    labour = huangshan.cases[1]
    assert unordered(await labour.cases_of_people(expected.ids)) == unordered(
        {key: cases for key, cases in expected.disputes().items() if key in expected.ids}
    )
    employers = [BOTH_CITIES_EMPLOYER, HUANGSHAN_EMPLOYER]
    cases = [
        *map(expected.dispute, expected.register.disputes),
        *map(expected.inspection, expected.register.inspections),
    ]
    of_employers = {
        code: [case for case in cases if _employer(case) == code]
        for code in employers
        if any(_employer(case) == code for case in cases)
    }
    assert unordered(await labour.cases_of_employers(employers)) == unordered(of_employers)
    assert await labour.cases_by_number([case.case_number for case in cases]) == {
        case.case_number: case for case in cases
    }


async def test_an_employer_and_how_many_it_insures(city, expected):
    system = "hangzhou_database" if expected.city is City.HANGZHOU else "huangshan_database"
    source, provenance = city.people[0], expected.provenance(system)
    assert await source.employers([BOTH_CITIES_EMPLOYER, "91330199MA0000009X"]) == {
        BOTH_CITIES_EMPLOYER: EmployerRecord(BOTH_CITIES_EMPLOYER, "新安江智造有限公司", provenance)
    }
    assert await source.insured_counts([BOTH_CITIES_EMPLOYER]) == {
        BOTH_CITIES_EMPLOYER: InsuredCountRecord(
            BOTH_CITIES_EMPLOYER, expected.insured_persons(BOTH_CITIES_EMPLOYER), provenance
        )
    }


async def test_work_injuries_of_an_employer(city, expected):
    codes = {employer.number: employer.credit_code for employer in expected.register.employers}
    injuries = [each for each in expected.register.injuries if codes[each.employer] == BOTH_CITIES_EMPLOYER]
    answer = await city.cases[0].cases_of_employers([BOTH_CITIES_EMPLOYER])
    assert unordered(answer) == unordered({BOTH_CITIES_EMPLOYER: map(expected.injury, injuries)})


async def test_nobody_asked_is_nothing_answered(city):
    assert await city.people[0].people([]) == {}
    assert await city.cards[0].cards([]) == {}
    assert await city.pensions[0].pensions([]) == {}
    assert await city.cases[0].cases_of_people([]) == {}


def _employer(case) -> str | None:
    employer = case.employer if isinstance(case, InspectionRecord) else case.respondent
    return employer.credit_code
