"""One run with real processes: the engine, its database, SIGKILL; the clock runs as fast as clocks run."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import select

from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store.store import Store, database_url
from cooperation.store.tables import DELIVERIES, OPERATIONS
from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.faults import Fault, FaultKind
from subgraphs.cooperation.sealer import PlatformSealer
from tests.cooperation.faults.cities import SERVICES, WRITING_SYSTEMS, letters_in, start_bureaus, world_of
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases
from tests.cooperation.faults.evidence import Evidence
from tests.cooperation.faults.intents import HANGZHOU, HUANGSHAN, IntentMaker, Wish
from tests.cooperation.faults.invariants import violations
from tests.cooperation.faults.officers import Officers
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import POINTS, STEPS, FailingStore
from tests.cooperation.faults.simulation import KEYS
from tests.cooperation.faults.wire import RARE, SERVICE_FAULTS
from tests.cooperation.faults.worker import Orders, moved_clock, work
from tests.cooperation.support.desks import LETTERS
from tests.cooperation.support.scripted import city
from tests.legacy_adapters.support.cities import locations_of

T = TypeVar("T")

FAULTY_SECONDS = 5.0
QUIET_SECONDS = 90.0
ANSWER_SECONDS = 15.0
START_SECONDS = 60.0
DEATHS = (*STEPS, *POINTS, "accepted")
_THREADS = ThreadPoolExecutor(64, thread_name_prefix="harness")
"""Whoever waits for a process holds one."""
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.cooperation.faults.worker"])


async def _in_thread(function: Callable[..., T], *arguments: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, function, *arguments)


class Worker:
    """One process, and the harness's end of what connects them."""

    def __init__(self, orders: Orders) -> None:
        self._here, there = PROCESSES.Pipe()
        self.process = PROCESSES.Process(target=work, args=(orders, there), daemon=True)
        self.process.start()
        there.close()
        self._busy = asyncio.Lock()
        self._is_in_step = False

    @property
    def is_alive(self) -> bool:
        return self.process.is_alive()

    @property
    def takes_intents(self) -> bool:
        return self._is_in_step and self.is_alive

    async def ready(self) -> bool:
        """Whether it has come up, rather than died over it."""
        self._is_in_step = await self._receive(START_SECONDS) == "ready"
        return self._is_in_step

    async def tell(self, wish: Wish) -> object:
        """What it answers; None if it dies or does not answer in time."""
        async with self._busy:
            if not self._is_in_step:
                return None
            try:
                self._here.send(wish.intent)
            except OSError:
                return None
            answer = await self._receive(ANSWER_SECONDS)
            if answer is None:
                # An answer that still comes would be taken for the next one's.
                self._is_in_step = False
                self.kill()
            return answer

    async def _receive(self, seconds: float) -> object:
        return await _in_thread(_receive, self._here, seconds)

    def kill(self) -> None:
        self.process.kill()

    async def stop(self) -> None:
        """As at a shutdown; killed if it does not come to its end."""
        self._here.close()
        await _in_thread(self.process.join, 10)
        self.process.kill()
        await _in_thread(self.process.join)
        self.process.close()


def _receive(connection: Connection, seconds: float) -> object:
    try:
        return connection.recv() if connection.poll(seconds) else None
    except (EOFError, OSError):
        return None


async def warm_up(databases: Databases, folder: Path) -> None:
    """Have the engine make its own tables in the template: else every run would wait for that."""
    moved = folder / "moved"
    moved.write_text("0")
    worker = Worker(Orders(databases.template_url, {}, None, moved, 0.0, folder / "log", folder / "deaths"))
    is_ready = await worker.ready()
    await worker.stop()
    if not is_ready:
        raise RuntimeError("A worker does not start.")


