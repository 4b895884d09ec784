"""What a question meets when a system fails: one error at the border, each fault its own."""

from __future__ import annotations

import pytest
import pytest_asyncio
from msgspec.structs import replace

from legacy_adapters.errors import (
    AdapterError,
    AnswerMalformed,
    BusinessError,
    CircuitOpen,
    SystemBusy,
    SystemInMaintenance,
    SystemRefused,
    SystemTimeout,
    SystemUnavailable,
)
from legacy_adapters.registry import open_city
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.fixtures import CHEN_XIAO, LI_SI, ZHANG_SAN
from tests.legacy_adapters.support.systems import clock

pytestmark = pytest.mark.asyncio(loop_scope="session")

CORE, CARDS, INJURIES = "hangzhou_core_service", "huangshan_card_service", "huangshan_injury_service"
SERVICES = (CORE, CARDS, INJURIES)
DATABASES = ("hangzhou_database", "huangshan_database", "huangshan_labour_database")


class Systems:
    """The six systems, each asked for its hot read of some persons."""

    def __init__(self, bureaus, cities) -> None:
        self.bureaus = bureaus
        self._cities = cities

    async def breaks(self, system: str, **fault: object) -> None:
        await self.bureaus.systems[system].set_fault(Fault(**fault))

    async def mends(self, system: str) -> None:
        await self.bureaus.systems[system].set_fault(None)

    async def ask(self, system: str, ids=(ZHANG_SAN,)):
        adapter = self.adapter(system)
        match system:
            case "hangzhou_core_service":
                return await adapter.pensions(ids)
            case "huangshan_card_service":
                return await adapter.cards(ids)
            case "huangshan_injury_service" | "huangshan_labour_database":
                return await adapter.cases_of_people(ids)
            case _:
                return await adapter.people(ids)

    def adapter(self, system: str):
        return next(city.adapters[system] for city in self._cities if system in city.adapters)

    def health(self, system: str):
        return self.adapter(system).health()


@pytest.fixture
def limits() -> dict[str, object]:
    # A refused login rests a system at once; so short a rest is over with the next call.
    return {"timeout_seconds": 10, "retries": 1, "failures_to_open": 50, "open_seconds": 1e-6}


@pytest_asyncio.fixture(loop_scope="session")
async def systems(bureaus, hangzhou_config, huangshan_config, limits):
    cities = []
    for config in (hangzhou_config, huangshan_config):
        limited = {name: replace(system, **limits) for name, system in config.systems.items()}
        cities.append(await open_city(replace(config, systems=limited), clock))
    yield Systems(bureaus, cities)
    for city in cities:
        await city.aclose()


async def failure(systems: Systems, system: str) -> AdapterError:
    """The error of the one person asked, wherever it stands."""
    try:
        answer = await systems.ask(system)
    except AdapterError as error:
        return error
    (outcome,) = answer.values()
    assert isinstance(outcome, AdapterError)
    return outcome


@pytest.mark.parametrize("system", SERVICES)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (FaultKind.REFUSE, SystemUnavailable),
        (FaultKind.HTML, SystemInMaintenance),
        (FaultKind.SOAP_FAULT, SystemUnavailable),
        (FaultKind.MAINTENANCE, SystemInMaintenance),
        (FaultKind.BUSY, SystemBusy),
        (FaultKind.BUSINESS_ERROR, BusinessError),
        (FaultKind.EXPIRED_TOKEN, SystemRefused),
    ],
)
async def test_a_fault_of_a_service_is_one_error_and_passes_with_it(systems, system, fault, error):
    await systems.breaks(system, kind=fault)
    caught = await failure(systems, system)
    assert type(caught) is error
    assert caught.system == system
    await systems.mends(system)
    assert await systems.ask(system)


@pytest.mark.parametrize("system", SERVICES)
async def test_an_answer_in_another_charset_than_it_says_is_refused_and_not_mojibake(systems, system):
    await systems.breaks(system, kind=FaultKind.WRONG_CHARSET)
    assert type(await failure(systems, system)) is AnswerMalformed


