"""What tells of citizens is erased in its time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from dbos import DBOS
from sqlalchemy import Connection, insert, select

from cooperation.actions import Given, finish_task, take_action
from cooperation.changes.feed import ChangeQuery, last_cursor, read_changes
from cooperation.errors import ChangesNotKept
from cooperation.kinds import OperationKind
from cooperation.store import retention
from cooperation.store.deliveries import read_deliveries, read_last_attempt
from cooperation.store.migrate import migrate
from cooperation.store.operations import read_history, read_operation
from cooperation.store.retention import delete_changes
from cooperation.store.store import Store, database_url
from cooperation.store.tables import OPERATIONS, TASKS
from cooperation.undo import undo_operation
from cooperation.webhooks.registry import register_webhook, resume_webhook, update_webhook
from cooperation.workflows.office import CooperationOffice
from cooperation.workflows.sweep import erase, prune
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Standing
from tests.cooperation.store.test_indexes import operation_values, task_values
from tests.cooperation.support.desks import CLERK, ISSUER, REVIEWER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem, unavailable
from tests.cooperation.support.turns import run


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


async def test_an_ended_operations_deliveries_lose_the_card_and_the_receipts(store: Store, clock: TestClock) -> None:
    """A receipt may be the number of a citizen's case."""
    desk = make_desk(store, clock, ScriptedSystem())
    ended = await accepted(desk, card_intent(key="key-ended"))
    still_open = await accepted(desk, card_intent(key="key-open"))
    await run(desk, clock)

    def receipts(connection: Connection) -> list[str | None]:
        owed = read_deliveries(connection, [ended.operation.number])
        attempts = [read_last_attempt(connection, one.id) for one in owed]
        return [one.receipt for one in (*owed, *attempts) if one is not None]

    assert store.transact_now(receipts) == ["HS-1", "HS-1"]
    clock.forward(days=1200)
    await erase(desk)
    assert store.transact_now(receipts) == [None, None]
    of_both = store.transact_now(lambda c: read_deliveries(c, [ended.operation.number, still_open.operation.number]))
    assert [one.subject for one in of_both] == [ended.operation.number, still_open.operation.subject]


