"""A process that works on operations with the real engine, and dies where it is told to."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cooperation.acceptance import Intent, accept_intent
from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.delivery import decisions, ledger
from cooperation.desk import Desk
from cooperation.errors import CooperationError
from cooperation.store import store
from cooperation.store.clock import open_clock
from cooperation.store.store import DatabaseUnavailable, Store, database_url
from cooperation.workflows import engine, executors, sweep
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import Clock
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import Observation, Outcome
from legacy_adapters.operations.protocols import CityOperations, Knowledge, LegacyWrite
from legacy_adapters.process_log import configure_logging
from legacy_adapters.registry import open_city, open_operations
from legacy_adapters.sandbox.clock import city_clock
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.faults.cities import city_config
from tests.cooperation.faults.intents import TODAY

SETTLING_SECONDS = 3.0
LEASE_SECONDS = 2.0


@dataclass(frozen=True)
class Orders:
    """What a process starts with.

    Attributes:
        url: the database's address.
        locations: of the cities' systems, by environment variable.
        fatal: the step or point at which it kills itself, and the how many-eth time.
        moved: a file with the seconds by which the run's clock has been moved.
        ahead: by how many seconds the process's own clock is ahead of the run's, which is the database's.
        log: where its log goes.
        deaths: where it writes the step down before it kills itself there.
    """

    url: str
    locations: dict[str, str]
    fatal: tuple[str, int] | None
    moved: Path
    ahead: float
    log: Path
    deaths: Path


def moved_clock(moved: Path) -> Clock:
    """The sandbox's clock, moved by as many seconds as stand in the file."""
    clock = city_clock(date.fromisoformat(TODAY))

    def now() -> datetime:
        return clock() + timedelta(seconds=float(moved.read_text() or 0))

    return now


class Death:
    """Dies at the step it was ordered to, and leaves word of it."""

    def __init__(self, orders: Orders) -> None:
        self._fatal = orders.fatal
        self._deaths = orders.deaths
        self._seen: Counter[str] = Counter()

    def __call__(self, step: str) -> None:
        self._seen[step] += 1
        if (step, self._seen[step]) == self._fatal:
            with self._deaths.open("a") as file:
                file.write(f"{step}\n")
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class FatalWrite:
    """A city's write that may be the last thing a process does."""

    inner: LegacyWrite[Any]
    death: Death

    @property
    def knowledge(self) -> Knowledge:
        return self.inner.knowledge

    async def observe(self, command: Any) -> Observation:
        self.death("observing")
        seen = await self.inner.observe(command)
        self.death("seen")
        return seen

    async def write(self, command: Any, reference: str) -> Outcome:
        self.death("sending")
        outcome = await self.inner.write(command, reference)
        self.death("sent")
        return outcome


def work(orders: Orders, harness: Connection) -> None:
    """Work until the harness closes its end: takes intents, sends back their numbers or the refusal's name."""
    hurry()
    log = orders.log.open("a")
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    configure_logging()
    logging.getLogger("bureaugraph").setLevel(logging.INFO)
    asyncio.run(_work(orders, harness))


def hurry() -> None:
    """Everything that waits for minutes waits for seconds here."""
    executors.LEASE_SECONDS = LEASE_SECONDS
    sweep.SWEEP_SECONDS, sweep.GRACE_SECONDS, sweep.STUCK_SECONDS = 0.4, 0.8, 8.0
    engine.PAUSE_WITHOUT_DATABASE_SECONDS, engine.PAUSE_AFTER_DEFECT_SECONDS = 0.5, 1.0
    decisions.FIRST_PAUSE_SECONDS, decisions.LONGEST_PAUSE_SECONDS, decisions.READ_BACK_PAUSE_SECONDS = 0.2, 1.0, 0.5
    decisions.SENDING_SECONDS = 1.0
    ledger.PRODUCTION_PAUSE_SECONDS = 1.0
    store.THREADS = 3


async def _work(orders: Orders, harness: Connection) -> None:
    run_clock, death = moved_clock(orders.moved), Death(orders)
    ahead = timedelta(seconds=orders.ahead)

    def clock() -> datetime:
        return run_clock() + ahead

    cities: dict[str, CityOperations] = {}
    opened = []
    for slug in ("hangzhou", "huangshan"):
        config = city_config(slug, orders.locations, SETTLING_SECONDS)
        opened.append(await open_city(config, clock))
        cities[config.code] = fatal_city(open_operations(config, opened[-1]), death)
    keys = PlatformSealer(PlatformKeys(bytes(range(64))))
    config = CooperationConfig(immediate_seconds=0)
    kept = Store(database_url(orders.url))
    shared_clock = await open_clock(kept, clock, lambda _: run_clock())
    desk = Desk(kept, keys, config, packaged_calendar(), shared_clock, cities)
    office = await CooperationOffice.open(desk, death)
    await asyncio.to_thread(harness.send, "ready")
    try:
        while True:
            intent = await asyncio.to_thread(harness.recv)
            await asyncio.to_thread(harness.send, await _accept(office, desk, intent, death))
    except EOFError:
        await office.aclose()
        for city in opened:
            await city.aclose()


async def _accept(office: CooperationOffice, desk: Desk, intent: Intent, death: Death) -> tuple[str, str]:
    """The number, or what it was refused with, or that the database did not answer."""
    try:
        # The same twice: what a process that dies at `accepted` leaves is an operation that nobody has handed over.
        await accept_intent(desk, intent)
        death("accepted")
        return "number", (await office.accept(intent)).operation.number
    except DatabaseUnavailable:
        return "unavailable", ""
    except CooperationError as error:
        return "refused", type(error).__name__


def fatal_city(operations: CityOperations, death: Death) -> CityOperations:
    """The same city with writes that may kill."""
    names = {field.name for field in fields(operations)} & set(OperationName)
    writes = {name: getattr(operations, name) for name in names}
    return replace(
        operations, **{name: FatalWrite(write, death) for name, write in writes.items() if write is not None}
    )
