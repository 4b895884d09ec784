"""Operations through DBOS: at once where the city answers, later where it does not, in line per card."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dbos import DBOS
from dbos import _queue as dbos_queue
from dbos._sys_db import SystemDatabase
from msgspec import structs
from sqlalchemy import select, table, text

from cooperation.acceptance import accept_intent
from cooperation.actions import Given
from cooperation.configuration import CityRules
from cooperation.delivery import ledger
from cooperation.delivery.turn import no_step, take_turn
from cooperation.kinds import OperationKind
from cooperation.store.deliveries import read_deliveries
from cooperation.store.operations import read_history
from cooperation.store.store import DatabaseUnavailable, Store, database_url
from cooperation.workflows import engine, sweep, waking
from cooperation.workflows.executors import DatabaseInUse
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import city_clock
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, HUANGSHAN, ISSUER, PERSON, card_intent, make_desk
from tests.cooperation.support.scripted import CardWish, ScriptedSystem, unavailable

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


def wait_no_longer_than(office: CooperationOffice, seconds: float) -> None:
    """So long a caller may be kept waiting from now on."""
    office.desk = replace(office.desk, config=structs.replace(office.desk.config, immediate_seconds=seconds))


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, "it does not come about"
        await asyncio.sleep(0.05)


def closed_for(seconds: float) -> Outcome:
    return Outcome.not_now(Reason.MAINTENANCE, None, (city_clock() + timedelta(seconds=seconds)).isoformat())


def close_once(system: ScriptedSystem, seconds: float) -> None:
    """The next write finds the city closed for so long, reckoned from then, however slow the machine is."""

    def close() -> None:
        system.answers.append(closed_for(seconds))
        system.on_write = lambda: None

    system.on_write = close


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
        close_once(system, 5)
        told = await office.accept(card_intent())
        assert (told.operation.state, system.effects) == ("WAITING", 0)

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)
        assert system.effects == 1


@pytest.mark.parametrize(("unreadable", "end"), [(0, ("DONE", 1)), (10_000, ("WAITING", 0))])
async def test_a_persons_resumption_is_answered_with_what_comes_of_it(
    url: str, unreadable: int, end: tuple[str, int]
) -> None:
    system = ScriptedSystem(answers=[Outcome.refused(Reason.CLAIM_UNCONFIRMED, "01")])
    async with office_of(url, system) as office:
        told = await office.accept(card_intent())
        assert (told.operation.state, system.effects) == ("MANUAL", 0)
        system.unreadable = [unavailable()] * unreadable
        resumed = await office.act(told.operation.number, "resume", ISSUER, Given(reason="their register was mended"))
        assert (resumed.state, system.effects) == end


@pytest.mark.parametrize("by", ["number", "addressee_number"])
async def test_a_resumption_by_either_citys_number_is_answered_alike(sqlite_url: str, by: str) -> None:
    system = ScriptedSystem(after_write=Standing.PENDING)
    async with office_of(sqlite_url, system) as office:
        told = await office.accept(card_intent(OperationKind.REPLACEMENT))
        assert told.operation.state == "IN_PRODUCTION"
        system.standing = Standing.OPEN
        assert told.delivery_id is not None
        await engine.take_turn_now(told.delivery_id)
        vanished = await office.operation(told.operation.number)
        assert vanished.state == "MANUAL"
        system.standing = Standing.IN_EFFECT
        resumed = await office.act(getattr(vanished, by), "resume", ISSUER, Given(reason="it was found"))
        assert resumed.state == "DONE"


async def test_what_sleeps_for_long_is_done_soon_after_its_city_is_back_though_nobody_says_so(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "pause_seconds", lambda _: 3600.0)
    monkeypatch.setattr(waking, "SCOUT_SECONDS", 0.5)
    monkeypatch.setattr(sweep, "SWEEP_SECONDS", 0.1)
    system = CardWish()
    system.unreadable = [unavailable()] * 10_000
    async with office_of(url, system, immediate_seconds=0.2) as office:
        told = [
            (await office.accept(card_intent(key=f"key-{n:04}", card_number=f"H{n:08}"))).operation.number
            for n in range(5)
        ]

        async def states() -> set[str]:
            return {(await office.operation(number)).state for number in told}

        async def all_sleep() -> bool:
            owed = await office.desk.store.transact(lambda c: read_deliveries(c, told))
            return all(delivery.not_before is not None for delivery in owed)

        await until(all_sleep)
        assert await states() == {"WAITING"}
        system.unreadable.clear()

        async def all_done() -> bool:
            return await states() == {"DONE"}

        await until(all_done)
        assert system.effects == len(told)


async def test_operations_on_one_card_do_not_overtake_each_other_others_pass(sqlite_url: str) -> None:
    lost: set[str] = set()
    references: list[str] = []
    system = CardWish(lost=lost, references=references)
    writes = {
        "card_temporary_loss": system,
        "card_release": CardWish(lost=lost, references=references, is_loss=False),
    }
    async with office_of(sqlite_url, writes) as office:
        close_once(system, 8)
        loss = await office.accept(card_intent(key="key-loss"))
        wait_no_longer_than(office, 0.5)  # for what waits for the loss anyway
        release = await office.accept(card_intent(OperationKind.RELEASE, key="key-release"))
        wait_no_longer_than(office, 3.0)  # the city is closed for longer
        other = await office.accept(card_intent(key="key-other", card_number="H00000002"))
        states = [one.operation.state for one in (loss, release, other)]
        assert states == ["WAITING", "ACCEPTED", "DONE"]

        async def is_done() -> bool:
            return (await office.operation(release.operation.number)).state == "DONE"

        await until(is_done)
        assert [one.split("-")[2] for one in references] == ["000001", "000003", "000001", "000002"]


async def test_a_loss_expires_at_its_limit_also_behind_another_operation_on_its_card(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "pause_seconds", lambda _: 3600.0)
    monkeypatch.setattr(sweep, "SWEEP_SECONDS", 0.1)
    monkeypatch.setattr(sweep, "GRACE_SECONDS", 0.1)
    system = ScriptedSystem(unreadable=[unavailable()] * 10_000)
    rules = CityRules(temporary_loss_hours=2 / 3600)
    async with office_of(url, system, immediate_seconds=0.2, rules=rules) as office:
        intents = (card_intent(OperationKind.RELEASE, key="key-release"), card_intent(key="key-loss"))
        told = [(await office.accept(intent)).operation.number for intent in intents]

        async def has_expired() -> bool:
            return [(await office.operation(number)).state for number in told] == ["WAITING", "EXPIRED"]

        await until(has_expired)
        assert system.references == []


async def test_what_stepped_aside_stands_in_line_again_without_a_sweep(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who accepted the earlier one has not handed it over yet: its city is slow to answer the first turn."""
    monkeypatch.setattr(sweep, "GRACE_SECONDS", 3600.0)
    lost: set[str] = set()
    references: list[str] = []
    writes = {
        "card_temporary_loss": CardWish(lost=lost, references=references),
        "card_release": CardWish(lost=lost, references=references, is_loss=False),
    }
    async with office_of(sqlite_url, writes, immediate_seconds=0.2) as office:
        earlier = await accept_intent(office.desk, card_intent(key="key-earlier"))
        later = await office.accept(card_intent(OperationKind.RELEASE, key="key-later"))

        async def has_stepped_aside_in_line() -> bool:
            (owed,) = await office.desk.store.transact(lambda c: read_deliveries(c, [later.operation.number]))
            return owed.run > 2

        await until(has_stepped_aside_in_line)
        await take_turn(office.desk, earlier.delivery_id or "")

        async def is_done() -> bool:
            return (await office.operation(later.operation.number)).state == "DONE"

        await until(is_done)
        assert references == [earlier.delivery_id, later.delivery_id]


