"""Nothing that belongs to a citizen, and no credential, gets into an error, a log line or a repr."""

from __future__ import annotations

import logging
import traceback

import pytest
from msgspec.structs import replace

from legacy_adapters.errors import AdapterError
from legacy_adapters.registry import open_city
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from legacy_adapters.sandbox.population.world import City
from legacy_adapters.sources import PensionsQuery
from tests.legacy_adapters.support.expected import Expected
from tests.legacy_adapters.support.systems import clock

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRETS = (ZHANG_SAN, "张三", *(password for _, password in CREDENTIALS.values()))
SERVICE_FAULTS = [kind for kind in FaultKind if kind not in (FaultKind.LATENCY, FaultKind.DOUBLED)]
DATABASE_FAULTS = [FaultKind.MAINTENANCE, FaultKind.REFUSE, FaultKind.HANG]


@pytest.fixture
def everything_logged(caplog):
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy.engine", "sqlalchemy.pool", "zeep", "asyncio", "httptools"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def configs(hangzhou_config, huangshan_config):
    return hangzhou_config, huangshan_config


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def loggers_that_tell(log) -> list[str]:
    """The loggers of this process that wrote a secret."""
    formatter = logging.Formatter()
    return [record.name for record in log.records if secrets_in(formatter.format(record))]


async def outcome_of(question) -> list[AdapterError]:
    try:
        answer = await question
    except AdapterError as error:
        return [error]
    return [outcome for outcome in answer.values() if isinstance(outcome, AdapterError)]


@pytest.mark.parametrize(
    ("system", "faults"),
    [
        ("hangzhou_core_service", SERVICE_FAULTS),
        ("huangshan_card_service", SERVICE_FAULTS),
        ("huangshan_injury_service", SERVICE_FAULTS),
        ("hangzhou_database", DATABASE_FAULTS),
        ("huangshan_database", DATABASE_FAULTS),
        ("huangshan_labour_database", DATABASE_FAULTS),
    ],
)
async def test_no_fault_tells_whom_it_met(system, faults, bureaus, configs, everything_logged):
    config = next(config for config in configs if system in config.systems)
    hasty = {name: replace(each, timeout_seconds=0.3, retries=0) for name, each in config.systems.items()}
    city = await open_city(replace(config, systems=hasty), clock)
    source = city.adapters[system]
    try:
        for kind in faults:
            await bureaus.systems[system].set_fault(Fault(kind=kind))
            for question in ("people", "cards", "pensions", "cases_of_people"):
                if not hasattr(source, question):
                    continue
                errors = await outcome_of(getattr(source, question)([ZHANG_SAN]))
                assert errors, kind
                for error in errors:
                    told = "".join(traceback.format_exception(error, chain=True)) + repr(error.__dict__)
                    assert secrets_in(told) == [], kind
            await bureaus.systems[system].set_fault(None)
    finally:
        await city.aclose()
    assert loggers_that_tell(everything_logged) == []


async def test_a_working_system_logs_nobody(hangzhou, huangshan, everything_logged):
    for city in (hangzhou, huangshan):
        assert await city.people[0].people([ZHANG_SAN])
        assert await city.cards[0].cards([ZHANG_SAN])
        assert await city.pensions[0].pensions([ZHANG_SAN]) is not None
        for source in city.cases:
            await source.cases_of_people([ZHANG_SAN])
    assert loggers_that_tell(everything_logged) == []


async def test_reprs_of_everything_opened_hold_no_credential(hangzhou, huangshan, hangzhou_config, huangshan_config):
    shown = repr((hangzhou, huangshan, hangzhou_config, huangshan_config))
    for city in (hangzhou, huangshan):
        for adapter in city.adapters.values():
            shown += repr(vars(adapter)) + repr(
                [vars(part) for part in vars(adapter).values() if hasattr(part, "__dict__")]
            )
    assert secrets_in(shown) == []


async def test_positions_hold_no_id_number(hangzhou, world):
    ids = Expected(world, City.HANGZHOU).ids
    page = await hangzhou.pensions[0].list_pensions(PensionsQuery(), 50, None)
    assert not any(number in position for number in ids for position in page.positions)
