"""How often a system is asked: batches, distinct keys, declared concurrency, one shared login."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import event

from legacy_adapters.errors import SystemRefused
from legacy_adapters.registry import open_city
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.fixtures import BOTH_CITIES_EMPLOYER
from legacy_adapters.sandbox.population.world import City
from legacy_adapters.sources import PensionsQuery, PeopleQuery
from tests.legacy_adapters.support.expected import Expected
from tests.legacy_adapters.support.systems import clock

pytestmark = pytest.mark.asyncio(loop_scope="session")


def statements_of(adapter) -> list[str]:
    """The statements that a database's adapter sends from now on."""
    sent: list[str] = []
    engine = adapter._database._connections._engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    return sent


@pytest.fixture
def fifty(world) -> list[str]:
    return Expected(world, City.HUANGSHAN).ids[:50]


async def test_fifty_persons_are_one_statement_whatever_is_asked_of_them(hangzhou, huangshan, fifty):
    questions = [
        (hangzhou.people[0], "people"),
        (hangzhou.people[0], "insurances"),
        (hangzhou.cards[0], "cards"),
        (huangshan.people[0], "people"),
        (huangshan.people[0], "insurances"),
        (huangshan.pensions[0], "pensions"),
        (huangshan.cases[1], "cases_of_people"),
    ]
    for source, question in questions:
        sent = statements_of(source)
        await getattr(source, question)(fifty)
        assert len(sent) == 1, question


async def test_cases_and_counts_of_employers_are_one_statement(huangshan):
    for source, question in [
        (huangshan.cases[1], "cases_of_employers"),
        (huangshan.people[0], "employers"),
        (huangshan.people[0], "insured_counts"),
    ]:
        sent = statements_of(source)
        await getattr(source, question)([BOTH_CITIES_EMPLOYER])
        assert len(sent) == 1, question


async def test_a_page_is_one_statement_as_long_as_it_is_full(hangzhou, huangshan):
    sent = statements_of(hangzhou.people[0])
    await hangzhou.people[0].list_people(PeopleQuery(), 20, None)
    assert len(sent) == 1
    sent = statements_of(huangshan.pensions[0])
    await huangshan.pensions[0].list_pensions(PensionsQuery(), 5, None)
    assert len(sent) == 1


async def test_a_person_named_twice_is_asked_once(huangshan, bureaus, fifty):
    await huangshan.cards[0].cards([*fifty, *fifty])
    assert bureaus.systems["huangshan_card_service"].calls().total == 50


async def test_services_are_asked_once_a_person_under_the_declared_concurrency(
    bureaus, huangshan_config, hangzhou_config, fifty
):
    limited = {name: replace(system, max_concurrency=3) for name, system in huangshan_config.systems.items()}
    city = await open_city(replace(huangshan_config, systems=limited), clock)
    service = bureaus.systems["huangshan_injury_service"]
    await service.set_fault(Fault(kind=FaultKind.LATENCY, seconds=0.005))
    try:
        await city.cases[0].cases_of_people(fifty)
    finally:
        await city.aclose()
    assert service.calls().total == 50
    assert service.calls().highest_concurrency == 3


async def test_the_first_calls_share_one_login(hangzhou, bureaus, fifty):
    await hangzhou.pensions[0].pensions(fifty)
    assert bureaus.systems["hangzhou_core_service"].calls().operations == {"login": 1, "queryPension": 50}


async def test_an_expired_token_is_renewed_once_for_all_who_used_it(hangzhou, bureaus, fifty):
    service = bureaus.systems["hangzhou_core_service"]
    await hangzhou.pensions[0].pensions(fifty[:1])
    service.reset_calls()
    await service.set_fault(Fault(kind=FaultKind.EXPIRED_TOKEN, count=1, operations=("queryPension",)))
    answers = await asyncio.gather(*(hangzhou.pensions[0].pensions([each]) for each in fifty[:4]))
    assert all(not isinstance(outcome, Exception) for answer in answers for outcome in answer.values())
    assert service.calls().operations["login"] == 1


async def test_a_token_that_is_refused_twice_is_an_error_and_no_endless_login(hangzhou, bureaus, fifty):
    service = bureaus.systems["hangzhou_core_service"]
    await service.set_fault(Fault(kind=FaultKind.EXPIRED_TOKEN))
    with pytest.raises(SystemRefused, match="E1001"):
        await hangzhou.pensions[0].pensions(fifty[:1])
    assert service.calls().operations == {"login": 2, "queryPension": 2}


async def test_a_wrong_password_is_told_and_not_shown_and_not_tried_again_at_once(hangzhou_config, bureaus, fifty):
    systems = {
        name: replace(system, password="wrong-password", username="nobody")
        for name, system in hangzhou_config.systems.items()
    }
    city = await open_city(replace(hangzhou_config, systems=systems), clock)
    try:
        with pytest.raises(SystemRefused) as caught:
            await city.pensions[0].pensions(["330199195805120015"])
        # Each further login with it brings the bureau's account nearer to being locked.
        with pytest.raises(SystemRefused):
            await city.pensions[0].pensions(fifty)
    finally:
        await city.aclose()
    assert str(caught.value) == "hangzhou_core_service (330100): the login was refused (E1002)"
    assert bureaus.systems["hangzhou_core_service"].calls().operations == {"login": 1}


async def test_many_calls_at_once_try_a_wrong_password_once(hangzhou_config, bureaus, fifty):
    core = replace(hangzhou_config.systems["hangzhou_core_service"], password="wrong-password")
    city = await open_city(
        replace(hangzhou_config, systems=hangzhou_config.systems | {"hangzhou_core_service": core}), clock
    )
    try:
        with pytest.raises(SystemRefused):
            await city.pensions[0].pensions(fifty)
    finally:
        await city.aclose()
    assert bureaus.systems["hangzhou_core_service"].calls().operations == {"login": 1}
