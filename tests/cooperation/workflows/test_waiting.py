"""What an officer is kept waiting for once something is kept, without DBOS: the office's own part."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from cooperation.actions import Given
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.store import DatabaseUnavailable, Store
from cooperation.workflows import engine, office
from cooperation.workflows.office import CooperationOffice
from tests.cooperation.support.desks import CLERK, TestClock, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem, unavailable
from tests.cooperation.support.workflows import KnownWorkflows


@dataclass
class Stopwatch:
    """Stands still until it is moved."""

    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class LookingOffice(CooperationOffice):
    """Fails a test in which it looks more often than it may.

    Attributes:
        looks_left: how often it may still look what has become of an operation.
    """

    looks_left: int = field(init=False, default=1)

    async def operation(self, number: str) -> OperationRow:
        self.looks_left -= 1
        assert self.looks_left >= 0, "it is still waiting"
        return await CooperationOffice.operation(self, number)


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    watch = Stopwatch()
    monkeypatch.setattr(office, "monotonic", watch)
    return watch


def opened(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> LookingOffice:
    """An office whose engine takes first turns, and hands over to nobody."""
    KnownWorkflows(monkeypatch, {})
    monkeypatch.setattr(engine, "take_turn_now", lambda delivery_id: take_turn(desk, delivery_id))
    return LookingOffice(desk, "test", None, ())


async def test_what_the_first_turn_has_taken_is_not_waited_for_once_more(
    sqlite_store: Store, clock: TestClock, stopwatch: Stopwatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = ScriptedSystem()

    def write_slowly() -> None:
        # The read-back fails: the delivery stays under way.
        system.unreadable.append(unavailable())
        stopwatch.seconds += 60.0

    system.on_write = write_slowly
    desk = make_desk(sqlite_store, clock, system, immediate_seconds=60.0)
    told = await opened(desk, monkeypatch).accept(card_intent())
    assert (told.operation.state, system.effects) == ("DELIVERING", 1)


async def test_who_cannot_hand_over_what_was_accepted_says_that_it_was_accepted(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(), immediate_seconds=60.0)
    answering = opened(desk, monkeypatch)

    async def fail(*_: object) -> None:
        raise RuntimeError("no engine")

    monkeypatch.setattr(engine, "take_turn_now", fail)
    told = await answering.accept(card_intent())
    assert (told.operation.state, told.is_new) == ("ACCEPTED", True)


async def test_a_database_that_goes_away_after_the_commit_takes_nothing_back(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(), immediate_seconds=60.0)
    answering = opened(desk, monkeypatch)

    async def fail(*_: object) -> None:
        raise DatabaseUnavailable

    monkeypatch.setattr(engine, "take_turn_now", fail)
    monkeypatch.setattr(Store, "read", fail)
    told = await answering.accept(card_intent())
    assert (told.operation.state, told.is_new) == ("ACCEPTED", True)
    withdrawn = await answering.act(told.operation.number, "withdraw", CLERK, Given(reason="found again"))
    assert withdrawn.state == "WITHDRAWN"


async def test_an_engine_that_waits_for_its_database_keeps_no_caller_waiting(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(), immediate_seconds=0)
    answering, is_back = opened(desk, monkeypatch), asyncio.Event()
    begun: list[str] = []

    async def wait_for_the_database(owed: DeliveryRow) -> None:
        await is_back.wait()
        begun.append(owed.id)

    monkeypatch.setattr(engine, "start_delivery", wait_for_the_database)
    told = await answering.accept(card_intent())
    assert (told.operation.state, begun) == ("ACCEPTED", [])
    is_back.set()
    await asyncio.gather(*answering._beginnings)
    assert begun == [told.delivery_id]
