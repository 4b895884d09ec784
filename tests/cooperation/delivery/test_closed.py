"""A city that says it is closed when it is read: it is asked again when it opens, and not before."""

from __future__ import annotations

from datetime import datetime

import pytest

from cooperation.delivery.turn import take_turn
from cooperation.store.store import Store
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.errors import SystemInMaintenance
from legacy_adapters.operations.outcomes import Outcome, Reason
from tests.cooperation.support.desks import TestClock, accepted, make_desk
from tests.cooperation.support.scripted import ScriptedSystem
from tests.cooperation.support.turns import DELIVERY, delivery, operation

OPENS = datetime(2026, 10, 31, 6, 0, tzinfo=CITY_ZONE)


def in_maintenance(until: datetime | None = OPENS) -> SystemInMaintenance:
    error = SystemInMaintenance("scripted", "341000", "the service says that it is closed")
    error.closed_until = None if until is None else until.isoformat()
    return error


@pytest.fixture
def clock() -> TestClock:
    return TestClock(datetime(2026, 10, 30, 22, 31, tzinfo=CITY_ZONE))


async def test_what_is_closed_when_it_is_looked_at_is_looked_at_when_it_opens(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(unreadable=[in_maintenance()])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    assert await take_turn(desk, DELIVERY) == (OPENS - clock.now).total_seconds()
    waiting = await delivery(desk)
    assert ((await operation(desk)).state, waiting.reason, waiting.not_before) == ("WAITING", "MAINTENANCE", OPENS)
    clock.now = OPENS
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_a_city_that_does_not_say_when_it_opens_is_asked_after_growing_pauses(
    sqlite_store: Store, clock: TestClock
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(unreadable=[in_maintenance(None)] * 3))
    await accepted(desk)
    assert [await take_turn(desk, DELIVERY) for _ in range(3)] == [2, 4, 8]


async def test_what_was_sent_before_it_closed_is_read_back_when_it_opens(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[Outcome.unknown(Reason.TIMED_OUT)])
    system.on_write = lambda: system.unreadable.append(in_maintenance())
    desk = make_desk(store, clock, system)
    await accepted(desk)
    assert await take_turn(desk, DELIVERY) == (OPENS - clock.now).total_seconds()
    assert (await operation(desk)).state == "DELIVERING"
    clock.now = OPENS
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, len(system.references)) == ("DONE", 1)
