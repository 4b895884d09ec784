"""Both cities' sandboxes with the platform's way to them, for one run."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from legacy_adapters.clock import Clock
from legacy_adapters.configuration import CityConfig, read_city_config
from legacy_adapters.operations.protocols import CityOperations
from legacy_adapters.registry import City, open_city, open_operations
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from legacy_adapters.sandbox.services.write_log import WriteEntry
from tests.cooperation.faults.intents import TODAY
from tests.legacy_adapters.support.cities import CITIES, locations_of

TIMEOUT_SECONDS = 0.6
WRITING_SYSTEMS = ("hangzhou_core_service", "huangshan_card_service", "huangshan_database")
SERVICES = WRITING_SYSTEMS[:2]


@cache
def world_of(seed: int) -> World:
    """A world of 200 people a city; a few seeds' worth are kept."""
    return generate_world(parameters_of(seed))


def parameters_of(seed: int) -> Parameters:
    return Parameters(people=200, seed=seed % 4, today=TODAY)


def city_config(slug: str, locations: dict[str, str], settling_seconds: float) -> CityConfig:
    """A city's own configuration, made impatient: systems rest for a moment only, for the run's clock is its own."""
    config = read_city_config(CITIES / f"{slug}.yaml", locations)
    systems = {
        name: replace(system, timeout_seconds=TIMEOUT_SECONDS, failures_to_open=4, open_seconds=0.02)
        for name, system in config.systems.items()
    }
    operations = {
        name: replace(settings, settling_seconds=settling_seconds) for name, settings in config.operations.items()
    }
    return replace(config, systems=systems, operations=operations)


@dataclass
class Cities:
    """Running sandboxes and opened cities."""

    bureaus: Bureaus
    opened: list[City]
    operations: dict[str, CityOperations]

    @classmethod
    async def start(cls, folder: Path, clock: Clock, seed: int) -> Cities:
        bureaus = await start_bureaus(folder, clock, seed)
        cities = cls(bureaus, [], {})
        for slug in ("hangzhou", "huangshan"):
            config = city_config(slug, locations_of(bureaus), settling_seconds=60)
            city = await open_city(config, clock)
            cities.opened.append(city)
            cities.operations[config.code] = open_operations(config, city)
        return cities

    def logs(self) -> dict[str, list[WriteEntry]]:
        return {name: self.bureaus.systems[name].written() for name in WRITING_SYSTEMS}

    async def aclose(self) -> None:
        for city in self.opened:
            await city.aclose()
        await self.bureaus.close()


async def start_bureaus(folder: Path, clock: Clock, seed: int) -> Bureaus:
    """Sandboxes on free ports."""
    bureaus = Bureaus(Settings(parameters_of(seed), folder, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    await bureaus.start(lambda _line: None)
    return bureaus
