"""Operations through DBOS: at once where the city answers, later where it does not, in line per card."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from dbos import DBOS
from sqlalchemy import select, table, text

from cooperation.acceptance import accept_intent
from cooperation.actions import Given
from cooperation.delivery.turn import no_step
from cooperation.kinds import OperationKind
from cooperation.store.operations import read_history
from cooperation.store.store import DatabaseUnavailable, Store, database_url
from cooperation.workflows import engine, sweep
from cooperation.workflows.executors import DatabaseInUse
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, PERSON, card_intent, make_desk
from tests.cooperation.support.scripted import ScriptedSystem, unavailable

pytestmark = pytest.mark.xdist_group("dbos")


@asynccontextmanager
async def office_of(url: str, system: Any, **config: Any) -> AsyncIterator[CooperationOffice]:
    # Long enough for a busy machine; a test whose operation stays queued says less.
    desk = make_desk(Store(database_url(url)), city_clock, system, **{"immediate_seconds": 20.0} | config)
    office = await CooperationOffice.open(desk, no_step)
    try:
        yield office
    finally:
        await office.aclose()


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it does not come about"
        await asyncio.sleep(0.05)


def soon(seconds: float) -> str:
    return (city_clock() + timedelta(seconds=seconds)).isoformat()


async def test_a_loss_is_in_effect_when_it_is_answered_while_the_city_is_up(url: str) -> None:
    system = ScriptedSystem()
    async with office_of(url, system) as office:
        told = await office.accept(card_intent())
        assert (told.operation.state, system.effects) == ("DONE", 1)
        again = await office.accept(card_intent())
        assert (again.is_new, again.operation, system.effects) == (False, told.operation, 1)


async def test_a_loss_is_queued_while_the_city_is_closed_and_done_when_it_opens(url: str) -> None:
    system = ScriptedSystem()
    async with office_of(url, system) as office:
        system.answers.append(Outcome.not_now(Reason.MAINTENANCE, None, soon(2.5)))
        told = await office.accept(card_intent())
        assert (told.operation.state, system.effects) == ("WAITING", 0)

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)
        assert system.effects == 1


async def test_operations_on_one_card_do_not_overtake_each_other_others_pass(sqlite_url: str) -> None:
    system = ScriptedSystem()
    async with office_of(sqlite_url, system, immediate_seconds=2.0) as office:
        system.answers.append(Outcome.not_now(Reason.MAINTENANCE, None, soon(6)))
        loss = await office.accept(card_intent(key="key-loss"))
        release = await office.accept(card_intent(OperationKind.RELEASE, key="key-release"))
        other = await office.accept(card_intent(key="key-other", card_number="H00000002"))
        states = [one.operation.state for one in (loss, release, other)]
        assert states == ["WAITING", "ACCEPTED", "DONE"]
        system.standing = Standing.OPEN

        async def is_done() -> bool:
            if (await office.operation(loss.operation.number)).state == "DONE":
                system.standing = Standing.OPEN
            return (await office.operation(release.operation.number)).state == "DONE"

        await until(is_done)
        assert [one.split("-")[2] for one in system.references] == ["000001", "000003", "000001", "000002"]


async def test_a_withdrawn_operation_lets_the_next_one_of_its_card_pass(sqlite_url: str) -> None:
    system = ScriptedSystem()
    async with office_of(sqlite_url, system) as office:
        system.answers.append(Outcome.not_now(Reason.MAINTENANCE, None, soon(900)))
        first = await office.accept(card_intent(key="key-first"))
        await office.act(first.operation.number, "withdraw", CLERK, Given(reason="found again"))
        second = await office.accept(card_intent(key="key-second"))
        assert second.operation.state == "DONE"
        assert (await office.operation(first.operation.number)).state == "WITHDRAWN"


async def test_what_was_accepted_and_not_begun_is_begun_by_the_next_process(url: str) -> None:
    """The process died between keeping the operation and handing it to DBOS."""
    system = ScriptedSystem()
    async with office_of(url, system) as office:
        pass
    desk = make_desk(Store(database_url(url)), lambda: city_clock() - timedelta(minutes=1), system)
    told = await accept_intent(desk, card_intent())
    desk.store.close()
    async with office_of(url, system) as office:

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)
        assert system.effects == 1


async def test_what_waits_goes_on_in_the_next_process(url: str) -> None:
    system = ScriptedSystem()
    async with office_of(url, system) as office:
        system.answers.append(Outcome.not_now(Reason.MAINTENANCE, None, soon(4)))
        told = await office.accept(card_intent())
        assert told.operation.state == "WAITING"
    async with office_of(url, system) as office:

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)
        history = await office.desk.store.transact(lambda c: read_history(c, told.operation.number))
        assert [event.action for event in history] == [
            "create", "deliver", "postpone", "deliver", "complete",
        ]  # fmt: skip
        assert system.effects == 1


async def test_a_workflow_that_ended_before_its_delivery_is_begun_anew(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "GRACE_SECONDS", -3600.0)
    system = ScriptedSystem(unreadable=[unavailable()] * 10)
    async with office_of(sqlite_url, system) as office:
        told = await office.accept(card_intent())
        await DBOS.cancel_workflow_async(f"{told.delivery_id}-run-1")
        system.unreadable.clear()

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)


async def test_a_defect_of_ours_ends_no_delivery(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PAUSE_AFTER_DEFECT_SECONDS", 0.2)
    system = ScriptedSystem(unreadable=[RuntimeError("张三 330199195805120015")])  # type: ignore[list-item]
    async with office_of(sqlite_url, system) as office:
        told = await office.accept(card_intent())
        assert told.operation.state == "DONE"


async def test_dbos_keeps_nothing_of_a_citizen(sqlite_url: str) -> None:
    async with office_of(sqlite_url, ScriptedSystem(unreadable=[unavailable()])) as office:
        await office.accept(card_intent())

        def dump(connection: Any) -> str:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            return "\n".join(
                str(connection.execute(select(text("*")).select_from(table(name))).all()) for name in names
            )

        content = await office.desk.store.transact(dump)
    assert "-000001-1-run-1" in content
    assert not any(value in content for value in (PERSON, "张三", "H00000001"))


async def test_a_second_process_on_a_sqlite_file_is_refused(sqlite_url: str) -> None:
    async with office_of(sqlite_url, ScriptedSystem()):
        desk = make_desk(Store(database_url(sqlite_url)), city_clock, None)
        with pytest.raises(DatabaseInUse, match="PostgreSQL"):
            await CooperationOffice.open(desk)
        desk.store.close()


async def test_a_database_that_goes_away_while_the_engine_starts_is_told_as_such() -> None:
    """Its own tables are the engine's first question, and by then ours have been found."""
    desk = make_desk(Store(database_url("postgresql://nobody@127.0.0.1:1/nothing")), city_clock)
    with pytest.raises(DatabaseUnavailable):
        await engine.launch_engine(desk, "test", no_step)
    desk.store.close()
