"""What is undone by a program, what by a person, and what not at all."""

from __future__ import annotations

from dataclasses import replace as replaced

import pytest
from msgspec.structs import replace

from cooperation.actions import Given, finish_task, take_action
from cooperation.changes.feed import ChangeQuery, read_changes
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import CooperationError, InputRefused, OfficerNotEntitled, TransitionRefused, UndoRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store.operations import find_operation, read_history
from cooperation.store.queries import list_tasks
from cooperation.store.rows import OperationRow, TaskRow
from cooperation.store.store import Store
from cooperation.undo import Undoing, undo_operation
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, ISSUER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.letters import LETTER, letter
from tests.cooperation.support.scripted import KNOWLEDGE, ScriptedSystem, unavailable
from tests.cooperation.support.turns import OPERATION, operation, run

RELEASED = replace(KNOWLEDGE, compensation=OperationName.CARD_RELEASE)
LATER, THIRD = "S330100-2026-000002", "S330100-2026-000003"


@pytest.fixture
def system() -> ScriptedSystem:
    """A city whose losses are undone by a release."""
    return ScriptedSystem(knowledge=RELEASED)


@pytest.fixture
def desk(store: Store, clock: TestClock, system: ScriptedSystem) -> Desk:
    return make_desk(store, clock, system)


async def lost(desk: Desk, key: str = "key-0001") -> OperationRow:
    """A loss, after its first turn."""
    told = await accepted(desk, card_intent(key=key))
    assert told.delivery_id is not None
    await take_turn(desk, told.delivery_id)
    return await operation(desk, told.operation.number)


async def undone(desk: Desk, officer: Officer = CLERK, key: str = "key-undo") -> Undoing:
    return await undo_operation(desk, OPERATION, officer, key)


async def all_tasks(desk: Desk) -> list[TaskRow]:
    return await desk.store.read(lambda connection: list_tasks(connection, None, 10, includes_done=True))


async def refusal(desk: Desk, kind: type[CooperationError], officer: Officer = CLERK, key: str = "key-undo") -> str:
    with pytest.raises(kind) as refused:
        await undone(desk, officer, key)
    return str(refused.value)


async def test_what_the_operation_did_is_undone_by_its_counterpart_once(desk: Desk) -> None:
    assert (await lost(desk)).state == "DONE"
    first, again = await undone(desk), await undone(desk)
    released = first.accepted.operation
    assert (released.number, released.kind, first.accepted.is_new) == (LATER, OperationKind.RELEASE, True)
    assert (again.accepted.operation.number, again.accepted.is_new) == (LATER, False)
    assert LATER in await refusal(desk, UndoRefused, key="key-other")


async def test_what_was_so_before_is_not_undone(desk: Desk, system: ScriptedSystem) -> None:
    """The card is lost formally, and a temporary loss has nothing to do: a release would lift the formal one."""
    system.standing = Standing.IN_EFFECT
    assert (await lost(desk)).state == "DONE"
    assert "so before" in await refusal(desk, UndoRefused)
    assert await all_tasks(desk) == []


async def test_what_a_person_has_settled_is_undone_by_a_person(
    desk: Desk, system: ScriptedSystem, clock: TestClock
) -> None:
    """The system had said that it was done and never showed it: the card was locked otherwise."""
    system.answers, system.takes_effect = [Outcome.done("00", "HS-1")], [False]
    await accepted(desk)
    await run(desk, clock)
    assert (await operation(desk)).state == "MANUAL"
    await take_action(desk, OPERATION, "settle", ISSUER, Given(reason="its bank had locked it"))
    undoing = await undone(desk)
    assert (undoing.task is None, await operation(desk, OPERATION)) == (False, undoing.accepted.operation)


async def test_what_others_have_asked_for_since_is_not_undone_with_it(desk: Desk) -> None:
    await lost(desk)
    await accepted(desk, card_intent(OperationKind.FORMAL_LOSS, "key-0002"))
    assert LATER in await refusal(desk, UndoRefused)
    assert await desk.store.read(lambda connection: find_operation(connection, THIRD)) is None


