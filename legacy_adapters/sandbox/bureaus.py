"""Both bureaus: made from settings, started, and stopped with every fault undone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from legacy_adapters.clock import Clock
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.databases.card_views import CardViews
from legacy_adapters.sandbox.databases.certification_job import CertificationJob
from legacy_adapters.sandbox.databases.definition import stamp_of
from legacy_adapters.sandbox.databases.hangzhou import HANGZHOU_DATABASE
from legacy_adapters.sandbox.databases.huangshan import HUANGSHAN_DATABASE
from legacy_adapters.sandbox.databases.legacy_database import LegacyDatabase
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, FILES, open_database
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.places import played_name
from legacy_adapters.sandbox.population.world import HANGZHOU, HUANGSHAN, Parameters, World
from legacy_adapters.sandbox.services.hangzhou_core import HangzhouCoreService
from legacy_adapters.sandbox.services.host import ServiceHost
from legacy_adapters.sandbox.services.huangshan_cards import HuangshanCardService
from legacy_adapters.sandbox.services.huangshan_injuries import HuangshanInjuryService
from legacy_adapters.sandbox.services.service import SoapService
from legacy_adapters.sandbox.services.write_log import JOURNAL_FILE, Journal
from legacy_adapters.sandbox.system import DatabaseSystem, RunningSystem

SERVICE_PORTS = {"hangzhou_core_service": 4201, "huangshan_card_service": 4202, "huangshan_injury_service": 4203}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the bureaus are made from.

    Attributes:
        parameters: of the world.
        folder: where SQLite files are kept, and what the services have written.
        host: where services listen.
        ports: by service; 0 takes a free one.
        database_urls: by database, under its own name; a system without one has its own SQLite file.
        fresh: load databases even if they are current.
    """

    parameters: Parameters
    folder: Path
    host: str = "127.0.0.1"
    ports: Mapping[str, int] = field(default_factory=lambda: SERVICE_PORTS)
    database_urls: Mapping[str, str] = field(default_factory=dict)
    fresh: bool = False


class Bureaus:
    """The running systems, in starting order.

    Attributes:
        systems: by name, which begins with the city that is played, e.g. `huangshan_database`; grows while they start.
        ready: whether all have started.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._journal: Journal | None = None
        self._card_views: CardViews | None = None
        self._certification_job: CertificationJob | None = None
        self.systems: dict[str, RunningSystem] = {}
        self.ready = False

    async def start(self, report: Callable[[str], None]) -> None:
        """Start every system; `report` gets a line for each. Raises PortTaken, DatabaseUnusable, TooManyPeople."""
        world = cache(lambda: generate_world(self._settings.parameters))
        self._journal = Journal(
            self._settings.folder / _journal_file(self._settings.parameters),
            stamp_of(self._settings.parameters),
            fresh=self._settings.fresh,
        )
        for service in _services(world(), self._clock, self._journal):
            host = ServiceHost(service, self._settings.host, self._settings.ports[service.name], self._clock)
            await host.start()
            self._enter(host, report, "")
        for definition in DEFINITIONS:
            url = self._settings.database_urls.get(definition.system)
            file = self._settings.folder / played_name(self._settings.parameters.places, FILES[definition.system])
            database = open_database(definition, url, file)
            loaded = await self._prepare(database, world)
            if definition is HANGZHOU_DATABASE:
                self._card_views = CardViews(self._journal.log(HangzhouCoreService.name), database)
                await self._card_views.start()
            writes = self._journal.log(definition.system)
            if definition is HUANGSHAN_DATABASE:
                self._certification_job = CertificationJob(database, self._clock, writes)
                self._certification_job.start()
            self._enter(DatabaseSystem(database, writes), report, "" if loaded else " (as it was)")
        self.ready = True

    async def close(self) -> None:
        """Stop all; one that fails to stop does not keep the others."""
        self.ready = False
        for job in (self._card_views, self._certification_job):
            if job is not None:
                await job.close()
        results = await asyncio.gather(*(system.close() for system in self.systems.values()), return_exceptions=True)
        self.systems.clear()
        if self._journal is not None:
            self._journal.close()
        failures = [result for result in results if isinstance(result, Exception)]
        if failures:
            raise ExceptionGroup("some systems could not be stopped cleanly", failures)

    async def _prepare(self, database: LegacyDatabase, world: Callable[[], World]) -> bool:
        stamp = stamp_of(self._settings.parameters)
        current = await database.is_current(stamp)
        if current and not self._settings.fresh:
            return False
        await database.load(world, stamp)
        return True

    def _enter(self, system: RunningSystem, report: Callable[[str], None], note: str) -> None:
        name = played_name(self._settings.parameters.places, system.name)
        self.systems[name] = system
        report(f"{name:26} {system.location}{note}")


def _journal_file(parameters: Parameters) -> str:
    """Its name tells the cities, so that two sandboxes can keep theirs in one folder."""
    if parameters.places == (HANGZHOU, HUANGSHAN):
        return JOURNAL_FILE
    return "_".join([*(place.slug for place in parameters.places), JOURNAL_FILE])


def _services(world: World, clock: Clock, journal: Journal) -> list[SoapService]:
    registers = (
        (HangzhouCoreService, world.hangzhou),
        (HuangshanCardService, world.huangshan),
        (HuangshanInjuryService, world.huangshan),
    )
    return [kind(register, CREDENTIALS[kind.name], clock, journal.log(kind.name)) for kind, register in registers]