async def test_a_note_on_a_task_is_kept_as_long_as_its_operations_content_and_not_after_it(
    store: Store, clock: TestClock
) -> None:
    """A card that was replaced: undoing that is a person's task, which may be done long after the operation's end."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)

    async def undone(key: str, card_number: str) -> str:
        system.standing = Standing.OPEN
        told = await accepted(desk, card_intent(OperationKind.REPLACEMENT, key=key, card_number=card_number))
        await run(desk, clock, told.delivery_id or "")
        task = (await undo_operation(desk, told.operation.number, CLERK, f"undo-{key}")).task
        assert task is not None
        return task.id

    def notes() -> list[str | None]:
        rows = select(TASKS.c.note_sealed).order_by(TASKS.c.id)
        return list(store.transact_now(lambda c: c.execute(rows).scalars().all()))

    tasks = [await undone(f"key-{n:04}", f"H0000000{n}") for n in (1, 2)]
    await finish_task(desk, tasks[0], ISSUER, "taken back at the counter")
    assert notes() == [desk.sealer.seal("taken back at the counter"), None]
    clock.forward(days=1200)
    await erase(desk)
    await finish_task(desk, tasks[1], ISSUER, "taken back at the counter")
    assert notes() == [None, None]


def test_an_upgrade_erases_the_notes_that_have_outlived_their_operations_content(url: str) -> None:
    store = Store(database_url(url))
    migrate(store, "0004")
    operations = [operation_values(row) | {"content_sealed": content} for row, content in ((1, None), (2, "sealed"))]

    def write(connection: Connection) -> None:
        connection.execute(insert(OPERATIONS), operations)
        connection.execute(insert(TASKS), [task_values(row) | {"note_sealed": "sealed"} for row in (1, 2)])

    store.transact_now(write)
    migrate(store)
    rows = select(TASKS.c.note_sealed).order_by(TASKS.c.id)
    assert store.transact_now(lambda c: c.execute(rows).scalars().all()) == [None, "sealed"]
    store.close()


def kept(store: Store) -> list[int]:
    end = store.transact_now(last_cursor)
    changes = store.transact_now(lambda c: read_changes(c, ChangeQuery(), end - 1, 100))
    oldest = changes[-1].cursor
    while oldest > 0:
        try:
            changes = store.transact_now(partial(read_changes, query=ChangeQuery(), after=oldest - 1, first=100))
        except ChangesNotKept:
            break
        oldest -= 1
    return [change.cursor for change in changes]


async def test_the_feeds_beginning_goes_in_its_time_and_its_newest_change_never(
    store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    desk = make_desk(store, clock, ScriptedSystem(), changes_days=10.0)
    for number in range(5):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    clock.forward(days=9)
    await accepted(desk, card_intent(key="key-later"))
    before = clock.now
    clock.forward(days=2)
    assert [store.transact_now(lambda c: delete_changes(c, before)) for _ in range(4)] == [2, 2, 1, 0]
    assert kept(store) == [6]
    clock.forward(days=100)
    assert store.transact_now(lambda c: delete_changes(c, clock.now)) == 0
    await accepted(desk, card_intent(key="key-newest"))
    assert kept(store) == [6, 7], "cursors go on where they were"


async def test_who_asks_behind_what_is_kept_is_told_so_and_how_to_go_on(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    for number in range(4):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
        clock.forward(days=1)
    store.transact_now(lambda c: delete_changes(c, clock.now - timedelta(days=3, hours=1)))
    assert [one.cursor for one in store.transact_now(lambda c: read_changes(c, ChangeQuery(), 1, 9))] == [2, 3, 4]
    with pytest.raises(ChangesNotKept, match="without a cursor"):
        store.transact_now(lambda c: read_changes(c, ChangeQuery(), 0, 9))
    with pytest.raises(ChangesNotKept):
        store.transact_now(lambda c: read_changes(c, ChangeQuery(person_ids=("p:nobody",)), 0, 9))


async def test_what_an_active_webhook_has_to_be_posted_is_kept_and_one_that_was_given_up_is_told_what_it_missed(
    store: Store, clock: TestClock
) -> None:
    desk = make_desk(store, clock, ScriptedSystem(), webhook_origins=("https://partner.example",))
    await accepted(desk, card_intent(key="key-before"))
    webhook = (await register_webhook(desk, REVIEWER, "https://partner.example/hook", ())).webhook
    for number in range(3):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    clock.forward(days=1000)
    store.transact_now(lambda c: delete_changes(c, clock.now))
    assert kept(store) == [2, 3, 4]
    store.transact_now(lambda c: update_webhook(c, webhook.id, is_active=False))
    assert (await resume_webhook(desk, REVIEWER, webhook.id)).is_active
    store.transact_now(lambda c: update_webhook(c, webhook.id, is_active=False))
    store.transact_now(lambda c: delete_changes(c, clock.now))
    assert kept(store) == [4]
    with pytest.raises(ChangesNotKept, match="register it anew"):
        await resume_webhook(desk, REVIEWER, webhook.id)


@pytest.mark.xdist_group("dbos")
async def test_workflows_that_ended_are_deleted_in_their_time_and_those_under_way_never(url: str) -> None:
    system = ScriptedSystem(unreadable=[unavailable()])
    desk = make_desk(Store(database_url(url)), city_clock, system, immediate_seconds=20.0, workflow_days=1.0)
    office = await CooperationOffice.open(desk)
    try:
        ended = await office.accept(card_intent(key="key-ended"))

        async def workflows() -> dict[str, str]:
            return {one.workflow_id: one.status for one in await asyncio.to_thread(DBOS.list_workflows)}

        while "SUCCESS" not in (await workflows()).values():  # noqa: ASYNC110  (it is DBOS that ends it)
            await asyncio.sleep(0.05)
        system.standing = Standing.OPEN
        system.unreadable += [unavailable() for _ in range(99)]
        waits = await office.accept(card_intent(key="key-waits", card_number="H00000002"))
        names = f"{ended.delivery_id}-run-1", f"{waits.delivery_id}-run-1"
        # Under way before the office closes: DBOS would else begin it on a loop that is gone.
        while (await workflows()).get(names[1]) != "PENDING":  # noqa: ASYNC110  (it is DBOS that begins it)
            await asyncio.sleep(0.05)
        await prune(desk)
        assert set(await workflows()) == set(names)
        later = replace(desk, clock=lambda: city_clock() + timedelta(days=2))
        await prune(later)
        assert set(await workflows()) == {names[1]}
    finally:
        await office.aclose()
