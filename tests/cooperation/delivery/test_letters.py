"""Letters of investigation are entered in the systems of both cities, as officers move them on."""

from __future__ import annotations

import pytest

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import ContentMissing
from cooperation.store.queries import list_tasks
from cooperation.store.store import Store
from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation, AssistReply, Verdict
from tests.cooperation.support.desks import (
    AGENT,
    HANGZHOU,
    HUANGSHAN,
    REVIEWER,
    TestClock,
    accepted,
    make_desk,
)
from tests.cooperation.support.letters import (
    HEAD,
    INVESTIGATOR,
    LETTER,
    LetterSystem,
    deliver_all,
    deliveries,
    draft,
    ends,
    investigate,
    letter,
    reopen,
    report,
    report_again,
    send,
    tasks_by_city,
)


@pytest.fixture
def there() -> LetterSystem:
    return LetterSystem("HS-77")


@pytest.fixture
def here() -> LetterSystem:
    return LetterSystem("HZ-5")


@pytest.fixture
def desk(sqlite_store: Store, clock: TestClock, there: LetterSystem, here: LetterSystem) -> Desk:
    return make_desk(sqlite_store, clock, letters={HUANGSHAN: there, HANGZHOU: here})


async def test_both_systems_have_the_letter_under_numbers_of_their_own(sqlite_store: Store, clock: TestClock) -> None:
    there, here = LetterSystem("HS-77"), LetterSystem("HZ-5")
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there, HANGZHOU: here})
    await report(desk)
    for system in (there, here):
        creation, acceptance, reply = system.taken
        assert isinstance(creation, AssistCreation)
        assert (creation.letter_number, creation.questions, creation.due_on) == (
            LETTER,
            ("When?", "Where?"),
            "2026-11-24",
        )
        assert isinstance(acceptance, AssistAcceptance)
        assert (acceptance.number, acceptance.officers) == (system.number, ("2001", "2003"))
        assert isinstance(reply, AssistReply)
        assert (reply.number, reply.signed_by, [one.verdict for one in reply.findings]) == (
            system.number,
            "2002",
            [Verdict.CONFIRMED, Verdict.UNVERIFIABLE],
        )


async def test_a_city_without_such_a_system_is_passed_over(sqlite_store: Store, clock: TestClock) -> None:
    there = LetterSystem("HS-77")
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there})
    await report(desk)
    assert len(there.taken) == 3


async def test_what_a_system_refuses_holds_up_no_officer_and_is_its_citys_task(
    sqlite_store: Store, clock: TestClock
) -> None:
    there, here = LetterSystem("HS-77"), LetterSystem("HZ-5", refuses=(AssistCreation,))
    desk = make_desk(sqlite_store, clock, letters={HUANGSHAN: there, HANGZHOU: here})
    await report(desk)
    assert len(there.taken) == 3
    tasks = await sqlite_store.transact(lambda c: list_tasks(c, HANGZHOU, 10, includes_done=False))
    assert [(task.kind, task.city) for task in tasks] == [("DO_BY_HAND", HANGZHOU)]


async def test_a_second_report_is_a_task_of_each_city_whose_system_has_a_reply_already(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem
) -> None:
    await report(desk)
    await report_again(desk)
    assert (await ends(desk, clock))[4:] == [
        ("assist_reply", "DONE"),
        ("assist_reply", "DONE"),
        ("assist_reply", "MANUAL"),
        ("assist_reply", "MANUAL"),
    ]
    assert (there.replies, here.replies) == (["that day"], ["that day"])
    assert await tasks_by_city(desk) == [
        (HANGZHOU, "DO_BY_HAND", "NOT_OFFERED"),
        (HUANGSHAN, "DO_BY_HAND", "NOT_OFFERED"),
    ]


async def test_a_second_report_is_written_where_the_first_was_not(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem
) -> None:
    await send(desk)
    await investigate(desk)
    here.is_away = True
    await draft(desk, "that day", "unclear")
    await take_action(desk, LETTER, "report", HEAD, Given())
    await deliver_all(desk)
    await report_again(desk)
    here.is_away = False
    assert (await ends(desk, clock))[4:] == [
        ("assist_reply", "DONE"),
        ("assist_reply", "WITHDRAWN"),
        ("assist_reply", "MANUAL"),
        ("assist_reply", "DONE"),
    ]
    assert (there.replies, here.replies) == (["that day"], ["the day after"])
    assert await tasks_by_city(desk) == [(HUANGSHAN, "DO_BY_HAND", "NOT_OFFERED")]


async def test_findings_that_nobody_has_signed_are_never_written(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem
) -> None:
    there.is_away = here.is_away = True
    await report(desk)
    await reopen(desk)
    await draft(desk, "only a draft", "unclear", "nobody")
    there.is_away = here.is_away = False
    await ends(desk, clock)
    assert (there.replies, here.replies) == ([], [])
    assert await tasks_by_city(desk) == []


