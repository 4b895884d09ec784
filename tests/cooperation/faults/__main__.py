"""`python -m tests.cooperation.faults SEED COUNT` makes runs and prints what they came to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.cooperation.conftest import POSTGRESQL
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases, SqliteFiles
from tests.cooperation.faults.simulation import Report, Simulation


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cooperation.faults", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")
    parser.add_argument("--processes", type=int, default=1)
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    failed = [_runs(kind, arguments.seed, arguments.count, arguments.processes) for kind in kinds]
    sys.exit(1 if any(failed) else 0)


def _runs(kind: str, seed: int, count: int, processes: int) -> int:
    started, reports = time.monotonic(), []
    chunks = [(kind, seed + first, len(range(first, count, processes)), processes) for first in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(_chunk, chunks):
            reports += found
    _print(kind, reports, time.monotonic() - started)
    return sum(bool(report.violations) for report in reports)


def _chunk(chunk: tuple[str, int, int, int]) -> list[Report]:
    kind, first, count, step = chunk
    shared_memory = Path("/dev/shm")  # runs write much and keep nothing
    with tempfile.TemporaryDirectory(dir=shared_memory if shared_memory.is_dir() else None) as folder:
        databases = open_databases(kind, Path(folder))
        try:
            return [one_run(databases, str(first + index * step)) for index in range(count)]
        finally:
            databases.close()


def open_databases(kind: str, folder: Path) -> Databases:
    return SqliteFiles(folder) if kind == "sqlite" else PostgresqlDatabases(os.environ[POSTGRESQL])


def one_run(databases: Databases, seed: str) -> Report:
    url = databases.new()
    try:
        with tempfile.TemporaryDirectory() as folder:
            report = asyncio.run(Simulation(seed, url, Path(folder)).run())
    finally:
        databases.drop(url)
    for violation in report.violations:
        print(f"seed {seed}: {violation}", flush=True)
    return report


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
