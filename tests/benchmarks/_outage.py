"""What was accepted while a city was closed, delivered when it opens: how long, at which cost, with how many calls.

`python -m tests.benchmarks._outage 500 2000` does it with other numbers of deliveries.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import func, select

from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.desk import Desk
from cooperation.store.store import Store, database_url
from cooperation.store.tables import OPERATIONS
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from tests.cooperation.conftest import POSTGRESQL
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases, SqliteFiles
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN, TestSealer, card_intent
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE, city

DELIVERIES = (100, 400)
AT_ONCE = 8
CALL_SECONDS = 0.02
SECONDS_TO_ACCEPT = 0.15
"""How long after the first acceptance the city opens, for each that is accepted."""
LOOK_SECONDS = 0.25
ROOT = Path(__file__).parents[2]


class ClosedCity:
    """Takes no write before `opens_at` (seconds since 1970), and says when it will."""

    knowledge = KNOWLEDGE

    def __init__(self, opens_at: float) -> None:
        self.opens_at = opens_at
        self.calls = 0
        self._lost: set[str] = set()

    async def observe(self, command: Any) -> Observation:
        await self._answer()
        return Observation(Standing.IN_EFFECT if command.card_number in self._lost else Standing.OPEN, None, PROVENANCE)

    async def write(self, command: Any, _reference: str) -> Outcome:
        await self._answer()
        if time.time() < self.opens_at:
            opens = datetime.fromtimestamp(self.opens_at, UTC)
            return Outcome.not_now(Reason.MAINTENANCE, None, opens.isoformat())
        self._lost.add(command.card_number)
        return Outcome.done("00")

    async def _answer(self) -> None:
        self.calls += 1
        await asyncio.sleep(CALL_SECONDS)


def main(numbers: Sequence[int] = DELIVERIES) -> None:
    """Print the table; PostgreSQL where the tests' variable names a server."""
    print("after an outage        deliveries   processes   seconds   deliveries/s   CPU ms each   calls each")
    with tempfile.TemporaryDirectory() as folder:
        kinds: list[tuple[Databases, tuple[int, ...]]] = [(SqliteFiles(Path(folder)), (1,))]
        with suppress(KeyError):
            kinds.append((PostgresqlDatabases(os.environ[POSTGRESQL]), (1, 2)))
        for databases, processes in kinds:
            for count in processes:
                for number in numbers:
                    url = databases.new()
                    asyncio.run(_measure(databases.name, url, number, count))
                    databases.drop(url)
            databases.close()


async def _measure(name: str, url: str, number: int, processes: int) -> None:
    closed = ClosedCity(0.0)
    office = await CooperationOffice.open(_desk(url, closed))
    try:
        closed.opens_at = time.time() + number * SECONDS_TO_ACCEPT + 10
        with _workers(url, closed.opens_at, processes - 1) as workers:
            places = asyncio.Semaphore(AT_ONCE)
            await asyncio.gather(*(_accept(office, row, places) for row in range(number)))
            before_opening = closed.opens_at - time.time()
            assert before_opening > 0, "It opened before all were accepted: raise SECONDS_TO_ACCEPT."
            await asyncio.sleep(before_opening)
            spent = time.process_time()
            await _until_done(office, number)
            seconds, spent = time.time() - closed.opens_at, time.process_time() - spent
            told = [_told(worker) for worker in workers]
        calls = closed.calls + sum(one["calls"] for one in told)
        cpu = (spent + sum(one["cpu"] for one in told)) * 1000 / number
        told_of = f"{number / seconds:15.1f}{cpu:14.1f}{calls / number:13.1f}"
        print(f"{name:22}{number:11}{processes:12}{seconds:10.1f}{told_of}")
    finally:
        await office.aclose()


def _desk(url: str, closed: ClosedCity) -> Desk:
    cities = {HANGZHOU: city(HANGZHOU), HUANGSHAN: city(HUANGSHAN, card_temporary_loss=closed)}
    config = CooperationConfig(immediate_seconds=60)
    return Desk(Store(database_url(url)), TestSealer(), config, packaged_calendar(), city_clock, cities)


async def _accept(office: CooperationOffice, row: int, places: asyncio.Semaphore) -> None:
    async with places:
        await office.accept(card_intent(key=f"outage-{row:06}", card_number=f"H{row:08}"))


async def _until_done(office: CooperationOffice, number: int) -> None:
    statement = select(func.count()).select_from(OPERATIONS).where(OPERATIONS.c.state == "DONE")
    while await office.desk.store.transact(lambda connection: connection.execute(statement).scalar_one()) < number:  # noqa: ASYNC110  (it happens in other processes too)
        await asyncio.sleep(LOOK_SECONDS)


@contextmanager
def _workers(url: str, opens_at: float, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.benchmarks._outage", "worker", url, str(opens_at)]
    workers = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(count)
    ]
    yield workers
    for worker in workers:
        worker.communicate()


def _told(worker: subprocess.Popen[str]) -> dict[str, float]:
    """What a worker has counted: `calls`, and `cpu` seconds since the city opened."""
    told, _ = worker.communicate("stop\n")
    return dict(orjson.loads(told))


async def _work(url: str, opens_at: float) -> None:
    closed = ClosedCity(opens_at)
    office = await CooperationOffice.open(_desk(url, closed))
    await asyncio.sleep(max(0.0, opens_at - time.time()))
    spent = time.process_time()
    await asyncio.to_thread(sys.stdin.readline)
    print(orjson.dumps({"calls": closed.calls, "cpu": time.process_time() - spent}).decode(), flush=True)
    await office.aclose()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["worker", url, opens_at]:
            asyncio.run(_work(url, float(opens_at)))
        case numbers:
            main([int(number) for number in numbers] or DELIVERIES)