async def test_what_officers_move_is_told_to_be_none_that_is_undone(desk: Desk) -> None:
    """Not that other officers may: they may not either."""
    await accepted(desk, letter())
    with pytest.raises(UndoRefused, match="Only what was written"):
        await undo_operation(desk, LETTER, CLERK, "key-undo")


async def test_a_clock_put_back_hides_nothing_that_came_later(desk: Desk, clock: TestClock) -> None:
    await lost(desk)
    clock.forward(seconds=-600)
    await accepted(desk, card_intent(OperationKind.FORMAL_LOSS, "key-0002"))
    assert LATER in await refusal(desk, UndoRefused)


async def test_what_was_withdrawn_since_stands_in_no_way(desk: Desk) -> None:
    await lost(desk)
    await accepted(desk, card_intent(OperationKind.FORMAL_LOSS, "key-0002"))
    await take_action(desk, LATER, "withdraw", CLERK, Given(reason="found again"))
    assert (await undone(desk)).accepted.operation.number == THIRD


async def test_an_effect_of_which_nobody_knows_whose_it_is_is_a_persons_to_undo(
    desk: Desk, clock: TestClock, system: ScriptedSystem
) -> None:
    """What was sent seemed lost, and when it was to be sent again the card was lost already."""
    system.answers, system.takes_effect = [Outcome.unknown(Reason.TIMED_OUT)], [False]
    told = await accepted(desk)
    assert told.delivery_id is not None
    await take_turn(desk, told.delivery_id)
    clock.forward(seconds=60)
    await take_turn(desk, told.delivery_id)
    system.standing = Standing.IN_EFFECT
    await take_turn(desk, told.delivery_id)
    assert (await operation(desk)).state == "DONE"
    undoing = await undone(desk)
    assert (undoing.accepted.operation.number, [task.kind for task in await all_tasks(desk)]) == (OPERATION, ["UNDO"])


async def test_what_is_under_way_is_withdrawn_and_not_undone(desk: Desk, system: ScriptedSystem) -> None:
    system.unreadable = [unavailable()]
    assert (await lost(desk)).state == "WAITING"
    with pytest.raises(TransitionRefused) as refused:
        await undone(desk)
    assert refused.value.allowed == ("withdraw",)


@pytest.mark.parametrize("compensation", [OperationName.CARD_RELEASE, None], ids=["by a program", "by a person"])
@pytest.mark.parametrize(
    ("officer", "key", "error"),
    [
        (Officer("1", "330100", Office.INSPECTION, Duty.HANDLER), "key-undo", OfficerNotEntitled),
        (replaced(CLERK, duty=Duty.REVIEWER), "key-undo", OfficerNotEntitled),
        (replaced(CLERK, city="999999"), "key-undo", InputRefused),
        (CLERK, "!", InputRefused),
    ],
)
async def test_who_may_not_ask_for_the_counterpart_may_not_undo(  # noqa: PLR0917  (a row of the table, and fixtures)
    desk: Desk,
    system: ScriptedSystem,
    compensation: OperationName | None,
    officer: Officer,
    key: str,
    error: type[CooperationError],
) -> None:
    system.knowledge = replace(KNOWLEDGE, compensation=compensation)
    await lost(desk)
    await refusal(desk, error, officer, key)
    assert await all_tasks(desk) == []


async def test_a_persons_undoing_is_asked_for_once_and_is_seen(desk: Desk, system: ScriptedSystem) -> None:
    system.knowledge = KNOWLEDGE
    before = await lost(desk)
    first = await undone(desk)
    assert first.task is not None
    await finish_task(desk, first.task.id, ISSUER, "released by hand")
    again = await undone(desk)
    assert (first.accepted.is_new, again.accepted.is_new) == (True, False)
    assert [(task.kind, task.done_by) for task in await all_tasks(desk)] == [("UNDO", ISSUER.name)]
    history = await desk.store.read(lambda connection: read_history(connection, OPERATION))
    assert [(one.action, one.actor, one.target) for one in history[before.version :]] == [("undo", CLERK.name, "DONE")]
    changes = await desk.store.read(lambda connection: read_changes(connection, ChangeQuery(), before.version, 10))
    assert [change.action for change in changes] == ["undo"]
