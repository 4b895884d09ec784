"""What a sweep finds; what the engine knows is given."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import pytest

from cooperation.delivery.turn import end_late
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store import deliveries
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import DatabaseUnavailable, Store
from cooperation.workflows import engine, sweep
from cooperation.workflows.engine import WorkflowState
from cooperation.workflows.executors import (
    dead_executors,
    leave,
    living_executors,
    register_executor,
)
from cooperation.workflows.sweep import Sweeper
from tests.cooperation.support.desks import TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem
from tests.cooperation.support.turns import delivery, operation
from tests.cooperation.support.workflows import KnownWorkflows


async def test_what_nobody_has_begun_is_found_behind_however_much_that_waits_in_line(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MAX_DUE", 2)
    monkeypatch.setattr(sweep, "MAX_DUE", 2)
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    told = [(await accepted(desk, card_intent(key=f"key-{n:04}"))).delivery_id or "" for n in range(5)]
    clock.forward(minutes=1)
    known = KnownWorkflows(monkeypatch, dict.fromkeys(told[:-1], WorkflowState("ENQUEUED", None)))
    sweeper = Sweeper(desk, "test")
    for _ in range(3):
        assert known.started == []
        await sweeper.sweep()
    assert known.started == [f"{told[-1]}-run-1"]
    for _ in range(3):
        await sweeper.sweep()
    assert known.started == [f"{told[-1]}-run-1"] * 2, "it begins from the beginning again"


@pytest.mark.parametrize(
    ("status", "taken_before", "due_before", "is_stuck"),
    [
        ("PENDING", 700, 700, True),
        ("PENDING", 10, 700, False),
        ("PENDING", 700, 10, False),
        ("ENQUEUED", None, 700, False),
    ],
)
async def test_a_workflow_is_stuck_that_has_not_taken_its_turn_since_it_was_due_and_could(  # noqa: PLR0917  (a row of the table, and fixtures)
    sqlite_store: Store,
    clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    taken_before: int | None,
    due_before: int,
    is_stuck: bool,
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    told = (await accepted(desk)).delivery_id or ""
    clock.forward(seconds=due_before)
    taken_at = None if taken_before is None else clock.now - timedelta(seconds=taken_before)
    known = KnownWorkflows(monkeypatch, {told: WorkflowState(status, taken_at)})
    await Sweeper(desk, "test").sweep()
    assert (known.given_up, known.started) == (([f"{told}-run-1"], [f"{told}-run-2"]) if is_stuck else ([], []))


@pytest.mark.parametrize(
    ("status", "hours", "state"),
    [("ENQUEUED", 25, "EXPIRED"), ("ENQUEUED", 23, "ACCEPTED"), ("PENDING", 25, "ACCEPTED")],
)
async def test_what_becomes_too_late_in_its_line_is_ended_there(  # noqa: PLR0917  (a row of the table, and fixtures)
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch, status: str, hours: int, state: str
) -> None:
    """Who is at the front of its line has its own turn."""
    system = ScriptedSystem()
    desk = make_desk(sqlite_store, clock, system)
    release = (await accepted(desk, card_intent(OperationKind.RELEASE, key="key-release"))).delivery_id or ""
    loss = await accepted(desk, card_intent(key="key-loss"))
    clock.forward(hours=hours)
    states = {release: WorkflowState("PENDING", clock.now), loss.delivery_id or "": WorkflowState(status, clock.now)}
    known = KnownWorkflows(monkeypatch, states)
    monkeypatch.setattr(engine, "end_late_now", partial(end_late, desk))
    await Sweeper(desk, "test").sweep()
    assert (await operation(desk, loss.operation.number)).state == state
    assert (known.started, known.given_up, system.references) == ([], [], [])


async def test_what_has_ended_since_it_was_read_is_not_begun_anew(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workflow that ends between the two looks, at the delivery and at DBOS, has done its work."""
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    told = (await accepted(desk)).delivery_id or ""
    clock.forward(minutes=1)
    known = KnownWorkflows(monkeypatch, {told: WorkflowState("SUCCESS", clock.now)})
    ask = known.workflow_states

    async def settle_meanwhile(owed: Sequence[DeliveryRow]) -> dict[str, WorkflowState]:
        await sqlite_store.transact(lambda connection: deliveries.update_delivery(connection, told, state="DONE"))
        return await ask(owed)

    monkeypatch.setattr(engine, "workflow_states", settle_meanwhile)
    await Sweeper(desk, "test").sweep()
    assert (known.started, (await delivery(desk)).run) == ([], 1)


async def test_the_work_of_the_dead_is_looked_for_by_their_names_after_the_first_sweep(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    known = KnownWorkflows(monkeypatch, {})
    sweeper = Sweeper(desk, "living")
    await sweeper.sweep()
    await sweeper.sweep()
    assert known.taken_over == [None], "nobody is dead"
    await store.transact(lambda c: register_executor(c, "leaving", clock.now, is_alone=False))
    await store.transact(lambda c: leave(c, "leaving", clock.now))
    await sweeper.sweep()
    assert known.taken_over == [None, {"leaving"}]


async def test_a_process_lives_however_long_it_takes_to_forget(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    KnownWorkflows(monkeypatch, {})
    monkeypatch.setattr(sweep, "SWEEP_SECONDS", 0.01)
    begun, has_stopped = asyncio.Event(), asyncio.Event()

    async def erase_for_ever(_: Desk) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            has_stopped.set()

    monkeypatch.setattr(sweep, "erase", erase_for_ever)
    sweeping = asyncio.create_task(sweep.sweep_forever(desk, "forgetting"))
    async with asyncio.timeout(30):
        await begun.wait()
        for _ in range(3):
            clock.forward(seconds=60)
            while await store.read(lambda c: living_executors(c, clock.now)) != {"forgetting"}:  # noqa: ASYNC110  (it is told by the database)
                await asyncio.sleep(0.01)
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
    assert has_stopped.is_set()


async def test_what_could_not_be_forgotten_is_tried_again(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    KnownWorkflows(monkeypatch, {})
    monkeypatch.setattr(sweep, "FORGET_AGAIN_SECONDS", 0.01)
    failures, is_done = [DatabaseUnavailable(), LookupError()], asyncio.Event()

    async def fail_at_first(_: Desk) -> None:
        if failures:
            raise failures.pop()

    async def end(_: Desk) -> None:
        is_done.set()

    monkeypatch.setattr(sweep, "erase", fail_at_first)
    monkeypatch.setattr(sweep, "prune", end)
    sweeping = asyncio.create_task(sweep.sweep_forever(desk, "forgetting"))
    async with asyncio.timeout(30):
        await is_done.wait()
    assert failures == []
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)


async def test_who_is_alone_knows_all_others_to_be_dead(sqlite_store: Store, clock: TestClock) -> None:
    def work(name: str, *, is_alone: bool) -> None:
        sqlite_store.transact_now(lambda c: register_executor(c, name, clock.now, is_alone=is_alone))

    work("killed", is_alone=False)
    work("alone", is_alone=True)
    assert sqlite_store.transact_now(lambda c: living_executors(c, clock.now)) == {"alone"}
    assert sqlite_store.transact_now(lambda c: dead_executors(c, clock.now)) == {"killed"}
