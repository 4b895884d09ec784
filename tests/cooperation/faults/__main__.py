"""`python -m tests.cooperation.faults SEED COUNT` makes runs and prints what they came to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from cooperation.store.store import database_url
from tests.cooperation.conftest import POSTGRESQL
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases, SqliteFiles, empty
from tests.cooperation.faults.matrix import all_cases, run_case
from tests.cooperation.faults.processes import DEATHS, ProcessRun, warm_up
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import FailingStore
from tests.cooperation.faults.simulation import Simulation

OneRun: TypeAlias = Callable[[FailingStore, int], Report]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cooperation.faults", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1, help="how many runs at once")
    parser.add_argument("--matrix", action="store_true", help="every write, fault and boundary; SEED is the first")
    parser.add_argument("--kill", action="store_true", help="real workers and SIGKILL, some ten seconds a run")
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    make = _killed_runs if arguments.kill else _runs
    one = one_case if arguments.matrix else one_run
    failed = [make(kind, arguments.seed, arguments.count, arguments.processes, one) for kind in kinds]
    sys.exit(1 if any(failed) else 0)


def _runs(kind: str, seed: int, count: int, processes: int, one: OneRun) -> int:
    started, reports = time.monotonic(), []
    chunks = [(kind, seed + first, len(range(first, count, processes)), processes, one) for first in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(_chunk, chunks):
            reports += found
    _print(kind, reports, time.monotonic() - started)
    return sum(bool(report.violations) for report in reports)


def _killed_runs(kind: str, seed: int, count: int, at_once: int, _one: OneRun) -> int:
    started = time.monotonic()
    with _folder() as folder:
        databases = open_databases(kind, Path(folder))
        try:
            reports = asyncio.run(_kill(databases, Path(folder), range(seed, seed + count), at_once))
        finally:
            databases.close()
    _print(kind, reports, time.monotonic() - started)
    met = {name for report in reports for name in report.faults}
    print("steps at which none died: " + (", ".join(step for step in DEATHS if f"killed: {step}" not in met) or "none"))
    return sum(bool(report.violations) for report in reports)


async def _kill(databases: Databases, folder: Path, seeds: Iterable[int], at_once: int) -> list[Report]:
    await warm_up(databases, folder)
    places = asyncio.Semaphore(at_once)

    async def one(seed: int) -> Report:
        async with places:
            own = folder / f"run-{seed}"
            own.mkdir()
            report = await ProcessRun(str(seed), databases, own).run()
            _tell(report)
            return report

    return await asyncio.gather(*map(one, seeds))


def _chunk(chunk: tuple[str, int, int, int, OneRun]) -> list[Report]:
    kind, first, count, step, one = chunk
    with _folder() as folder:
        databases = open_databases(kind, Path(folder))
        try:
            with opened_store(databases) as store:
                return [one(store, first + index * step) for index in range(count)]
        finally:
            databases.close()


@contextmanager
def opened_store(databases: Databases) -> Iterator[FailingStore]:
    """One database, in which runs follow each other; compiled statements are kept with it."""
    url = databases.new()
    store = FailingStore(database_url(url))
    try:
        yield store
    finally:
        store.close()
        databases.drop(url)


def _folder() -> tempfile.TemporaryDirectory[str]:
    shared_memory = Path("/dev/shm")  # runs write much and keep nothing
    return tempfile.TemporaryDirectory(dir=shared_memory if shared_memory.is_dir() else None)


def open_databases(kind: str, folder: Path) -> Databases:
    return SqliteFiles(folder) if kind == "sqlite" else PostgresqlDatabases(os.environ[POSTGRESQL])


def one_run(store: FailingStore, seed: int) -> Report:
    """A random one."""
    return _run(store, lambda folder: Simulation(str(seed), store, folder).run())


def one_case(store: FailingStore, number: int) -> Report:
    """One of the matrix, from its beginning again after its end."""
    known = all_cases()
    return _run(store, lambda folder: run_case(known[number % len(known)], store, folder))


def _run(store: FailingStore, run: Callable[[Path], Coroutine[None, None, Report]]) -> Report:
    empty(store)
    with _folder() as folder:
        report = asyncio.run(run(Path(folder)))
    _tell(report)
    return report


def _tell(report: Report) -> None:
    for violation in report.violations:
        print(f"seed {report.seed}: {violation}", flush=True)


def _print(kind: str, reports: list[Report], seconds: float) -> None:
    faults: Counter[str] = sum((report.faults for report in reports), Counter())
    states: Counter[str] = sum((report.states for report in reports), Counter())
    failed = [report.seed for report in reports if report.violations]
    print(f"{kind}: {len(reports)} runs in {seconds:.0f} s ({sum(one.seconds for one in reports) / len(reports):.2f} s")
    print(f"each), {sum(one.turns for one in reports)} turns, {len(failed)} runs with violations {failed[:20]}")
    print("operations: " + ", ".join(f"{state} {number}" for state, number in sorted(states.items())))
    for name, number in sorted(faults.items()):
        print(f"  {name:45} {number:6}")


if __name__ == "__main__":
    main()
