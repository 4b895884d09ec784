"""Both cities' sandboxes with the platform's way to them, for one run."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from legacy_adapters.clock import Clock
from legacy_adapters.configuration import CityConfig, read_city_config
from legacy_adapters.operations.protocols import CityOperations
from legacy_adapters.registry import City, open_city, open_operations
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.databases.definition import stamp_of
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, FILES
from legacy_adapters.sandbox.databases.sqlite import write
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from legacy_adapters.sandbox.services.assist_file import Assist
from legacy_adapters.sandbox.services.write_log import JOURNAL_FILE, Journal, WriteEntry
from tests.cooperation.faults.intents import TODAY
from tests.legacy_adapters.support.cities import CITIES, locations_of

TIMEOUT_SECONDS = 0.6
SERVICES = ("hangzhou_core_service", "huangshan_card_service", "huangshan_injury_service")
WRITING_SYSTEMS = (*SERVICES, "huangshan_database")


_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


def world_of(seed: int) -> World:
    """A world of 200 people a city."""
    return _world(parameters_of(seed))


@cache
def _world(parameters: Parameters) -> World:
    return generate_world(parameters)


def parameters_of(seed: int) -> Parameters:
    return Parameters(people=200, seed=seed % 4, today=TODAY)


def city_config(slug: str, locations: dict[str, str], settling_seconds: float) -> CityConfig:
    """A city's own configuration, made impatient: systems rest for a moment only, for the run's clock is its own."""
    config = _read_city(slug)
    systems = {
        name: replace(
            system,
            url=locations.get(f"BUREAUGRAPH_{name.upper()}_URL", system.url),
            timeout_seconds=TIMEOUT_SECONDS,
            failures_to_open=4,
            open_seconds=0.02,
        )
        for name, system in config.systems.items()
    }
    operations = {
        name: replace(settings, settling_seconds=settling_seconds) for name, settings in config.operations.items()
    }
    return replace(config, systems=systems, operations=operations)


@cache
def _read_city(slug: str) -> CityConfig:
    return read_city_config(CITIES / f"{slug}.yaml", {})


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
    """Sandboxes on free ports, over databases that were loaded once a process."""
    for file in _loaded(parameters_of(seed)).glob("*.db"):
        if file.name != JOURNAL_FILE:
            shutil.copy(file, folder)
    bureaus = Bureaus(Settings(parameters_of(seed), folder, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    await bureaus.start(lambda _line: None)
    return bureaus


@cache
def _loaded(parameters: Parameters) -> Path:
    """A folder with both cities' databases as they are at first; it goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="faults-")
    _FOLDERS.append(folder)
    world = _world(parameters)
    for definition in DEFINITIONS:
        with closing(sqlite3.connect(Path(folder.name) / FILES[definition.system], isolation_level=None)) as connection:
            write(connection, definition, world, stamp_of(parameters))
    return Path(folder.name)


def letters_in(folder: Path, seed: int) -> dict[str, list[Assist]]:
    """What each system of a run keeps of letters, read from what all have written."""
    journal = Journal(folder / JOURNAL_FILE, stamp_of(parameters_of(seed)))
    found = {name: list(journal.log(name).changed(Assist)) for name in SERVICES}
    journal.close()
    return found