class ProcessRun:
    """A few seconds of random deaths and faults, then peace until everything has its end, then the judgement."""

    def __init__(self, seed: str, databases: Databases, folder: Path) -> None:
        self.random = Random(seed)
        self.report = Report(seed)
        self._databases = databases
        self._folder = folder
        self._world = int(Random(seed).random() * 1000)
        self._wishes = self._make_wishes()
        self._told: list[tuple[Wish, str | None]] = []
        self._workers: list[Worker] = []
        self._is_peace = False

    def _make_wishes(self) -> list[Wish]:
        self.maker = IntentMaker(world_of(self._world), self.random, cards=2)
        return [self.maker.wish() for _ in range(self.random.randint(4, 8))]

    async def run(self) -> Report:
        started = time.monotonic()
        self._moved = self._folder / "moved"
        self._moved.write_text("0")
        self._deaths = self._folder / "deaths"
        self._deaths.touch()
        self._url = self._databases.new()
        self._bureaus = await start_bureaus(self._folder, moved_clock(self._moved), self._world)
        store = FailingStore(database_url(self._url))
        self._desk = self._open_desk(store)
        self._officers = Officers(self._desk, Random(f"{self.report.seed} officers"), self.report)
        try:
            await self._faulty_time()
            await self._peace(store)
            await self._judge(store)
        finally:
            store.close()
            await asyncio.gather(*(worker.stop() for worker in self._workers))
            await self._bureaus.close()
            self._databases.drop(self._url)
        self.report.seconds = time.monotonic() - started
        return self.report

    def _open_desk(self, store: Store) -> Desk:
        """The harness's own: it knows which writes the cities have, and makes none."""
        clock = moved_clock(self._moved)
        cities = {code: city(code, **dict.fromkeys(LETTERS, True)) for code in (HANGZHOU, HUANGSHAN)}
        return Desk(store, PlatformSealer(KEYS), CooperationConfig(), packaged_calendar(), clock, cities)

    async def _faulty_time(self) -> None:
        # Successive seeds have their first worker die at every step in turn.
        first = self._start((DEATHS[int(self.report.seed) % len(DEATHS)], 1))
        if not await first.ready():
            raise RuntimeError("A worker does not start.")
        until = time.monotonic() + FAULTY_SECONDS
        async with asyncio.timeout(START_SECONDS + 10 * FAULTY_SECONDS), asyncio.TaskGroup() as group:
            group.create_task(self._keep_working(until, first))
            if self._is_shared:
                group.create_task(self._keep_working(until))
            for wish in self._wishes:
                group.create_task(self._tell_sometime(wish, until))
            group.create_task(self._break_systems(until))
            group.create_task(self._break_database(until))
            group.create_task(self._move_clock(until))
            group.create_task(self._move_letters(until))

    @property
    def _is_shared(self) -> bool:
        return isinstance(self._databases, PostgresqlDatabases)

    def _fatal(self) -> tuple[str, int]:
        return self.random.choice(DEATHS), self.random.choice((1, 1, 2, 3))

    async def _keep_working(self, until: float, worker: Worker | None = None) -> None:
        """One place for a worker: whoever has died there is followed by another."""
        while time.monotonic() < until:
            if worker is None:
                worker = self._start(self._fatal())
                if not await worker.ready():
                    self.report.faults["killed: at the start"] += 1
            # The first of all is left to its orders.
            killed_at = until if worker is self._workers[0] else time.monotonic() + self.random.uniform(0.2, 5)
            await _in_thread(worker.process.join, max(0.0, min(until, killed_at) - time.monotonic()))
            if worker.is_alive and time.monotonic() < until:
                worker.kill()
                self.report.faults["killed: at any moment"] += 1
            worker = None
            await asyncio.sleep(self.random.uniform(0, 0.5))

    def _start(self, fatal: tuple[str, int] | None) -> Worker:
        log = self._folder / "log"
        # Who is alone with its database goes by its own clock, which is the run's.
        ahead = self.random.choice((-60.0, 0.0, 45.0)) if self._is_shared else 0.0
        if ahead:
            self.report.faults["another clock"] += 1
        worker = Worker(Orders(self._url, locations_of(self._bureaus), fatal, self._moved, ahead, log, self._deaths))
        self._workers.append(worker)
        return worker

    async def _tell_sometime(self, wish: Wish, until: float) -> None:
        await asyncio.sleep(self.random.uniform(0.2, FAULTY_SECONDS / 2))
        for _ in range(self.random.choice((1, 1, 2))):
            while time.monotonic() < until:
                if await self._tell(wish):
                    break
                await asyncio.sleep(self.random.uniform(0.05, 0.4))

    async def _tell_or_start(self, wish: Wish) -> bool:
        if not any(worker.takes_intents for worker in self._workers):
            await self._start(None).ready()
        return await self._tell(wish)

    async def _tell(self, wish: Wish) -> bool:
        """Tell any living worker; whether it answered."""
        living = [worker for worker in self._workers if worker.takes_intents]
        answer = await self.random.choice(living).tell(wish) if living else None
        match answer:
            case ("number", str(number)):
                self._told.append((wish, number))
            case ("refused", str(name)):
                self._told.append((wish, None))
                if wish.refused_with is None or wish.refused_with.__name__ != name:
                    self.report.violations.append(f"a rightful intent was refused: {name}")
            case _:
                return False
        return True

    async def _break_systems(self, until: float) -> None:
        names = [name for name in SERVICE_FAULTS if name not in RARE and name != "doubled"]
        while time.monotonic() < until:
            await asyncio.sleep(self.random.uniform(0.1, 0.8))
            if self.random.random() < 0.15:
                await self._outage(self._bureaus, self.random.choice(WRITING_SYSTEMS))
                continue
            system, name = self.random.choice(SERVICES), self.random.choice(names)
            await self._bureaus.systems[system].set_fault(SERVICE_FAULTS[name])
            self.report.faults[f"{system}: {name}"] += 1

    async def _outage(self, bureaus: Bureaus, system: str) -> None:
        self.report.faults["outage"] += 1
        await bureaus.systems[system].set_fault(Fault(FaultKind.REFUSE))
        await asyncio.sleep(self.random.uniform(0.5, 2))
        await bureaus.systems[system].set_fault(None)

    async def _break_database(self, until: float) -> None:
        if self.random.random() < 0.4:
            return
        await asyncio.sleep(self.random.uniform(0.5, FAULTY_SECONDS))
        self.report.faults["database"] += 1
        if isinstance(self._databases, PostgresqlDatabases):
            while time.monotonic() < until and self.random.random() < 0.8:
                await _in_thread(self._databases.terminate, self._url)
                await asyncio.sleep(0.1)
        else:
            await _in_thread(_lock, self._url, self.random.uniform(0.3, 2))

    async def _move_clock(self, until: float) -> None:
        if self.random.random() < 0.5:
            return
        await asyncio.sleep(self.random.uniform(0.5, until - time.monotonic()))
        seconds = self.random.choice((60, 3600, 25 * 3600))
        self._moved.write_text(str(seconds))
        self.report.faults["clock moved"] += 1

    async def _move_letters(self, until: float) -> None:
        """Officers whose process dies after each action: what is owed by it is found by whoever lives."""
        while time.monotonic() < until:
            await asyncio.sleep(self.random.uniform(0.05, 0.3))
            told = [number for wish, number in self._told if wish.intent.kind is OperationKind.INVESTIGATION]
            numbers = [number for number in told if number is not None]
            if numbers:
                await _in_thread(asyncio.run, self._officers.move(self.random.choice(numbers)))

    async def _peace(self, store: Store) -> None:
        for system in WRITING_SYSTEMS:
            await self._bureaus.systems[system].set_fault(None)
        for _ in range(2 if self._is_shared else 1):
            living = [worker for worker in self._workers if worker.is_alive]
            for worker in living:
                worker.kill()  # it may have orders to die
                await _in_thread(worker.process.join)
        for _ in range(2 if self._is_shared else 1):
            if not await self._start(None).ready():
                self.report.violations.append("a worker does not start")
        deadline = time.monotonic() + QUIET_SECONDS
        for wish in self._wishes:
            await self._insist(lambda wish=wish: self._tell_or_start(wish), deadline, "an intent finds no worker")
        await self._insist(lambda: self._is_quiet(store), deadline, "it does not come to rest")

    async def _insist(self, succeeds: Callable[[], Awaitable[bool]], deadline: float, failure: str) -> None:
        while not await succeeds():
            if time.monotonic() > deadline:
                self.report.violations.append(failure)
                return
            await asyncio.sleep(0.2)

    async def _is_quiet(self, store: Store) -> bool:
        """Whether nothing is owed any more but what the holders of new cards do."""
        owed = select(DELIVERIES.c.id).join(OPERATIONS, OPERATIONS.c.number == DELIVERIES.c.operation_number)
        owed = owed.where(DELIVERIES.c.state == "OPEN", OPERATIONS.c.state != "IN_PRODUCTION")
        return not await store.transact(lambda connection: connection.execute(owed).all())

    async def _judge(self, store: Store) -> None:
        logs = {name: self._bureaus.systems[name].written() for name in WRITING_SYSTEMS}
        text = (self._folder / "log").read_text()
        evidence = Evidence(
            self._desk,
            self._told,
            logs,
            self.maker.secrets | self._officers.secrets,
            self.maker.before,
            [text],
            letters_in(self._folder, self._world),
            self._officers.signed,
            are_cards_fetched=False,
        )
        self.report.faults.update(f"killed: {step}" for step in self._deaths.read_text().split())
        self.report.violations += await _in_thread(violations, evidence)
        self.report.violations += [line for line in text.splitlines() if "A turn at" in line]
        rows = await store.transact(lambda connection: connection.execute(select(OPERATIONS.c.state)).all())
        self.report.states.update(row.state for row in rows)


def _lock(url: str, seconds: float) -> None:
    """Nobody else writes for a while."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=5)
    with suppress(sqlite3.OperationalError):
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")
    connection.close()