@pytest.mark.parametrize(("has_effect", "end"), [(True, "DONE"), (False, "WITHDRAWN")])
async def test_a_reply_on_its_way_when_the_letter_is_reopened_is_read_back_and_not_sent_again(
    desk: Desk, clock: TestClock, there: LetterSystem, has_effect: bool, end: str
) -> None:
    await send(desk)
    await investigate(desk)
    await draft(desk, "that day", "unclear")
    await take_action(desk, LETTER, "report", HEAD, Given())
    there.loses = [has_effect]
    (first, _) = await deliveries(desk, "assist_reply")
    await take_turn(desk, first.id, lambda step: setattr(there, "is_away", step in ("written", "kept")))
    await reopen(desk)
    await draft(desk, "only a draft", "unclear", "nobody")
    there.is_away = False
    assert next(state for write, state in await ends(desk, clock) if write == "assist_reply") == end
    assert there.replies == ["that day"] * has_effect


async def test_each_city_has_its_task_though_the_other_has_one_of_the_same_kind(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem
) -> None:
    there.refuses = here.refuses = (AssistCreation,)
    await report(desk)
    assert [(city, kind) for city, kind, _ in await tasks_by_city(desk)] == [
        (HANGZHOU, "DO_BY_HAND"),
        (HUANGSHAN, "DO_BY_HAND"),
    ]


async def test_a_refused_write_is_a_task_though_the_letter_goes_on(desk: Desk, here: LetterSystem) -> None:
    here.refuses = (AssistReply,)
    await report(desk)
    assert await tasks_by_city(desk) == [(HANGZHOU, "DO_BY_HAND", "REQUEST_INVALID")]


@pytest.mark.parametrize("end", ["withdraw", "reject"])
async def test_a_letter_that_came_to_nothing_is_entered_nowhere_any_more(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem, end: str
) -> None:
    there.is_away = here.is_away = True
    await send(desk)
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    who = AGENT if end == "withdraw" else INVESTIGATOR
    await take_action(desk, LETTER, end, who, Given(reason="sent by mistake"))
    there.is_away = here.is_away = False
    assert [state for _, state in await ends(desk, clock)] == ["WITHDRAWN", "WITHDRAWN"]
    assert (there.taken, here.taken) == ([], [])
    assert await tasks_by_city(desk) == []


@pytest.mark.parametrize(("has_effect", "end"), [(True, "DONE"), (False, "WITHDRAWN")])
async def test_an_entry_that_is_on_its_way_when_its_letter_is_withdrawn_is_read_back(
    desk: Desk, clock: TestClock, there: LetterSystem, has_effect: bool, end: str
) -> None:
    await accepted(desk, letter())
    await take_action(desk, LETTER, "send", REVIEWER, Given())
    there.loses = [has_effect]
    (first, _) = await deliveries(desk, "assist_creation")
    await take_turn(desk, first.id, lambda step: setattr(there, "is_away", step in ("written", "kept")))
    await take_action(desk, LETTER, "withdraw", AGENT, Given(reason="sent by mistake"))
    there.is_away = False
    assert (await ends(desk, clock))[0] == ("assist_creation", end)
    assert len(there.taken) == has_effect
    assert await tasks_by_city(desk) == ([(HUANGSHAN, "UNDO", "WITHDRAWN")] if has_effect else [])


@pytest.mark.parametrize(("end", "state"), [("withdraw", "WITHDRAWN"), ("reject", "REJECTED")])
async def test_who_has_entered_a_letter_that_came_to_nothing_marks_it_by_hand(
    desk: Desk, here: LetterSystem, end: str, state: str
) -> None:
    here.is_away = True
    await send(desk)
    await take_action(desk, LETTER, "receive", INVESTIGATOR, Given())
    assert await tasks_by_city(desk) == []
    who = AGENT if end == "withdraw" else INVESTIGATOR
    await take_action(desk, LETTER, end, who, Given(reason="sent by mistake"))
    assert await tasks_by_city(desk) == [(HUANGSHAN, "UNDO", state)]


async def test_a_letter_is_entered_before_it_is_taken_up_even_if_the_clock_was_put_back(
    desk: Desk, clock: TestClock, there: LetterSystem, here: LetterSystem
) -> None:
    there.is_away = here.is_away = True
    await send(desk)
    clock.forward(minutes=-10)
    await investigate(desk)
    there.is_away = here.is_away = False
    assert [state for _, state in await ends(desk, clock)] == ["DONE"] * 4
    for system in (there, here):
        assert [type(command) for command in system.taken] == [AssistCreation, AssistAcceptance]


async def test_nothing_is_reported_before_it_is_drafted_nor_after_it_was_found_wanting(desk: Desk) -> None:
    await send(desk)
    await investigate(desk)
    with pytest.raises(ContentMissing):
        await take_action(desk, LETTER, "report", HEAD, Given())
    await draft(desk, "that day", "unclear")
    await take_action(desk, LETTER, "report", HEAD, Given())
    await reopen(desk)
    with pytest.raises(ContentMissing):
        await take_action(desk, LETTER, "report", HEAD, Given())