class MeetingSystem(ScriptedSystem):
    """Once `is_back`, nobody gets an answer before two have asked at once, and others had time to do so too.

    Attributes:
        highest: the most there were at once.
    """

    is_back, highest, at_once = False, 0, 0

    def __init__(self) -> None:
        super().__init__()
        self.met = asyncio.Event()

    async def observe(self, command: Any) -> Observation:
        if self.is_back:
            await self._meet()
        return await super().observe(command)

    async def _meet(self) -> None:
        self.at_once += 1
        self.highest = max(self.highest, self.at_once)
        if self.highest > 1:
            self.met.set()
        await self.met.wait()
        await asyncio.sleep(0.1)
        self.at_once -= 1


async def test_a_city_that_has_just_come_back_gets_a_few_deliveries_at_a_time(url: str) -> None:
    system = MeetingSystem()
    rules = CityRules(deliveries_at_once=2)
    async with office_of(url, system, rules=rules) as office:
        system.on_write = lambda: None if system.is_back else system.answers.append(closed_for(2))
        told = [await office.accept(card_intent(key=f"key-{n:04}", card_number=f"H{n:08}")) for n in range(6)]
        system.is_back, system.standing = True, Standing.IN_EFFECT

        async def are_done() -> bool:
            states = {(await office.operation(one.operation.number)).state for one in told}
            return states == {"DONE"}

        await until(are_done)
        assert system.highest == 2


