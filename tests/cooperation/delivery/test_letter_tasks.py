"""What a city's system does not take of a letter goes on when its city's people have seen to it."""

from __future__ import annotations

import pytest

from cooperation.actions import Given, finish_task, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import InputRefused
from cooperation.letter_tasks import Handled, Handling
from cooperation.store.store import Store
from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation, AssistReply
from tests.cooperation.support.desks import AGENT, HANGZHOU, REVIEWER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.letters import (
    HEAD,
    INVESTIGATOR,
    LETTER,
    LetterSystem,
    deliver_all,
    deliveries,
    draft,
    ends,
    finish,
    investigate,
    letter,
    officer_of,
    reopen,
    report,
    send,
    tasks_by_city,
)
from tests.cooperation.support.scripted import ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, run

WRITE_AGAIN = Handled(Handling.WRITE_AGAIN)
DONE_BY_HAND = Handled(Handling.DONE_BY_HAND)


@pytest.fixture
def here() -> LetterSystem:
    return LetterSystem("HZ-5")


@pytest.fixture
def desk(sqlite_store: Store, clock: TestClock, here: LetterSystem) -> Desk:
    """Huangshan keeps no letters."""
    return make_desk(sqlite_store, clock, letters={HANGZHOU: here})


async def states(desk: Desk, clock: TestClock) -> list[str]:
    return [state for _, state in await ends(desk, clock)]


async def give_up(desk: Desk, action: str) -> None:
    who = AGENT if action == "withdraw" else INVESTIGATOR
    await take_action(desk, LETTER, action, who, Given(reason="sent by mistake"))


