"""What people have to do is theirs until it is done, or until there is nothing left to do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cooperation.acceptance import Intent
from cooperation.actions import Given, finish_task, take_action
from cooperation.content import DeathNoticeContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import OfficerNotEntitled, TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Office
from cooperation.states.move import Officer
from cooperation.store.queries import list_tasks
from cooperation.store.rows import TaskRow
from cooperation.store.store import Store
from cooperation.store.tasks import TaskKind, open_task
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import (
    AGENT,
    CLERK,
    HANGZHOU,
    HUANGSHAN,
    ISSUER,
    PERSON,
    REVIEWER,
    TestClock,
    accepted,
    card_intent,
    make_desk,
)
from tests.cooperation.support.scripted import ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, operation, run

NOTICE = "D330100-2026-000001"


async def open_kinds(desk: Desk) -> list[str]:
    found = await desk.store.transact(lambda connection: list_tasks(connection, HUANGSHAN, 10, includes_done=False))
    return [task.kind for task in found]


async def test_nobody_verifies_a_death_whose_notice_was_withdrawn(sqlite_store: Store, clock: TestClock) -> None:
    desk = make_desk(sqlite_store, clock)
    content = DeathNoticeContent(PERSON, None, True, "a neighbour")
    await accepted(
        desk, Intent(OperationKind.DEATH_NOTICE, AGENT, HUANGSHAN, Office.INSURANCE_AGENCY, content, "notice-0001")
    )
    await take_action(desk, NOTICE, "send", REVIEWER, Given())
    assert await open_kinds(desk) == ["VERIFY_DEATH"]
    await take_action(desk, NOTICE, "withdraw", AGENT, Given(reason="another person"))
    assert await open_kinds(desk) == []


async def test_what_is_to_be_undone_stays_so_when_it_comes_to_its_end(sqlite_store: Store, clock: TestClock) -> None:
    """Somebody asked for it while the card was still in production; then its holder fetched it."""
    system = ScriptedSystem(after_write=Standing.PENDING)
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk, card_intent(OperationKind.REPLACEMENT))
    await take_turn(desk, DELIVERY)
    row = await operation(desk)
    await sqlite_store.transact(lambda connection: open_task(connection, row, TaskKind.UNDO, None, clock.now))
    system.standing = Standing.IN_EFFECT
    await take_turn(desk, DELIVERY)
    assert ((await operation(desk)).state, await open_kinds(desk)) == ("DONE", ["UNDO"])


async def tasks(desk: Desk) -> list[TaskRow]:
    listed = [
        await desk.store.transact(lambda c, city=city: list_tasks(c, city, 10, includes_done=False))
        for city in (HANGZHOU, HUANGSHAN)
    ]
    return [task for found in listed for task in found]


async def test_a_task_that_stands_for_an_operations_state_ends_with_it(store: Store, clock: TestClock) -> None:
    """Finished by itself, it would leave the operation behind with nobody to go on with it."""
    system = ScriptedSystem(answers=[Outcome.refused(Reason.CLAIM_UNCONFIRMED, "01")])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    await take_turn(desk, DELIVERY)
    (task,) = await tasks(desk)
    with pytest.raises(TransitionRefused) as refused:
        await finish_task(desk, task.id, ISSUER, "looked at")
    assert refused.value.allowed == ("resume", "settle", "decline")
    await take_action(desk, OPERATION, "settle", ISSUER, Given(reason="looked at"))
    assert (await tasks(desk), (await operation(desk)).state) == ([], "DONE")


async def test_who_was_called_has_the_task_to_end_what_the_call_was_about(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem(unreadable=[unavailable() for _ in range(9999)]))
    await accepted(desk, card_intent(OperationKind.FORMAL_LOSS))
    await run(desk, clock, turns=2000)
    (call,) = await tasks(desk)
    assert (call.city, call.kind, (await operation(desk)).state) == (HANGZHOU, "TELEPHONE", "MANUAL")
    await finish_task(desk, call.id, CLERK, "they know")
    (theirs,) = await tasks(desk)
    assert (theirs.city, theirs.kind, theirs.reason) == (HUANGSHAN, "DO_BY_HAND", "UNREACHABLE")
    await finish_task(desk, call.id, CLERK, "they know")
    assert await tasks(desk) == [theirs]
    await take_action(desk, OPERATION, "settle", ISSUER, Given(reason="entered at the counter"))
    assert await tasks(desk) == []


async def test_a_death_is_verified_by_its_actions_alone(sqlite_store: Store, clock: TestClock) -> None:
    desk = make_desk(sqlite_store, clock)
    content = DeathNoticeContent(PERSON, None, True, "a neighbour")
    await accepted(
        desk, Intent(OperationKind.DEATH_NOTICE, AGENT, HUANGSHAN, Office.INSURANCE_AGENCY, content, "notice-0001")
    )
    await take_action(desk, NOTICE, "send", REVIEWER, Given())
    (task,) = await tasks(desk)
    with pytest.raises(TransitionRefused, match="verify"):
        await finish_task(desk, task.id, replace(AGENT, city=HUANGSHAN), "it is so")
    assert await tasks(desk) == [task]


@pytest.mark.parametrize(
    ("officer", "inputs"),
    [
        (replace(ISSUER, office=Office.ARBITRATION), ("officer.office",)),
        (CLERK, ("officer.city",)),
        (replace(CLERK, office=Office.INSPECTION), ("officer.city", "officer.office")),
    ],
)
async def test_a_task_is_for_the_office_that_takes_part(
    sqlite_store: Store, clock: TestClock, officer: Officer, inputs: tuple[str, ...]
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    await accepted(desk)
    await take_turn(desk, DELIVERY)
    row = await operation(desk)
    task = await sqlite_store.transact(lambda connection: open_task(connection, row, TaskKind.UNDO, None, clock.now))
    with pytest.raises(OfficerNotEntitled, match="for an officer of CARD_CENTRE in 341000") as refused:
        await finish_task(desk, task.id, officer, "undone")
    assert refused.value.inputs == inputs
    assert (await finish_task(desk, task.id, ISSUER, "undone")).done_by == ISSUER.name
