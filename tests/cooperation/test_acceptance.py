"""An intent is accepted once, however often it is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import select

from cooperation.acceptance import accept_intent
from cooperation.errors import IdempotencyKeyReused, InputRefused, OfficerNotEntitled
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.store.operations import read_history
from cooperation.store.store import Store
from cooperation.store.tables import CHANGES, DELIVERIES, METADATA, OPERATIONS
from tests.cooperation.support.desks import (
    CLERK,
    HANGZHOU,
    HUANGSHAN,
    PERSON,
    TestClock,
    accepted,
    card_intent,
    certification_intent,
    make_desk,
)
from tests.cooperation.support.scripted import ScriptedSystem


async def test_an_accepted_intent_has_a_number_a_delivery_a_history_and_a_change(
    store: Store, clock: TestClock
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    told = await accepted(desk)
    operation = told.operation
    assert (operation.number, operation.state) == ("S330100-2026-000001", "ACCEPTED")
    assert told.delivery_id == "S330100-2026-000001-1"
    history = await store.transact(lambda connection: read_history(connection, operation.number))
    assert [(event.action, event.target, event.actor) for event in history] == [
        ("create", "ACCEPTED", f"{HANGZHOU}/1001")
    ]
    changes = await store.transact(lambda connection: connection.execute(select(CHANGES)).all())
    assert [(row.cursor, row.operation_number, row.action) for row in changes] == [(1, operation.number, "create")]


async def test_the_same_key_with_the_same_content_gives_the_same_operation(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    first, second = await accepted(desk), await accepted(desk)
    assert (first.is_new, second.is_new) == (True, False)
    assert first.operation == second.operation


async def test_a_certification_told_again_when_it_has_grown_old_is_the_same(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    told = await accepted(desk, certification_intent())
    clock.forward(days=11)
    again = await accepted(desk, certification_intent())
    assert (again.is_new, again.operation) == (False, told.operation)
    with pytest.raises(InputRefused, match="within the last 10 days"):
        await accepted(desk, certification_intent("key-other"))


async def test_the_same_key_with_other_content_is_refused(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    await accepted(desk)
    for other in (card_intent(card_number="H00000002"), card_intent(OperationKind.FORMAL_LOSS)):
        with pytest.raises(IdempotencyKeyReused):
            await accepted(desk, other)


async def test_two_cities_may_use_the_same_key(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    await accepted(desk)
    elsewhere = replace(card_intent(), officer=replace(CLERK, city=HUANGSHAN))
    assert (await accepted(desk, elsewhere)).operation.number == "S341000-2026-000001"


async def test_an_intent_told_many_times_at_once_is_one_operation(store: Store, clock: TestClock) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    told = await asyncio.gather(*(accepted(desk) for _ in range(12)))
    assert {one.operation.number for one in told} == {"S330100-2026-000001"}
    assert sum(one.is_new for one in told) == 1
    rows = await store.transact(lambda connection: connection.execute(select(DELIVERIES)).all())
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"key": "short"}, InputRefused),
        ({"key": "with blanks in it"}, InputRefused),
        ({"addressee_city": "999999"}, InputRefused),
        ({"officer": replace(CLERK, city="999999")}, InputRefused),
        ({"addressee_office": Office.ARBITRATION}, OfficerNotEntitled),
        ({"officer": replace(CLERK, duty=Duty.REVIEWER)}, OfficerNotEntitled),
        ({"officer": replace(CLERK, office=Office.INSPECTION)}, OfficerNotEntitled),
    ],
)
async def test_what_cannot_be_accepted_is_refused_before_anything_is_kept(
    sqlite_store: Store, clock: TestClock, change: dict, error: type[Exception]
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem())
    with pytest.raises(error):
        await accept_intent(desk, replace(card_intent(), **change))
    rows = await sqlite_store.transact(lambda connection: connection.execute(select(OPERATIONS)).all())
    assert rows == []


async def test_no_column_shows_a_citizen(sqlite_store: Store, clock: TestClock) -> None:
    """Id number, name and card number stand in no table, but sealed."""
    await accepted(make_desk(sqlite_store, clock, ScriptedSystem()))
    for table in METADATA.sorted_tables:
        rows = await sqlite_store.transact(lambda connection, table=table: connection.execute(select(table)).all())
        text = "\n".join(map(str, rows))
        assert not any(value in text for value in (PERSON, "张三", "H00000001"))
