"""Our own share of a synchronous loss report: from the mutation to its answer in effect, less the city's own time.

Afterwards the same for what was accepted while a city was closed (`_outage.py`).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any

from cooperation.calendar.working_days import packaged_calendar
from cooperation.configuration import CooperationConfig
from cooperation.desk import Desk
from cooperation.store.store import Store, database_url
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Observation, Outcome, Standing
from subgraphs.cooperation.app import CooperationSubgraph
from subgraphs.cooperation.schema import COOPERATION
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.contract import read_contract
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.subgraph import SubgraphSchema
from tests.benchmarks import _outage
from tests.cooperation.conftest import POSTGRESQL
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases, SqliteFiles
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE, city
from tests.subgraphs.conftest import CONTRACTS

REPORTS = 200
AT_ONCE = (1, 8)
CALL_SECONDS = 0.02
"""What the city takes for each of the three calls."""
LOSS = "mutation($input: CardServiceInput!) { reportTemporaryLoss(input: $input) { effect errors { code } } }"


class SlowCity:
    """A card's loss is so once it was written; each call is timed, for it is not our share."""

    knowledge = KNOWLEDGE

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._lost: set[str] = set()

    async def observe(self, command: Any) -> Observation:
        standing = Standing.IN_EFFECT if command.card_number in self._lost else Standing.OPEN
        await self._take_time(command)
        return Observation(standing, None, PROVENANCE)

    async def write(self, command: Any, _reference: str) -> Outcome:
        self._lost.add(command.card_number)
        await self._take_time(command)
        return Outcome.done("00")

    async def _take_time(self, command: Any) -> None:
        started = time.perf_counter()
        await asyncio.sleep(CALL_SECONDS)
        self.seconds[command.card_number] += time.perf_counter() - started


def main() -> None:
    """Print the table; PostgreSQL where the tests' variable names a server."""
    print("ms                    reports at once    p50    p95    max   reports/s   CPU")
    with tempfile.TemporaryDirectory() as folder:
        kinds: list[Databases] = [SqliteFiles(Path(folder))]
        with suppress(KeyError):
            kinds.append(PostgresqlDatabases(os.environ[POSTGRESQL]))
        for databases in kinds:
            url = databases.new()
            asyncio.run(_measure(databases.name, url))
            databases.drop(url)
            databases.close()
    print()
    _outage.main()


async def _measure(name: str, url: str) -> None:
    slow, keys = SlowCity(), PlatformKeys(bytes(range(64)))
    cities = {HANGZHOU: city(HANGZHOU), HUANGSHAN: city(HUANGSHAN, card_temporary_loss=slow)}
    store, config = Store(database_url(url)), CooperationConfig(immediate_seconds=60)
    desk = Desk(store, PlatformSealer(keys), config, packaged_calendar(), city_clock, cities)
    office = await CooperationOffice.open(desk)
    schema = SubgraphSchema(COOPERATION, read_contract(CONTRACTS, COOPERATION.name))
    subgraph = CooperationSubgraph(schema, office, keys, city_clock)
    try:
        await _report(subgraph, slow, 0)
        for at_once in AT_ONCE:
            places = asyncio.Semaphore(at_once)
            started, spent = time.perf_counter(), time.process_time()
            first = at_once * 10_000
            shares = await asyncio.gather(
                *(_report_in_turn(subgraph, slow, first + number, places) for number in range(REPORTS))
            )
            rate = REPORTS / (time.perf_counter() - started)
            shares = sorted(share * 1000 for share in shares)
            cpu = (time.process_time() - spent) * 1000 / REPORTS
            p95 = shares[int(REPORTS * 0.95)]
            median = statistics.median(shares)
            print(f"{name:22}{at_once:15}{median:7.0f}{p95:7.0f}{shares[-1]:7.0f}{rate:12.1f}{cpu:6.0f}")
    finally:
        await office.aclose()


async def _report_in_turn(
    subgraph: CooperationSubgraph, slow: SlowCity, number: int, places: asyncio.Semaphore
) -> float:
    async with places:
        return await _report(subgraph, slow, number)


async def _report(subgraph: CooperationSubgraph, slow: SlowCity, number: int) -> float:
    """Our seconds of one report."""
    card = f"H{number:08}"
    given = {
        "idempotencyKey": f"benchmark-{number:08}",
        "officer": {"id": "1001", "city": HANGZHOU, "office": "CARD_CENTRE", "duty": "HANDLER"},
        "issuingCity": HUANGSHAN,
        "cardNumber": card,
        "idNumber": "330199195805120015",
        "name": "张三",
    }
    started = time.perf_counter()
    response = await subgraph.execute(LOSS, {"input": given})
    whole = time.perf_counter() - started
    assert response["data"] == {"reportTemporaryLoss": {"effect": "IN_EFFECT", "errors": []}}, response
    return whole - slow.seconds[card]