async def test_once_the_platform_is_let_in_again_all_that_waited_for_the_entry_is_written(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.bars = True
    await report(desk)
    assert await tasks_by_city(desk) == [(HANGZHOU, "MEND_ACCESS", "ACCESS_REFUSED")]
    here.bars = False
    await finish(desk, HANGZHOU, "MEND_ACCESS")
    assert (await states(desk, clock), await tasks_by_city(desk)) == (["DONE"] * 3, [])
    assert [type(command) for command in here.taken] == [AssistCreation, AssistAcceptance, AssistReply]


async def test_what_follows_an_entry_by_hand_is_written_under_its_number(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.refuses = (AssistCreation,)
    await report(desk)
    await finish(desk, HANGZHOU, "DO_BY_HAND", Handled(Handling.DONE_BY_HAND, " HZ-9 "))
    assert (await states(desk, clock), await tasks_by_city(desk)) == (["DONE"] * 3, [])
    assert [(type(one), one.number) for one in here.taken] == [(AssistAcceptance, "HZ-9"), (AssistReply, "HZ-9")]
    (entry,) = await deliveries(desk, "assist_creation")
    assert entry.receipt == "HZ-9"


async def test_without_its_number_what_follows_is_done_by_hand_too(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.refuses = (AssistCreation,)
    await report(desk)
    await finish(desk, HANGZHOU, "DO_BY_HAND")
    assert await states(desk, clock) == ["DONE", "MANUAL", "MANUAL"]
    assert await tasks_by_city(desk) == [(HANGZHOU, "DO_BY_HAND", "NOT_OFFERED")] * 2
    await finish(desk, HANGZHOU, "DO_BY_HAND")
    await finish(desk, HANGZHOU, "DO_BY_HAND")
    assert (await states(desk, clock), await tasks_by_city(desk), here.taken) == (["DONE"] * 3, [], [])


@pytest.mark.parametrize("handled", [WRITE_AGAIN, DONE_BY_HAND])
async def test_what_nobody_knew_of_is_written_again_only_if_somebody_says_so(
    desk: Desk, clock: TestClock, here: LetterSystem, handled: Handled
) -> None:
    here.forgets = True
    await send(desk)
    assert await states(desk, clock) == ["MANUAL"]
    assert [kind for _, kind, _ in await tasks_by_city(desk)] == ["CLARIFY"]
    here.forgets = False
    await finish(desk, HANGZHOU, "CLARIFY", handled)
    assert (await states(desk, clock), await tasks_by_city(desk)) == (["DONE"], [])
    assert len(here.taken) == (handled == WRITE_AGAIN)


async def test_what_was_not_taken_for_a_week_is_written_once_the_system_is_back(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.is_away = True
    await send(desk)
    clock.forward(hours=169)
    await deliver_all(desk)
    assert await tasks_by_city(desk) == [(HANGZHOU, "DO_BY_HAND", "UNREACHABLE")]
    here.is_away = False
    await finish(desk, HANGZHOU, "DO_BY_HAND", WRITE_AGAIN)
    assert (await states(desk, clock), await tasks_by_city(desk)) == (["DONE"], [])


async def test_what_is_refused_again_is_a_task_again(desk: Desk, clock: TestClock, here: LetterSystem) -> None:
    here.refuses = (AssistCreation,)
    await report(desk)
    await finish(desk, HANGZHOU, "DO_BY_HAND", WRITE_AGAIN)
    assert await states(desk, clock) == ["REFUSED", "MANUAL", "MANUAL"]
    assert await tasks_by_city(desk) == [(HANGZHOU, "DO_BY_HAND", "REQUEST_INVALID")]


@pytest.mark.parametrize("end", ["withdraw", "reject"])
@pytest.mark.parametrize("obstacle", ["refuses", "bars"])
async def test_nobody_enters_a_letter_that_came_to_nothing(
    desk: Desk, clock: TestClock, here: LetterSystem, end: str, obstacle: str
) -> None:
    setattr(here, obstacle, (AssistCreation,))
    await send(desk)
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    assert len(await tasks_by_city(desk)) == 1
    await give_up(desk, end)
    assert await tasks_by_city(desk) == []
    assert await states(desk, clock) == ["REFUSED" if obstacle == "refuses" else "WITHDRAWN"]


@pytest.mark.parametrize(("end", "state"), [("withdraw", "WITHDRAWN"), ("reject", "REJECTED")])
async def test_who_has_entered_it_by_hand_marks_it_by_hand(
    desk: Desk, here: LetterSystem, end: str, state: str
) -> None:
    here.refuses = (AssistCreation,)
    await send(desk)
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    await finish(desk, HANGZHOU, "DO_BY_HAND", Handled(Handling.DONE_BY_HAND, "HZ-9"))
    await give_up(desk, end)
    assert await tasks_by_city(desk) == [(HANGZHOU, "UNDO", state)]


async def test_who_has_entered_it_without_knowing_that_it_was_withdrawn_marks_it_once(
    desk: Desk, here: LetterSystem
) -> None:
    here.refuses = (AssistCreation,)
    await send(desk)
    await give_up(desk, "withdraw")
    assert await tasks_by_city(desk) == []
    say_so = (f"{LETTER}-task-1", officer_of(HANGZHOU), "entered", Handled(Handling.DONE_BY_HAND, "HZ-9"))
    await finish_task(desk, *say_so)
    assert await tasks_by_city(desk) == [(HANGZHOU, "UNDO", "WITHDRAWN")]
    await finish(desk, HANGZHOU, "UNDO")
    await finish_task(desk, *say_so)
    assert await tasks_by_city(desk) == []


async def test_where_nobody_knew_whether_it_was_entered_it_is_looked_for_and_marked(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.forgets = True
    await send(desk)
    assert await states(desk, clock) == ["MANUAL"]
    await give_up(desk, "withdraw")
    assert await tasks_by_city(desk) == [(HANGZHOU, "UNDO", "WITHDRAWN")]


async def test_an_entry_on_its_way_to_a_system_that_stays_away_is_looked_for_and_marked(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    await accepted(desk, letter())
    await take_action(desk, LETTER, "send", REVIEWER, Given())
    here.loses = [True]
    (entry,) = await deliveries(desk, "assist_creation")
    await take_turn(desk, entry.id, lambda step: setattr(here, "is_away", step in ("written", "kept")))
    here.is_away = True
    await give_up(desk, "withdraw")
    clock.forward(hours=169)
    assert await states(desk, clock) == ["WITHDRAWN"]
    assert await tasks_by_city(desk) == [(HANGZHOU, "UNDO", "WITHDRAWN")]


async def test_nobody_enters_a_report_that_is_no_answer_any_more(desk: Desk, here: LetterSystem) -> None:
    here.refuses = (AssistReply,)
    await report(desk)
    assert await tasks_by_city(desk) == [(HANGZHOU, "DO_BY_HAND", "REQUEST_INVALID")]
    await reopen(desk)
    assert await tasks_by_city(desk) == []


async def test_the_next_report_is_written_where_people_were_to_enter_the_one_before(
    desk: Desk, clock: TestClock, here: LetterSystem
) -> None:
    here.refuses = (AssistReply,)
    await report(desk)
    await reopen(desk)
    here.refuses = ()
    await draft(desk, "the day after", "unclear", "nobody")
    await take_action(desk, LETTER, "report", HEAD, Given())
    assert (await states(desk, clock))[2:] == ["REFUSED", "DONE"]
    assert (here.replies, await tasks_by_city(desk)) == (["the day after"], [])


@pytest.mark.parametrize(
    "handled", [Handled(Handling.WRITE_AGAIN, "HZ-9"), Handled(Handling.DONE_BY_HAND, "9" * 81), Handled(None, " ")]
)
async def test_a_number_is_that_of_an_entry_by_hand(desk: Desk, here: LetterSystem, handled: Handled) -> None:
    here.refuses = (AssistCreation,)
    await send(desk)
    with pytest.raises(InputRefused, match="receipt"):
        await finish(desk, HANGZHOU, "DO_BY_HAND", handled)
    assert len(await tasks_by_city(desk)) == 1


async def test_only_an_entry_has_a_number(desk: Desk, clock: TestClock, here: LetterSystem) -> None:
    await send(desk)
    here.refuses = (AssistAcceptance,)
    await investigate(desk)
    await states(desk, clock)
    with pytest.raises(InputRefused, match="receipt"):
        await finish(desk, HANGZHOU, "DO_BY_HAND", Handled(Handling.DONE_BY_HAND, "HZ-9"))


async def test_what_is_resumed_settled_or_declined_is_seen_to_by_these_actions(
    sqlite_store: Store, clock: TestClock
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(unreadable=[unavailable() for _ in range(999)]))
    await accepted(desk, card_intent())
    await run(desk, clock, DELIVERY)
    with pytest.raises(InputRefused, match="handling"):
        await finish(desk, HANGZHOU, "TELEPHONE", DONE_BY_HAND)
    await finish(desk, HANGZHOU, "TELEPHONE")
    assert await tasks_by_city(desk) == []
