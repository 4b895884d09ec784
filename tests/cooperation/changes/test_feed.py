"""The change feed and who listens to it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, aclosing

import pytest

from cooperation.changes import watch as watch_module
from cooperation.changes.feed import ChangePage, ChangeQuery, last_cursor, read_changes, read_page
from cooperation.changes.watch import ChangeWatch, ListenerTooSlow
from cooperation.delivery.turn import take_turn
from cooperation.store.store import Store
from tests.cooperation.support.desks import (
    HANGZHOU,
    HUANGSHAN,
    PERSON,
    TestClock,
    TestSealer,
    accepted,
    card_intent,
    certification_intent,
    make_desk,
)
from tests.cooperation.support.listening import listening
from tests.cooperation.support.scripted import ScriptedSystem


async def test_every_change_stands_once_behind_any_cursor(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    await asyncio.gather(*(accepted(desk, card_intent(key=f"key-{n:04}")) for n in range(20)))
    seen, after = [], 0
    while page := await store.transact(lambda c, after=after: read_changes(c, ChangeQuery(), after, 7)):
        seen += [change.cursor for change in page]
        after = page[-1].cursor
    assert seen == list(range(1, 21))
    assert await store.transact(last_cursor) == 20


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (ChangeQuery(cities=(HUANGSHAN,)), 4),
        (ChangeQuery(cities=("999999",)), 0),
        (ChangeQuery(cities=(HANGZHOU, "999999")), 4),
        (ChangeQuery(kinds=("CERTIFICATION",)), 1),
        (ChangeQuery(person_ids=(TestSealer().person_id(PERSON),)), 4),
        (ChangeQuery(person_ids=("p:nobody",)), 0),
        (ChangeQuery(person_ids=()), 0),
        (ChangeQuery(cities=()), 0),
        (ChangeQuery(kinds=()), 0),
    ],
)
async def test_changes_are_filtered(sqlite_store: Store, clock: TestClock, query: ChangeQuery, count: int) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    told = await accepted(desk)
    await take_turn(desk, told.delivery_id or "")
    await accepted(desk, certification_intent("key-0002"))
    assert len(await sqlite_store.transact(lambda c: read_changes(c, query, 0, 100))) == count


async def test_who_is_told_of_little_goes_on_to_the_end_of_the_feed_page_by_page(
    sqlite_store: Store, clock: TestClock
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())

    def page(after: int, query: ChangeQuery) -> ChangePage:
        return sqlite_store.transact_now(lambda connection: read_page(connection, query, after, 2))

    nobody = ChangeQuery(person_ids=("p:nobody",))
    assert page(0, nobody) == ChangePage([], 0, has_more=False)
    for number in range(5):
        await accepted(desk, card_intent(key=f"key-{number:04}"))
    await accepted(desk, certification_intent("key-last"))
    assert page(0, nobody) == ChangePage([], 6, has_more=False)
    losses = ChangeQuery(kinds=("TEMPORARY_LOSS",))
    pages = [page(after, losses) for after in (0, 2, 4)]
    assert [[change.cursor for change in one.changes] for one in pages] == [[1, 2], [3, 4], [5]]
    assert [(one.end, one.has_more) for one in pages] == [(2, True), (4, True), (6, False)]


async def test_all_who_come_together_share_one_poll(sqlite_store: Store, clock: TestClock) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    watch = ChangeWatch(sqlite_store)
    async with AsyncExitStack() as stack:
        listeners = [await stack.enter_async_context(aclosing(watch.changes())) for _ in range(4)]
        waiting = [asyncio.ensure_future(anext(one)) for one in listeners]
        await listening(watch, 4)
        for number in range(2):
            await accepted(desk, card_intent(key=f"key-{number:04}"))
        told = [[await one, await anext(listener)] for one, listener in zip(waiting, listeners, strict=True)]
        assert [[change.cursor for change in each] for each in told] == [[1, 2]] * 4
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert names.count("cooperation-changes") == 1


async def test_all_who_listen_are_told_of_what_happens_from_then_on(sqlite_store: Store, clock: TestClock) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    await accepted(desk, card_intent(key="key-before"))
    watch = ChangeWatch(sqlite_store)
    async with aclosing(watch.changes()) as first, aclosing(watch.changes()) as second:
        waiting = [asyncio.ensure_future(anext(one)) for one in (first, second)]
        await listening(watch, 2)
        await accepted(desk, card_intent(key="key-after"))
        told = await asyncio.wait_for(asyncio.gather(*waiting), 10)
        assert [change.operation_number for change in told] == ["S330100-2026-000002"] * 2
    assert watch._polling is None, "nobody listens, nobody polls"


async def test_who_stays_too_far_behind_is_told_so(
    sqlite_store: Store, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_module, "LONGEST_QUEUE", 2)
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    watch = ChangeWatch(sqlite_store)
    async with aclosing(watch.changes()) as changes:
        waiting = asyncio.ensure_future(anext(changes))
        await listening(watch, 1)
        for number in range(6):
            await accepted(desk, card_intent(key=f"key-{number:04}"))
        await asyncio.wait_for(waiting, 10)
        await listening(watch, 0)
        with pytest.raises(ListenerTooSlow):
            [change async for change in changes]
