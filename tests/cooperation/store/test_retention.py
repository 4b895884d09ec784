"""What tells of citizens is erased in its time."""

from __future__ import annotations

from sqlalchemy import select

from cooperation.actions import Given, take_action
from cooperation.store.operations import read_history, read_operation
from cooperation.store.store import Store
from cooperation.store.tables import OPERATIONS
from cooperation.workflows.sweep import erase
from tests.cooperation.support.desks import CLERK, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem


async def test_an_ended_operation_loses_its_content_after_its_time_and_an_open_one_never(
    store: Store, clock: TestClock
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    ended = (await accepted(desk, card_intent(key="key-ended"))).operation.number
    still_open = (await accepted(desk, card_intent(key="key-open"))).operation.number
    await take_action(desk, ended, "withdraw", CLERK, Given(reason="found again"))
    clock.forward(days=1000)
    await erase(desk)
    rows = await store.transact(lambda connection: connection.execute(select(OPERATIONS.c.content_sealed)).all())
    assert all(content is not None for (content,) in rows)
    clock.forward(days=200)
    await erase(desk)
    erased = await store.transact(lambda connection: read_operation(connection, ended))
    assert (erased.content_sealed, erased.person_id, erased.subject, erased.state) == (None, None, None, "WITHDRAWN")
    history = await store.transact(lambda connection: read_history(connection, ended))
    assert [(event.action, event.note_sealed) for event in history] == [("create", None), ("withdraw", None)]
    kept = await store.transact(lambda connection: read_operation(connection, still_open))
    assert kept.content_sealed is not None
