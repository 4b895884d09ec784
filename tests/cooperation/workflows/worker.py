"""A process that works on operations of a shared database; the city's system is a folder with a file per card.

Arguments: the database's address, the folder, and a step at which it kills itself the first time, or `-`. It prints
`ready`, then takes idempotency keys from standard input, one a line, and accepts a loss of a card for each.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cooperation.store.store import Store, database_url
from cooperation.workflows import executors
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Observation, Outcome, Standing
from tests.cooperation.support.desks import card_intent, make_desk
from tests.cooperation.support.scripted import KNOWLEDGE, PROVENANCE


class FolderSystem:
    """Each write appends a line to the card's file."""

    knowledge = replace(KNOWLEDGE, longest_seconds=1, settling_seconds=4)

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def observe(self, command: Any) -> Observation:
        is_lost = (self._folder / command.card_number).exists()
        return Observation(Standing.IN_EFFECT if is_lost else Standing.OPEN, None, PROVENANCE)

    async def write(self, command: Any, reference: str) -> Outcome:
        with (self._folder / command.card_number).open("a") as file:
            file.write(f"{reference} {os.getpid()}\n")
        await asyncio.sleep(0.05)
        return Outcome.done("00")


async def main(url: str, folder: str, fatal_step: str) -> None:
    executors.LEASE_SECONDS = 3.0

    def on_step(name: str) -> None:
        if name == fatal_step:
            os.kill(os.getpid(), signal.SIGKILL)

    desk = make_desk(Store(database_url(url)), city_clock, FolderSystem(Path(folder)), immediate_seconds=0)
    office = await CooperationOffice.open(desk, on_step)
    print("ready", flush=True)
    while key := (await asyncio.to_thread(sys.stdin.readline)).strip():
        told = await office.accept(card_intent(key=key, card_number=key[-9:]))
        print(told.operation.number, flush=True)
    await office.aclose()


asyncio.run(main(*sys.argv[1:]))