async def test_who_waits_for_an_answer_needs_no_place_among_what_is_behind(sqlite_url: str) -> None:
    system = ScriptedSystem()
    async with office_of(sqlite_url, system, rules=CityRules(deliveries_at_once=1)) as office:
        assert engine._work is not None
        async with engine._work.places.of(HUANGSHAN) as is_held:
            told = await office.accept(card_intent())
        assert (is_held, told.operation.state) == (True, "DONE")


async def test_a_withdrawn_operation_lets_the_next_one_of_its_card_pass(sqlite_url: str) -> None:
    system = ScriptedSystem()
    async with office_of(sqlite_url, system) as office:
        system.answers.append(closed_for(900))
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
        close_once(system, 4)
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


async def test_what_is_claimed_while_the_office_closes_is_begun_before_it_is_closed(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DBOS stops its loop before its queues: a workflow that is claimed in between would find no loop to run on."""
    claimed, begin = threading.Event(), dbos_queue.execute_dequeued_workflow

    def begin_slowly(*given: Any) -> Any:
        claimed.set()
        time.sleep(1.0)
        return begin(*given)

    monkeypatch.setattr(dbos_queue, "execute_dequeued_workflow", begin_slowly)
    system = ScriptedSystem(unreadable=[unavailable()] * 99)
    async with office_of(sqlite_url, system) as office:
        told = await office.accept(card_intent())
        assert await asyncio.to_thread(claimed.wait, 20)
    gc.collect()  # what nobody awaited would be told of now
    monkeypatch.undo()
    system.unreadable.clear()
    async with office_of(sqlite_url, system) as office:

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)


async def test_what_is_being_written_down_of_a_step_is_written_before_the_office_is_closed(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that is left behind would wait for a database that nobody has any more, and the process with it."""
    writing, record = threading.Event(), SystemDatabase.record_operation_result

    def record_slowly(*given: Any, **named: Any) -> Any:
        writing.set()
        time.sleep(1.0)
        return record(*given, **named)

    monkeypatch.setattr(SystemDatabase, "record_operation_result", record_slowly)
    async with office_of(url, ScriptedSystem(unreadable=[unavailable()] * 99)) as office:
        await office.accept(card_intent())
        assert await asyncio.to_thread(writing.wait, 20)
        database = engine._dbos._sys_db  # type: ignore[union-attr]  (it is launched)
        assert database._retry_connection_errors
    assert [thread.name for thread in threading.enumerate() if "dbos" in thread.name] == []
    assert not database._retry_connection_errors


async def test_a_workflow_that_ended_before_its_delivery_is_begun_anew(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "GRACE_SECONDS", -3600.0)
    system = ScriptedSystem(unreadable=[unavailable()] * 10)
    async with office_of(sqlite_url, system) as office:
        told = await office.accept(card_intent())
        await asyncio.to_thread(DBOS.cancel_workflow, f"{told.delivery_id}-run-1")
        system.unreadable.clear()

        async def is_done() -> bool:
            return (await office.operation(told.operation.number)).state == "DONE"

        await until(is_done)
        assert system.effects == 1


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
