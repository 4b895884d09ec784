"""The sandbox's bureaus in this process, small, and both cities opened on them.

They start once for all tests of a process, in the session's loop; a test that breaks a system mends it.
"""

from __future__ import annotations

import pytest
import pytest_asyncio

from legacy_adapters.configuration import CityConfig, read_city_config
from legacy_adapters.registry import City, open_city
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from tests.legacy_adapters.support.cities import CITIES, locations_of
from tests.legacy_adapters.support.systems import NOW, clock

PARAMETERS = Parameters(people=300, seed=7, today=NOW.date().isoformat())


@pytest.fixture(scope="session")
def world() -> World:
    """What the bureaus hold."""
    return generate_world(PARAMETERS)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the databases' files are kept from test to test."""
    return tmp_path_factory.mktemp("bureaus")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def running_bureaus(folder):
    """The six systems, on free ports."""
    bureaus = Bureaus(Settings(PARAMETERS, folder, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    await bureaus.start(lambda _line: None)
    yield bureaus
    await bureaus.close()


@pytest_asyncio.fixture(loop_scope="session")
async def bureaus(running_bureaus):
    """The six systems with nothing wrong and nothing counted; whatever a test breaks is mended after it."""
    for system in running_bureaus.systems.values():
        system.reset_calls()
    yield running_bureaus
    for system in running_bureaus.systems.values():
        if system.fault is not None:
            await system.set_fault(None)


@pytest.fixture
def hangzhou_config(bureaus) -> CityConfig:
    return read_city_config(CITIES / "hangzhou.yaml", locations_of(bureaus))


@pytest.fixture
def huangshan_config(bureaus) -> CityConfig:
    return read_city_config(CITIES / "huangshan.yaml", locations_of(bureaus))


@pytest_asyncio.fixture(loop_scope="session")
async def hangzhou(hangzhou_config):
    city = await open_city(hangzhou_config, clock)
    yield city
    await city.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def huangshan(huangshan_config):
    city: City = await open_city(huangshan_config, clock)
    yield city
    await city.aclose()
