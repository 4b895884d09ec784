"""Who sleeps because a system did not answer is woken when it answers again, and asks it little until then."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from cooperation.delivery import ledger
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store.store import Store
from cooperation.workflows import waking
from cooperation.workflows.waking import Waker
from legacy_adapters.operations.outcomes import Outcome, Reason
from tests.cooperation.support.desks import TestClock, accepted, card_intent, certification_intent, make_desk
from tests.cooperation.support.scripted import CardWish, ScriptedSystem, unavailable
from tests.cooperation.support.workflows import KnownWorkflows


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> KnownWorkflows:
    monkeypatch.setattr(waking, "WOKEN_AT_ONCE", 2)
    monkeypatch.setattr(waking, "SCOUT_SECONDS", 0.0)
    monkeypatch.setattr(ledger, "pause_seconds", lambda _: 600.0)
    return KnownWorkflows(monkeypatch, {})


async def asleep(desk: Desk, number: int, kind: OperationKind = OperationKind.TEMPORARY_LOSS) -> str:
    """An operation on a card of its own that was tried in vain, and is asleep for long."""
    intent = card_intent(kind, key=f"key-{kind}-{number:04}", card_number=f"H{number:08}")
    delivery_id = (await accepted(desk, intent)).delivery_id or ""
    assert await take_turn(desk, delivery_id) == 600.0
    return delivery_id


def away(system: ScriptedSystem, observations: int = 10_000) -> None:
    system.unreadable = [unavailable() for _ in range(observations)]


def begun(known: KnownWorkflows) -> list[str]:
    """What was begun anew since the last call, each of it in place of its run before."""
    names, ended = [name.rpartition("-run-")[0] for name in known.started], list(known.given_up)
    assert ended == [
        f"{name}-run-{int(run) - 1}" for name, _, run in (one.rpartition("-run-") for one in known.started)
    ]
    known.started.clear()
    known.given_up.clear()
    return names


async def test_a_system_that_is_away_is_asked_by_one_at_a_time(
    sqlite_store: Store, clock: TestClock, known: KnownWorkflows
) -> None:
    system = ScriptedSystem()
    away(system)
    desk = make_desk(sqlite_store, clock, system)
    first = await asleep(desk, 1)
    for number in (2, 3):
        await asleep(desk, number)
    waker = Waker(desk)
    for _ in range(3):
        await waker.wake()
        assert begun(known) == [first]
        assert await take_turn(desk, first) == 600.0, "in vain again"


async def test_scouts_are_sent_from_time_to_time_only(
    sqlite_store: Store, clock: TestClock, known: KnownWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = ScriptedSystem()
    away(system)
    desk = make_desk(sqlite_store, clock, system)
    await asleep(desk, 1)
    monkeypatch.setattr(waking, "SCOUT_SECONDS", 30.0)
    waker = Waker(desk)
    for _ in range(3):
        await waker.wake()
    assert begun(known) == []


async def test_behind_a_scout_that_is_through_the_others_follow_in_batches(
    sqlite_store: Store, clock: TestClock, known: KnownWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = CardWish()
    away(system)
    desk = make_desk(sqlite_store, clock, system)
    owed = [await asleep(desk, number) for number in range(1, 7)]
    waker = Waker(desk)
    await waker.wake()
    assert begun(known) == owed[:1]
    monkeypatch.setattr(waking, "SCOUT_SECONDS", 30.0)
    waker._scout_at += 3600.0  # from now on only what follows from the first scout
    await waker.wake()
    assert begun(known) == [], "it is not known yet how the scout fares"
    system.unreadable.clear()
    await take_turn(desk, owed[0])
    await waker.wake()
    assert begun(known) == owed[1:3]
    for delivery_id in owed[1:3]:
        await take_turn(desk, delivery_id)
    await waker.wake()
    assert begun(known) == owed[3:5]
    away(system)
    await take_turn(desk, owed[3])
    await waker.wake()
    assert begun(known) == [], "it is away again"


async def test_each_kind_of_write_has_a_scout_of_its_own(
    sqlite_store: Store, clock: TestClock, known: KnownWorkflows
) -> None:
    works, does_not = CardWish(), CardWish()
    away(works)
    away(does_not)
    desk = make_desk(sqlite_store, clock, {"card_temporary_loss": works, "card_formal_loss": does_not})
    losses = [await asleep(desk, number) for number in (1, 2)]
    formal = [await asleep(desk, number, OperationKind.FORMAL_LOSS) for number in (3, 4)]
    waker = Waker(desk)
    await waker.wake()
    assert sorted(begun(known)) == sorted([losses[0], formal[0]])
    works.unreadable.clear()
    await take_turn(desk, losses[0])
    await take_turn(desk, formal[0])
    await waker.wake()
    assert begun(known) == [losses[1], formal[0]]


async def closed(desk: Desk, _: TestClock, system: ScriptedSystem) -> None:
    system.answers.append(Outcome.not_now(Reason.MAINTENANCE, None, (desk.clock().replace(hour=23)).isoformat()))
    await take_turn(desk, (await accepted(desk, certification_intent())).delivery_id or "")


async def soon_awake(desk: Desk, _: TestClock, system: ScriptedSystem) -> None:
    system.unreadable.append(unavailable())
    await take_turn(desk, (await accepted(desk, certification_intent())).delivery_id or "")


@pytest.mark.parametrize("sleeper", [closed, soon_awake])
async def test_who_knows_when_to_go_on_is_let_sleep(
    sqlite_store: Store,
    clock: TestClock,
    monkeypatch: pytest.MonkeyPatch,
    sleeper: Callable[[Desk, TestClock, ScriptedSystem], Awaitable[None]],
) -> None:
    known = KnownWorkflows(monkeypatch, {})
    system = ScriptedSystem()
    desk = make_desk(sqlite_store, clock, system)
    await sleeper(desk, clock, system)
    waker = Waker(desk)
    waker._scout_at = 0.0
    await waker.wake()
    assert known.started == []


async def test_what_has_its_end_meanwhile_is_not_woken(
    sqlite_store: Store, clock: TestClock, known: KnownWorkflows, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = ScriptedSystem()
    away(system)
    desk = make_desk(sqlite_store, clock, system)
    told = await asleep(desk, 1)
    give_up = known.give_up_workflow

    async def end_meanwhile(owed: object) -> None:
        system.unreadable.clear()
        assert await take_turn(desk, told) is None
        await give_up(owed)  # type: ignore[arg-type]  (as it was given)

    monkeypatch.setattr("cooperation.workflows.engine.give_up_workflow", end_meanwhile)
    await Waker(desk).wake()
    assert (known.started, system.effects) == ([], 1)