@pytest.mark.parametrize("limits", [{"timeout_seconds": 0.3, "retries": 1}])
@pytest.mark.parametrize("system", [*SERVICES, *DATABASES])
async def test_a_system_that_hangs_is_given_up_after_its_time(systems, system):
    await systems.breaks(system, kind=FaultKind.HANG)
    assert type(await failure(systems, system)) is SystemTimeout
    assert systems.health(system).calls == 1


@pytest.mark.parametrize("system", DATABASES)
async def test_a_database_whose_tables_are_withdrawn_is_unavailable_until_they_are_back(systems, system):
    await systems.breaks(system, kind=FaultKind.MAINTENANCE)
    assert type(await failure(systems, system)) is SystemUnavailable
    await systems.mends(system)
    assert await systems.ask(system) is not None


@pytest.mark.parametrize("system", DATABASES)
async def test_a_database_that_is_not_there_is_unavailable(systems, system):
    await systems.breaks(system, kind=FaultKind.REFUSE)
    assert type(await failure(systems, system)) is SystemUnavailable


@pytest.mark.parametrize("system", SERVICES)
@pytest.mark.parametrize("fault", [FaultKind.REFUSE, FaultKind.BUSY])
async def test_a_call_that_broke_off_or_was_turned_away_is_made_again(systems, system, fault):
    await systems.breaks(system, kind=fault, count=1)
    (answer,) = (await systems.ask(system)).values()
    assert not isinstance(answer, AdapterError)
    assert systems.health(system).retries == 1


async def test_latency_within_the_time_is_no_failure(systems):
    await systems.breaks(CARDS, kind=FaultKind.LATENCY, seconds=0.05)
    (cards,) = (await systems.ask(CARDS)).values()
    assert [card.number for card in cards] == ["H00000001"]
    assert systems.health(CARDS).failures == 0


async def test_one_persons_failure_costs_nobody_elses_answer(systems):
    await systems.breaks(INJURIES, kind=FaultKind.BUSINESS_ERROR, count=1)
    answer = await systems.ask(INJURIES, (ZHANG_SAN, CHEN_XIAO, LI_SI))
    errors = [outcome for outcome in answer.values() if isinstance(outcome, AdapterError)]
    assert len(errors) == 1
    assert [type(error) for error in errors] == [BusinessError]
    assert len(answer) == 3


@pytest.mark.parametrize(("system", "code"), [(CORE, "E9002"), (CARDS, "系统繁忙"), (INJURIES, "9002")])
async def test_who_is_turned_away_may_ask_again_and_is_told_since_when(systems, system, code):
    await systems.breaks(system, kind=FaultKind.BUSY)
    caught = await failure(systems, system)
    assert (caught.code, caught.raw_code, caught.source_status) == ("LEGACY_SYSTEM_BUSY", code, "unavailable")
    assert caught.retryable
    assert caught.unavailable_since is not None


@pytest.mark.parametrize(("system", "code"), [(CORE, "E3001"), (CARDS, "数据交换失败"), (INJURIES, "3001")])
async def test_a_business_error_keeps_the_systems_own_code(systems, system, code):
    await systems.breaks(system, kind=FaultKind.BUSINESS_ERROR)
    caught = await failure(systems, system)
    assert caught.business_code == code
    assert not caught.retryable


async def test_a_text_outside_the_known_ones_is_not_told_on(systems):
    await systems.breaks(CARDS, kind=FaultKind.BUSINESS_ERROR, text=f"{ZHANG_SAN}张三的卡有问题")
    caught = await failure(systems, CARDS)
    assert str(caught) == "huangshan_card_service (341000): the service answered 其他"


@pytest.mark.parametrize("limits", [{"timeout_seconds": 5, "retries": 0, "failures_to_open": 2, "open_seconds": 60}])
@pytest.mark.parametrize(("fault", "error"), [(FaultKind.SOAP_FAULT, SystemUnavailable), (FaultKind.BUSY, SystemBusy)])
async def test_a_system_that_keeps_failing_is_left_alone_for_a_while(systems, bureaus, fault, error):
    await systems.breaks(CARDS, kind=fault)
    for _ in range(2):
        assert type(await failure(systems, CARDS)) is error
    asked = bureaus.systems[CARDS].calls().total
    assert type(await failure(systems, CARDS)) is CircuitOpen
    assert bureaus.systems[CARDS].calls().total == asked
    assert systems.health(CARDS).circuit == "open"
