"""What people have to do is theirs until it is done, or until there is nothing left to do."""

from __future__ import annotations

from cooperation.acceptance import Intent
from cooperation.actions import Given, take_action
from cooperation.content import DeathNoticeContent
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.states.machine import Office
from cooperation.store.queries import list_tasks
from cooperation.store.store import Store
from cooperation.store.tasks import TaskKind, open_task
from legacy_adapters.operations.outcomes import Standing
from tests.cooperation.support.desks import (
    AGENT,
    HUANGSHAN,
    PERSON,
    REVIEWER,
    TestClock,
    accepted,
    card_intent,
    make_desk,
)
from tests.cooperation.support.scripted import ScriptedSystem
from tests.cooperation.support.turns import DELIVERY, operation

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
