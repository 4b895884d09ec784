"""How long it is waited for what was sent and not answered, whoever lives to see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cooperation.delivery.decisions import SENDING_SECONDS
from cooperation.delivery.turn import take_turn
from cooperation.store.store import Store
from legacy_adapters.operations.outcomes import Outcome, Reason
from tests.cooperation.support.desks import TestClock, accepted, make_desk
from tests.cooperation.support.scripted import KNOWLEDGE, ScriptedSystem
from tests.cooperation.support.turns import DELIVERY, die_in_turn, operation

UNKNOWN = Outcome.unknown(Reason.TIMED_OUT)


async def test_the_time_to_settle_begins_when_the_write_is_broken_off(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    system.on_write = lambda: clock.forward(seconds=28)
    desk = make_desk(store, clock, system)
    await accepted(desk)
    pause = await take_turn(desk, DELIVERY)
    broke_off = clock.now
    system.on_write = lambda: None
    while len(system.references) < 2:
        clock.forward(seconds=pause or 0)
        pause = await take_turn(desk, DELIVERY)
    assert clock.now - broke_off == timedelta(seconds=KNOWLEDGE.settling_seconds)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        # Nobody knows when it was broken off: it had its time to be sent, to wait for a place, and to be answered.
        ("written", SENDING_SECONDS + KNOWLEDGE.longest_seconds + KNOWLEDGE.settling_seconds),
        ("kept", KNOWLEDGE.settling_seconds),
    ],
)
async def test_what_a_dead_process_has_sent_is_waited_for_as_long_as_it_may_be_on_its_way(
    store: Store, clock: TestClock, step: str, seconds: float
) -> None:
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    start = clock.now
    await die_in_turn(desk, step)
    while len(system.references) < 2:
        clock.forward(seconds=await take_turn(desk, DELIVERY) or 0)
    assert clock.now - start == timedelta(seconds=seconds)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_what_has_become_too_late_while_it_was_looked_at_is_not_sent(store: Store, clock: TestClock) -> None:
    """The process stood still in between, or its clock had been behind."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)

    def stand_still(step: str) -> None:
        if step == "observed":
            clock.forward(hours=25)

    assert await take_turn(desk, DELIVERY, stand_still) is None
    assert ((await operation(desk)).state, system.references) == ("EXPIRED", [])


async def test_what_was_written_down_too_long_ago_is_not_sent_any_more(store: Store, clock: TestClock) -> None:
    """The process stood still in between: whoever has taken over holds the attempt for void some time."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)

    def stand_still(step: str) -> None:
        if step == "begun":
            clock.forward(seconds=SENDING_SECONDS + 1)

    pause = await take_turn(desk, DELIVERY, stand_still)
    assert ((await operation(desk)).state, system.references, pause) == ("WAITING", [], 2)
    clock.forward(seconds=pause)
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)
