"""CPU of this process for a write between its pre-read and its read-back, the sandbox in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import uvloop

from legacy_adapters.configuration import read_city_config
from legacy_adapters.operations.commands import CardCommand
from legacy_adapters.operations.outcomes import OutcomeKind
from legacy_adapters.registry import open_city, open_operations
from legacy_adapters.sandbox.clock import city_clock
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.legacy_adapters.support.cities import CITIES

ROUNDS = 300
PORTS = ("--admin-port", "--hangzhou-core-port", "--huangshan-card-port", "--huangshan-injury-port")
SANDBOX = (sys.executable, "-c", "from legacy_adapters.sandbox.command import sandbox; sandbox()")
CARDS = {"hangzhou": "A00000019", "huangshan": "H00000001"}


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        free = [part for option in PORTS for part in (option, "0")]
        arguments = (*SANDBOX, "--people", "100", "--state-directory", folder, *free)
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            environment = _locations(process, Path(folder))
            print("CPU µs                  pre-read    write  read-back")
            for slug in CARDS:
                uvloop.run(_measure(slug, environment))
        finally:
            process.terminate()
            process.wait()


def _locations(process: subprocess.Popen[str], folder: Path) -> dict[str, str]:
    assert process.stdout is not None
    found = {}
    for line in process.stdout:
        if line.startswith("Sandbox ready"):
            break
        name, location = line.split()[:2]
        url = location if "://" in location else f"sqlite:///{folder / Path(location).name}"
        found[f"BUREAUGRAPH_{name.upper()}_URL"] = url
    return found


async def _measure(slug: str, environment: dict[str, str]) -> None:
    config = read_city_config(CITIES / f"{slug}.yaml", environment)
    city = await open_city(config, city_clock(date.today()))  # noqa: DTZ011  (the sandbox's day)
    operations = open_operations(config, city)
    command = CardCommand(CARDS[slug], ZHANG_SAN, "张三")
    spent = [0.0, 0.0, 0.0]
    try:
        for number in range(ROUNDS):
            write = (operations.card_temporary_loss, operations.card_release)[number % 2]
            assert write is not None
            started = time.process_time()
            await write.observe(command)
            observed = time.process_time()
            outcome = await write.write(command, f"benchmark-{number}")
            written = time.process_time()
            await write.observe(command)
            spent = [
                total + step
                for total, step in zip(
                    spent, (observed - started, written - observed, time.process_time() - written), strict=True
                )
            ]
            assert outcome.kind is OutcomeKind.DONE, outcome
    finally:
        await city.aclose()
    print(f"{slug:22} {'  '.join(f'{total / ROUNDS * 1e6:9.0f}' for total in spent)}")
