"""Two processes on one PostgreSQL database whose own clocks differ: neither holds the other's work for long past."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from cooperation.configuration import CooperationConfig
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.store.clock import open_clock
from cooperation.store.migrate import migrate
from cooperation.store.store import Store, database_url
from cooperation.workflows.executors import register_executor
from cooperation.workflows.sweep import Sweeper
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Outcome
from subgraphs.cooperation import command
from subgraphs.cooperation.command import Start, open_desk
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.support.desks import accepted, make_desk
from tests.cooperation.support.scripted import KNOWLEDGE, ScriptedSystem
from tests.cooperation.support.turns import DELIVERY, operation
from tests.cooperation.support.workflows import KnownWorkflows

pytestmark = pytest.mark.servers

OFF = [-45, 45]


@pytest.fixture
def shared_store(postgresql_url: str) -> Iterator[Store]:
    store = Store(database_url(postgresql_url))
    migrate(store)
    yield store
    store.close()


async def desk_of(store: Store, system: ScriptedSystem, ahead: float = 0) -> Desk:
    """A process's desk, whose own clock is ahead by so many seconds."""
    clock = await open_clock(store, lambda: city_clock() + timedelta(seconds=ahead))
    return make_desk(store, clock, system)


class SlowSystem(ScriptedSystem):
    """Its first write is on its way until the test lets it arrive."""

    # With what is reckoned for a death, less than the clocks are apart.
    knowledge = replace(KNOWLEDGE, longest_seconds=2, settling_seconds=10)

    def __init__(self) -> None:
        super().__init__()
        self.knowledge = SlowSystem.knowledge
        self.is_on_its_way, self.arrives = asyncio.Event(), asyncio.Event()

    async def write(self, command: Any, reference: str) -> Outcome:
        if not self.is_on_its_way.is_set():
            self.is_on_its_way.set()
            await self.arrives.wait()
        return await super().write(command, reference)


@pytest.mark.parametrize("ahead", OFF)
async def test_what_one_process_has_just_sent_another_one_does_not_send_again(
    shared_store: Store, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    known, system = KnownWorkflows(monkeypatch, {}), SlowSystem()
    one, other = await desk_of(shared_store, system), await desk_of(shared_store, system, ahead)
    await accepted(one)
    turn = asyncio.create_task(take_turn(one, DELIVERY))
    await system.is_on_its_way.wait()
    await Sweeper(other, "other").sweep()
    assert known.started == [], "it is not due yet"
    for _ in range(2):
        pause = await take_turn(other, DELIVERY)
        assert pause is not None
        assert 0 < pause <= 1, "it is looked for again"
    system.arrives.set()
    assert await turn is None
    assert ((await operation(one)).state, system.effects, len(system.references)) == ("DONE", 1, 1)


async def test_the_served_desk_goes_by_the_database_s_clock(
    shared_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "city_clock", lambda: city_clock() + timedelta(hours=3))
    start = Start((), Path(), CooperationConfig(), "", PlatformKeys(bytes(range(64))), "127.0.0.1", 0)
    desk = await open_desk(start, shared_store, {})
    assert abs(desk.clock() - city_clock()) < timedelta(minutes=1), "the test's database is on this machine, or right"


@pytest.mark.parametrize("ahead", OFF)
async def test_a_living_process_is_not_taken_for_dead(
    shared_store: Store, monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    known, system = KnownWorkflows(monkeypatch, {}), ScriptedSystem()
    one, other = await desk_of(shared_store, system), await desk_of(shared_store, system, ahead)
    for name, desk in (("one", one), ("other", other)):
        await shared_store.transact(lambda c, n=name, d=desk: register_executor(c, n, d.clock(), is_alone=False))
    sweepers = Sweeper(one, "one"), Sweeper(other, "other")
    for _ in range(2):
        for sweeper in sweepers:
            await sweeper.sweep()
    assert known.taken_over == [None, None], "each has looked once for what nobody remembers, and nobody is dead"
