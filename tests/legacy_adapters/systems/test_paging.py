"""Long lists, page by page."""

from __future__ import annotations

import pytest

from legacy_adapters.errors import BusinessError, PositionInvalid
from legacy_adapters.records.pensions import PensionStatus
from legacy_adapters.sandbox.population.world import City
from legacy_adapters.sources import UNCOUNTED, Page, PensionsQuery, PeopleQuery
from tests.legacy_adapters.support.expected import Expected

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(params=list(City), ids=["hangzhou", "huangshan"])
def expected(request, world) -> Expected:
    return Expected(world, request.param)


@pytest.fixture
def city(request, expected):
    return request.getfixturevalue("hangzhou" if expected.city is City.HANGZHOU else "huangshan")


async def walk(ask, size: int) -> tuple[list[object], set[int]]:
    """All records of a list in pages of `size`, the same from either end, and the totals that the pages told."""
    records, totals = await walk_from_one_end(ask, size)
    backward, others = await walk_from_one_end(ask, size, is_backward=True)
    assert backward == records
    return records, totals | others


async def walk_from_one_end(ask, size: int, *, is_backward: bool = False) -> tuple[list[object], set[int]]:
    pages, totals, position = [], set(), None
    while True:
        page = await ask(size, position, is_backward=is_backward)
        assert len(page.records) == len(page.positions) <= size
        pages.append(page.records)
        totals.add(page.total)
        if not page.has_next:
            return [record for records in (pages[::-1] if is_backward else pages) for record in records], totals
        position = page.end


async def test_a_walk_goes_on_from_any_position_in_either_direction(city):
    source = city.pensions[0]
    page = await source.list_pensions(PensionsQuery(), 30, None)
    for number, position in enumerate(page.positions):
        before = await source.list_pensions(PensionsQuery(), 4, position, is_backward=True)
        assert before.records == page.records[max(0, number - 4) : number]
        assert before.has_next is (number > 4)


async def test_people_come_by_birth_date_those_without_one_last(city, expected):
    people = [record for records in expected.people().values() for record in records]
    people.sort(key=lambda person: (person.birth_date or "9999", person.personal_number))
    records, totals = await walk(lambda *page, **way: city.people[0].list_people(PeopleQuery(), *page, **way), 37)
    assert records == people
    assert totals == {len(people)}


async def test_people_born_between_two_days(city, expected):
    query = PeopleQuery(born_from="1960-01-01", born_to="1979-12-31")
    people = [record for records in expected.people().values() for record in records]
    born = [person for person in people if person.birth_date and "1960" <= person.birth_date < "1980"]
    born.sort(key=lambda person: (person.birth_date, person.personal_number))
    records, totals = await walk(lambda *page, **way: city.people[0].list_people(query, *page, **way), 50)
    assert records == born
    assert totals == {len(born)}


async def test_people_that_are_not_counted_are_listed_alike(city):
    counted = await city.people[0].list_people(PeopleQuery(), 10, None)
    uncounted = await city.people[0].list_people(PeopleQuery(is_counted=False), 10, None)
    behind_the_end = await city.people[0].list_people(PeopleQuery("2999-01-01", is_counted=False), 10, None)
    assert (uncounted.total, behind_the_end.total) == (UNCOUNTED, UNCOUNTED)
    assert uncounted.positions == counted.positions


async def test_a_page_begins_behind_any_position_of_another(city):
    source = city.people[0]
    first = await source.list_people(PeopleQuery(), 10, None)
    again = await source.list_people(PeopleQuery(), 3, first.positions[3])
    assert again.records == first.records[4:7]
    assert again.positions == first.positions[4:7]


@pytest.mark.parametrize("size", [7, 200])
async def test_pensions_come_by_the_day_their_certification_is_due(city, expected, size):
    pensions = [record for records in expected.pensions().values() for record in records]
    pensions.sort(key=lambda pension: (pension.certification_due_on or "9999", pension.pension_number))
    records, totals = await walk(
        lambda *page, **way: city.pensions[0].list_pensions(PensionsQuery(), *page, **way), size
    )
    assert records == pensions
    assert totals == {len(pensions)}


@pytest.mark.parametrize("status", [None, PensionStatus.PAYING, PensionStatus.SUSPENDED])
@pytest.mark.parametrize("residence", ["330100", "341000"])
async def test_pensions_by_residence_due_day_and_status(city, expected, residence, status):
    query = PensionsQuery(residence, "2026-12-31", status)
    wanted = [
        expected.pension(pension)
        for pension in expected.register.pensions
        if pension.residence.startswith(residence[:4])
        and pension.due_on is not None
        and pension.due_on <= "2026-12-31"
        and status in (None, pension.status)
    ]
    wanted.sort(key=lambda pension: (pension.certification_due_on, pension.pension_number))
    records, totals = await walk(lambda *page, **way: city.pensions[0].list_pensions(query, *page, **way), 20)
    assert records == wanted
    assert totals == {len(wanted)}


async def test_payments_page_by_page(city, expected):
    pension = max(expected.register.pensions, key=lambda each: len(expected.payments(each)))
    payments = expected.payments(pension)
    assert len(payments) > 12
    records, totals = await walk(lambda *page, **way: city.pensions[0].payments(pension.number, *page, **way), 5)
    assert tuple(records) == payments
    assert totals == {len(payments)}


async def test_a_pension_that_does_not_exist_has_no_payments(city):
    page = await city.pensions[0].payments("P99999999", 12, None)
    assert page == Page((), 0, (), has_next=False, end=None)


@pytest.mark.parametrize("position", ["", "-1", "0~1990", "1' OR '1'='1", "0~~~", "９"])
async def test_a_position_that_no_page_gave_is_refused(city, position):
    for ask in (
        lambda: city.people[0].list_people(PeopleQuery(), 5, position),
        lambda: city.pensions[0].list_pensions(PensionsQuery(), 5, position),
        lambda: city.pensions[0].payments("P00000001", 5, position),
    ):
        with pytest.raises(PositionInvalid):
            await ask()


async def test_pensions_of_unmapped_status_are_listed_where_the_source_can(hangzhou, huangshan):
    query = PensionsQuery(status=PensionStatus.UNKNOWN)
    page = await huangshan.pensions[0].list_pensions(query, 5, None)
    assert {record.status for record in page.records} <= {PensionStatus.UNKNOWN}
    with pytest.raises(BusinessError, match="cannot list pensions whose status is UNKNOWN"):
        await hangzhou.pensions[0].list_pensions(query, 5, None)
