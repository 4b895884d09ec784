"""Several processes on one PostgreSQL database: they share the work and take over from one that is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from cooperation.store.operations import read_operation
from cooperation.store.store import Store, database_url
from cooperation.store.tables import OPERATIONS

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("dbos")]

ROOT = Path(__file__).parents[3]


class Worker:
    """One process of `worker.py`."""

    def __init__(self, url: str, folder: Path, fatal_step: str = "-") -> None:
        command = [sys.executable, "-m", "tests.cooperation.workflows.worker", url, str(folder), fatal_step]
        self.process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def accept(self, key: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{key}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@pytest.fixture
def start(postgresql_url: str, tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def start_worker(fatal_step: str = "-") -> Worker:
        workers.append(Worker(postgresql_url, tmp_path, fatal_step))
        workers[-1].wait_until_ready()
        return workers[-1]

    yield start_worker
    for worker in workers:
        worker.process.kill()
        worker.process.communicate()


def wait_until(condition: Callable[[], bool], seconds: float = 40.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it does not come about"
        time.sleep(0.1)


@pytest.mark.parametrize("step", ["begun", "written"])
def test_a_living_process_ends_what_a_killed_one_began(
    start: Callable[..., Worker], postgresql_url: str, tmp_path: Path, step: str
) -> None:
    doomed = start(step)
    doomed.accept("key-H00000001")  # it may die before it answers
    assert doomed.process.wait(20) == -9
    store = Store(database_url(postgresql_url))
    number = store.transact_now(lambda connection: connection.execute(select(OPERATIONS.c.number)).scalar_one())
    start()
    wait_until(lambda: store.transact_now(lambda c: read_operation(c, number)).state == "DONE", 60)
    store.close()
    assert len((tmp_path / "H00000001").read_text().splitlines()) == 1


def test_processes_share_the_work(start: Callable[..., Worker], tmp_path: Path) -> None:
    first, _ = start(), start()
    numbers = count()

    def accept_one() -> str:
        card = f"H{next(numbers):08}"
        first.accept(f"key-{card}")
        time.sleep(0.05)  # a queue gives all it has to whoever asks: both are to ask while there is something
        return card

    deadline = time.monotonic() + 40
    early: list[str] = []
    while len(who_worked(tmp_path)) < 2:  # one of them may have begun to ask much later
        assert time.monotonic() < deadline, "one does all"
        early.append(accept_one())
    cards = [accept_one() for _ in range(24)]
    # A file is there before its line is.
    wait_until(lambda: sum(bool(file.read_text()) for file in tmp_path.iterdir()) == len(early) + len(cards))
    lines = [(tmp_path / card).read_text().split() for card in early + cards]
    assert all(len(line) == 2 for line in lines), "each card was lost once"
    assert len({process for _, process in lines[len(early) :]}) == 2


def who_worked(folder: Path) -> set[str]:
    """The processes that have written."""
    return {line.split()[1] for file in folder.iterdir() for line in file.read_text().splitlines()}
