"""Bureaus of each test's own, for it changes them; and what both cities do on request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from legacy_adapters.configuration import CityConfig, read_city_config
from legacy_adapters.operations.protocols import CityOperations
from legacy_adapters.registry import City, open_city, open_operations
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.world import Parameters
from legacy_adapters.sandbox.services.write_log import WriteEntry
from tests.legacy_adapters.sandbox.conftest import HandClock
from tests.legacy_adapters.support.cities import CITIES, locations_of

PARAMETERS = Parameters(people=200, seed=7, today="2026-11-23")


class Bureau:
    """One city's systems as a caller of operations has them."""

    def __init__(self, bureaus: Bureaus, config: CityConfig, city: City) -> None:
        self.bureaus = bureaus
        self.config = config
        self.city = city
        self.operations: CityOperations = open_operations(config, city)

    async def breaks(self, system: str, kind: FaultKind, **fault: object) -> None:
        await self.bureaus.systems[system].set_fault(Fault(kind=kind, **fault))

    async def mends(self, system: str) -> None:
        await self.bureaus.systems[system].set_fault(None)

    def written(self, system: str) -> list[WriteEntry]:
        return self.bureaus.systems[system].written()

    def effects(self, system: str) -> list[tuple[str, str]]:
        """Operation and effect of every write that has reached the system."""
        return [(entry.operation, entry.effect.value) for entry in self.written(system)]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def bureaus(tmp_path: Path, clock: HandClock) -> AsyncIterator[Bureaus]:
    running = await start_bureaus(tmp_path, clock)
    yield running
    await running.close()


async def start_bureaus(folder: Path, clock: HandClock) -> Bureaus:
    running = Bureaus(Settings(PARAMETERS, folder, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    await running.start(lambda line: None)
    return running


async def open_bureau(slug: str, bureaus: Bureaus, clock: HandClock, **limits: object) -> Bureau:
    """The city with these limits instead of its systems' own."""
    config = read_city_config(CITIES / f"{slug}.yaml", locations_of(bureaus))
    systems = {name: replace(system, **limits) for name, system in config.systems.items()}
    config = replace(config, systems=systems)
    return Bureau(bureaus, config, await open_city(config, clock))


@pytest.fixture
def limits() -> dict[str, object]:
    """How hard the systems are used; a test may say otherwise."""
    return {}


@pytest.fixture
async def huangshan(bureaus: Bureaus, clock: HandClock, limits: dict[str, object]) -> AsyncIterator[Bureau]:
    bureau = await open_bureau("huangshan", bureaus, clock, **limits)
    yield bureau
    await bureau.city.aclose()


@pytest.fixture
async def hangzhou(bureaus: Bureaus, clock: HandClock, limits: dict[str, object]) -> AsyncIterator[Bureau]:
    bureau = await open_bureau("hangzhou", bureaus, clock, **limits)
    yield bureau
    await bureau.city.aclose()
