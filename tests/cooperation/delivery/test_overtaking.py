"""Workers that are overtaken, or die where it could mislead their successor; `tests.cooperation.faults` found each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import end_late, take_turn
from cooperation.desk import Desk
from cooperation.errors import TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.store import queries
from cooperation.store.deliveries import read_last_attempt, read_open_deliveries
from cooperation.store.rows import TaskRow
from cooperation.store.store import Store
from cooperation.store.tables import CHANGES, DELIVERIES
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, HUANGSHAN, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import CardWish, ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery, die_in_turn, operation, run

UNKNOWN = Outcome.unknown(Reason.TIMED_OUT)
LOSS = "S330100-2026-000002"


async def tasks_of(desk: Desk, number: str) -> Sequence[TaskRow]:
    return (await desk.store.read(lambda connection: queries.tasks_of(connection, [number])))[number]


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Outcome.not_now(Reason.BUSY), "DONE"), (Outcome.refused(Reason.STATE_FORBIDS, "E4001"), "REFUSED")],
)
async def test_a_death_between_an_answer_and_its_conclusion_leaves_the_conclusion_to_the_next_turn(
    store: Store, clock: TestClock, answer: Outcome, state: str
) -> None:
    system = ScriptedSystem(answers=[answer], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    await die_in_turn(desk, "kept")
    await run(desk, clock)
    assert (await operation(desk)).state == state


async def test_an_earlier_operation_on_a_card_goes_first_though_it_was_handed_over_later(
    store: Store, clock: TestClock
) -> None:
    """The process that accepted it died before it handed it over; the later one came to the front of the line."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    earlier = await accepted(desk, card_intent(key="key-earlier"))
    clock.forward(seconds=1)
    later = await accepted(desk, card_intent(OperationKind.RELEASE, key="key-later"))
    assert earlier.delivery_id is not None
    assert later.delivery_id is not None
    assert await take_turn(desk, later.delivery_id) is None
    aside = await delivery(desk, later.operation.number)
    assert (aside.state, aside.run, system.references) == ("OPEN", 2, [])
    await run(desk, clock, earlier.delivery_id)
    system.standing = Standing.OPEN
    await run(desk, clock, later.delivery_id)
    assert system.references == [earlier.delivery_id, later.delivery_id]


async def test_a_card_that_was_lost_and_found_again_is_not_lost_though_the_clock_was_put_back_in_between(
    store: Store, clock: TestClock
) -> None:
    """As when two processes accept, and the clock of one is ahead."""
    lost: set[str] = set()
    systems = {"card_temporary_loss": CardWish(lost=lost), "card_release": CardWish(lost=lost, is_loss=False)}
    desk = make_desk(store, clock, systems)
    loss = await accepted(desk, card_intent(key="key-loss"))
    clock.forward(hours=-1)
    release = await accepted(desk, card_intent(OperationKind.RELEASE, key="key-release"))
    assert await take_turn(desk, release.delivery_id or "") is None
    await run(desk, clock, loss.delivery_id or "")
    await run(desk, clock, release.delivery_id or "")
    assert (lost, systems["card_release"].effects) == (set(), 1)


async def test_what_stands_behind_a_clock_that_was_ahead_is_due_by_its_own(store: Store, clock: TestClock) -> None:
    """Else nobody would look for it, if whoever accepted it has died."""
    desk = make_desk(store, clock, ScriptedSystem())
    await accepted(desk, card_intent(key="key-ahead"))
    clock.forward(hours=-1)
    behind = await accepted(desk, card_intent(key="key-behind"))
    due = await store.read(lambda connection: read_open_deliveries(connection, clock.now))
    assert [one.id for one in due] == [behind.delivery_id]


async def test_what_is_accepted_at_once_stands_in_line_in_the_order_of_the_change_feed(
    store: Store, clock: TestClock
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    intents = [card_intent(key=f"key-{number:04}") for number in range(12)]
    clerks = (CLERK, replace(CLERK, city=HUANGSHAN))
    await asyncio.gather(
        *(accepted(desk, replace(one, officer=clerks[place % 2])) for place, one in enumerate(intents))
    )
    statement = select(DELIVERIES.c.operation_number).order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
    in_line = await store.read(lambda connection: connection.execute(statement).scalars().all())
    told = select(CHANGES.c.operation_number).order_by(CHANGES.c.cursor)
    assert in_line == await store.read(lambda connection: connection.execute(told).scalars().all())


@pytest.mark.parametrize("end", [take_turn, end_late])
async def test_what_is_too_late_to_be_sent_waits_for_nothing_before_it_on_its_card(
    sqlite_store: Store, clock: TestClock, end: Callable[[Desk, str], Awaitable[float | None]]
) -> None:
    """Nothing is sent of it, so nothing is overtaken; and whoever is to be told by telephone hears of it in time."""
    system = ScriptedSystem(unreadable=[unavailable()] * 9)
    desk = make_desk(sqlite_store, clock, system)
    release = await accepted(desk, card_intent(OperationKind.RELEASE, key="key-release"))
    loss = await accepted(desk, card_intent(key="key-loss"))
    assert (release.delivery_id, loss.delivery_id) == (f"{OPERATION}-1", f"{LOSS}-1")
    clock.forward(hours=24)
    assert await end(desk, f"{LOSS}-1") is None
    assert [(await operation(desk, number)).state for number in (OPERATION, LOSS)] == ["ACCEPTED", "EXPIRED"]
    assert [(task.kind, task.reason) for task in (await tasks_of(desk, LOSS))] == [("TELEPHONE", "UNREACHABLE")]
    assert system.references == []


async def test_nothing_else_is_ended_for_being_late(sqlite_store: Store, clock: TestClock) -> None:
    """What is not late, or was sent and has its own end, is left to its own turn."""
    system = ScriptedSystem(answers=[UNKNOWN])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk, card_intent(OperationKind.RELEASE))
    await end_late(desk, DELIVERY)
    assert (await operation(desk)).state == "ACCEPTED"
    await die_in_turn(desk, "kept")
    clock.forward(days=30)
    assert await end_late(desk, DELIVERY) is None
    assert (await operation(desk)).state == "DELIVERING"
    await run(desk, clock)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_a_worker_that_was_overtaken_while_it_looked_concludes_nothing(store: Store, clock: TestClock) -> None:
    """Else what is on its way would count as waiting, and could be withdrawn."""
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    observe, is_first = system.observe, True

    async def observe_slowly(command: Any) -> Any:
        nonlocal is_first
        if is_first:
            is_first = False
            await take_turn(desk, DELIVERY)
            raise unavailable()
        return await observe(command)

    system.observe = observe_slowly
    assert await take_turn(desk, DELIVERY) is None
    assert (await operation(desk)).state == "DELIVERING"
    with pytest.raises(TransitionRefused):
        await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="a mistake"))
    await run(desk, clock)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_an_answer_that_comes_when_its_fate_is_known_leaves_the_attempt_over(
    store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    write = system.write

    async def answer_slowly(command: Any, reference: str) -> Outcome:
        outcome = await write(command, reference)
        await take_turn(desk, DELIVERY)
        return outcome

    system.write = answer_slowly
    await take_turn(desk, DELIVERY)
    attempt = await store.transact(lambda connection: read_last_attempt(connection, DELIVERY))
    assert attempt is not None
    assert ((await operation(desk)).state, attempt.is_over, system.effects) == ("DONE", True, 1)
