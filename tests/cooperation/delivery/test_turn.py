"""The exactly-once algorithm, whatever the city's system does and wherever the process dies."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cooperation.actions import Given, finish_task, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import OfficerNotEntitled, TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.store.operations import read_history
from cooperation.store.queries import list_tasks
from cooperation.store.store import Store
from cooperation.store.tables import TASKS
from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.errors import AdapterError, SystemBusy, SystemInMaintenance, SystemRefused
from legacy_adapters.operations.commands import CardCommand, CertificationCommand, ReplacementCommand
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import (
    CLERK,
    HANGZHOU,
    ISSUER,
    PERSON,
    TestClock,
    accepted,
    card_intent,
    certification_intent,
    make_desk,
)
from tests.cooperation.support.scripted import KNOWLEDGE, Killed, ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery, die_in_turn, operation, run

UNKNOWN = Outcome.unknown(Reason.TIMED_OUT)


async def tasks(desk: Desk) -> list[tuple[str, str | None]]:
    rows = await desk.store.transact(lambda connection: connection.execute(select(TASKS)).all())
    return [(row.kind, row.reason) for row in rows if row.done_at is None]


async def test_a_loss_takes_effect_in_one_turn_and_both_sides_have_numbers(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    assert await take_turn(desk, DELIVERY) is None
    done, proof = await operation(desk), await delivery(desk)
    assert (done.state, done.addressee_number) == ("DONE", "R341000-2026-000001")
    assert (proof.outcome, proof.raw_code, proof.receipt, proof.state_raw) == ("DONE", "00", "HS-1", "4")
    assert (system.effects, system.references) == (1, [DELIVERY])
    history = await store.transact(lambda connection: read_history(connection, OPERATION))
    assert [event.action for event in history] == ["create", "deliver", "complete"]


async def test_what_is_so_already_is_not_sent(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(standing=Standing.IN_EFFECT)
    desk = make_desk(store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert ((await operation(desk)).state, (await delivery(desk)).outcome, system.references) == ("DONE", "ALREADY", [])


@pytest.mark.parametrize("reason", [Reason.SUBJECT_UNKNOWN, Reason.PERSON_MISMATCH, Reason.STATE_FORBIDS])
@pytest.mark.parametrize("is_seen_before", [True, False])
async def test_the_citys_refusal_is_its_last_word(
    sqlite_store: Store, clock: TestClock, reason: Reason, is_seen_before: bool
) -> None:
    system = (
        ScriptedSystem(standing=Standing.IMPOSSIBLE, reason=reason)
        if is_seen_before
        else ScriptedSystem(answers=[Outcome.refused(reason, "02")])
    )
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert ((await operation(desk)).state, (await delivery(desk)).reason) == ("REFUSED", reason)
    assert (system.effects, await tasks(desk)) == (0, [])


@pytest.mark.parametrize(
    ("reason", "task"),
    [
        (Reason.CLAIM_UNCONFIRMED, "CLARIFY"),
        (Reason.OTHER, "CLARIFY"),
        (Reason.ACCESS_REFUSED, "MEND_ACCESS"),
        (Reason.NOT_OFFERED, "DO_BY_HAND"),
    ],
)
async def test_a_refusal_that_says_nothing_of_the_matter_is_a_persons_task(
    sqlite_store: Store, clock: TestClock, reason: Reason, task: str
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(answers=[Outcome.refused(reason, "01")]))
    await accepted(desk)
    await run(desk, clock)
    assert ((await operation(desk)).state, await tasks(desk)) == ("MANUAL", [(task, reason)])


async def test_a_city_that_does_not_offer_it_gets_a_task_at_once(sqlite_store: Store, clock: TestClock) -> None:
    desk = make_desk(sqlite_store, clock, None)
    await accepted(desk)
    await run(desk, clock)
    assert ((await operation(desk)).state, await tasks(desk)) == ("MANUAL", [("DO_BY_HAND", "NOT_OFFERED")])


async def test_an_answer_that_was_lost_is_found_in_the_state(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[UNKNOWN])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_a_request_that_may_be_on_its_way_is_waited_for_before_another_is_sent(
    store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    start = clock.now
    while len(system.references) < 2:
        assert (await operation(desk)).state != "DONE"
        clock.forward(seconds=await take_turn(desk, DELIVERY) or 0)
    assert clock.now - start >= timedelta(seconds=KNOWLEDGE.settling_seconds)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_an_effect_that_comes_late_is_not_caused_again(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    clock.forward(seconds=await take_turn(desk, DELIVERY) or 0)
    system.standing = Standing.IN_EFFECT
    await run(desk, clock)
    assert ((await operation(desk)).state, len(system.references)) == ("DONE", 1)


async def test_an_unreadable_state_leaves_the_doubt_and_nothing_is_sent(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[UNKNOWN])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    system.on_write = lambda: system.unreadable.extend(unavailable() for _ in range(3))
    pause = await take_turn(desk, DELIVERY)
    assert pause is not None
    assert (await operation(desk)).state == "DELIVERING"
    with pytest.raises(TransitionRefused):
        await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="a mistake"))
    clock.forward(seconds=pause)
    await run(desk, clock)
    assert ((await operation(desk)).state, system.effects, len(system.references)) == ("DONE", 1, 1)


async def test_a_write_that_nothing_comes_of_is_given_to_a_person_after_its_attempts(
    sqlite_store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem(answers=[UNKNOWN] * 9, takes_effect=[False] * 9)
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert (len(system.references), await tasks(desk)) == (5, [("CLARIFY", "TIMED_OUT")])


async def test_done_without_effect_is_a_contradiction_for_a_person(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(takes_effect=[False])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert ((await operation(desk)).state, len(system.references)) == ("MANUAL", 1)
    assert await tasks(desk) == [("CLARIFY", None)]


async def test_a_closed_system_is_asked_again_when_it_opens(store: Store, clock: TestClock) -> None:
    opens = datetime(2026, 10, 31, 6, 0, tzinfo=CITY_ZONE)
    clock.now = datetime(2026, 10, 30, 22, 31, tzinfo=CITY_ZONE)
    system = ScriptedSystem(answers=[Outcome.not_now(Reason.MAINTENANCE, None, opens.isoformat())])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    pause = await take_turn(desk, DELIVERY)
    assert pause == (opens - clock.now).total_seconds()
    assert ((await operation(desk)).state, (await delivery(desk)).reason) == ("WAITING", "MAINTENANCE")
    clock.now = opens
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (SystemInMaintenance("scripted", "341000", "closed"), "MAINTENANCE"),
        (SystemBusy("scripted", "341000", "busy"), "BUSY"),
        (unavailable(), "UNREACHABLE"),
    ],
)
async def test_what_waits_for_a_state_that_cannot_be_read_says_why(
    sqlite_store: Store, clock: TestClock, failure: AdapterError, reason: str
) -> None:
    system = ScriptedSystem(unreadable=[failure])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    clock.forward(seconds=await take_turn(desk, DELIVERY) or 0)
    assert ((await operation(desk)).state, (await delivery(desk)).reason) == ("WAITING", reason)
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_waiting_is_told_once_however_often_it_is_tried(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(unreadable=[unavailable() for _ in range(4)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    history = await sqlite_store.transact(lambda connection: read_history(connection, OPERATION))
    assert [event.action for event in history] == ["create", "postpone", "deliver", "complete"]


async def test_pauses_grow_up_to_ten_minutes(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(unreadable=[unavailable() for _ in range(12)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    pauses = [await take_turn(desk, DELIVERY) for _ in range(12)]
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]


async def test_a_temporary_loss_that_comes_too_late_expires_and_somebody_telephones(
    sqlite_store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem(unreadable=[unavailable() for _ in range(999)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    start = clock.now
    await run(desk, clock)
    assert timedelta(hours=24) <= clock.now - start <= timedelta(hours=25)
    assert (await operation(desk)).state == "EXPIRED"
    assert (await tasks(desk), system.references) == ([("TELEPHONE", "UNREACHABLE")], [])


async def test_a_system_that_opens_after_the_limit_is_not_waited_for(sqlite_store: Store, clock: TestClock) -> None:
    opens = (clock.now + timedelta(hours=30)).isoformat()
    system = ScriptedSystem(answers=[Outcome.not_now(Reason.MAINTENANCE, None, opens)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    start = clock.now
    await run(desk, clock)
    assert clock.now - start == timedelta(hours=24)
    assert ((await operation(desk)).state, await tasks(desk)) == ("EXPIRED", [("TELEPHONE", "MAINTENANCE")])
    assert len(system.references) == 1


LATE_ENDS = [
    # What was answered before the process died, whether it had its effect, and whether that can be read later.
    (Outcome.not_now(Reason.BUSY), False, True, ("EXPIRED", [("TELEPHONE", "BUSY")])),
    (Outcome.not_now(Reason.BUSY), False, False, ("EXPIRED", [("TELEPHONE", "BUSY")])),
    (Outcome.refused(Reason.STATE_FORBIDS, "E4001"), False, False, ("REFUSED", [])),
    (UNKNOWN, False, True, ("EXPIRED", [("TELEPHONE", "TIMED_OUT")])),
    (UNKNOWN, True, True, ("DONE", [])),
    (UNKNOWN, False, False, ("MANUAL", [("CLARIFY", "TIMED_OUT")])),
    (Outcome.done("00"), True, False, ("MANUAL", [("CLARIFY", None)])),
]


@pytest.mark.parametrize(("answer", "takes_effect", "is_readable", "end"), LATE_ENDS)
async def test_what_was_sent_has_its_own_end_however_late(  # noqa: PLR0917  (a row of the table, and two fixtures)
    sqlite_store: Store,
    clock: TestClock,
    answer: Outcome,
    takes_effect: bool,
    is_readable: bool,
    end: tuple[str, list[tuple[str, str | None]]],
) -> None:
    """Nobody worked from the answer until after the limit; only what is known to be void expires."""
    system = ScriptedSystem(answers=[answer], takes_effect=[takes_effect])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await die_in_turn(desk, "kept")
    clock.forward(hours=25)
    system.unreadable = [] if is_readable else [unavailable() for _ in range(99)]
    await run(desk, clock)
    assert ((await operation(desk)).state, await tasks(desk)) == end
    assert len(system.references) == 1


async def test_another_write_that_cannot_be_delivered_stays_and_becomes_a_task(
    sqlite_store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem(unreadable=[unavailable() for _ in range(9999)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk, card_intent(OperationKind.FORMAL_LOSS))
    await run(desk, clock, turns=2000)
    assert ((await operation(desk)).state, await tasks(desk)) == ("MANUAL", [("TELEPHONE", "UNREACHABLE")])


@pytest.mark.parametrize("kind", [OperationKind.TEMPORARY_LOSS, OperationKind.FORMAL_LOSS])
async def test_who_asked_telephones_and_nobody_of_the_city_that_is_called_can_say_so(
    sqlite_store: Store, clock: TestClock, kind: OperationKind
) -> None:
    desk = make_desk(sqlite_store, clock, ScriptedSystem(unreadable=[unavailable() for _ in range(9999)]))
    await accepted(desk, card_intent(kind))
    await run(desk, clock, turns=2000)
    assert await tasks(desk) == [("TELEPHONE", "UNREACHABLE")]
    (task,) = await sqlite_store.transact(lambda connection: list_tasks(connection, HANGZHOU, 10, includes_done=False))
    with pytest.raises(OfficerNotEntitled, match=HANGZHOU):
        await finish_task(desk, task.id, ISSUER, "nobody called")
    assert (await finish_task(desk, task.id, CLERK, "they know")).done_by == CLERK.name


async def test_a_persons_resumption_delivers_it_after_all(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(answers=[UNKNOWN] * 5, takes_effect=[False] * 5)
    desk = make_desk(store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert (await operation(desk)).state == "MANUAL"
    await take_action(desk, OPERATION, "resume", ISSUER, Given(reason="their system was repaired"))
    await run(desk, clock)
    assert ((await operation(desk)).state, system.effects, await tasks(desk)) == ("DONE", 1, [])
    assert (await delivery(desk)).run == 2


async def test_refused_credentials_are_not_tried_again(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem(unreadable=[SystemRefused("scripted", "341000", "login refused", is_login=True)])
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    assert await take_turn(desk, DELIVERY) is None
    assert await tasks(desk) == [("MEND_ACCESS", "ACCESS_REFUSED")]


async def test_a_withdrawn_operation_is_not_delivered(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="the card was found"))
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.references) == ("WITHDRAWN", [])


async def test_a_withdrawal_between_the_look_and_the_write_wins(store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    observe = system.observe

    async def observe_slowly(command: Any) -> Any:
        seen = await observe(command)
        await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="the card was found"))
        return seen

    system.observe = observe_slowly
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, system.references) == ("WITHDRAWN", [])


async def test_two_workers_at_one_delivery_send_one_request(store: Store, clock: TestClock) -> None:
    """One was thought to be dead, and its delivery was taken over while it looked."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    observe, is_first = system.observe, True

    async def observe_slowly(command: Any) -> Any:
        nonlocal is_first
        seen = await observe(command)
        if is_first:
            is_first = False
            await take_turn(desk, DELIVERY)
        return seen

    system.observe = observe_slowly
    await take_turn(desk, DELIVERY)
    assert ((await operation(desk)).state, system.effects, len(system.references)) == ("DONE", 1, 1)


STEPS = ("opened", "observed", "begun", "written", "kept", "read_back", "concluded")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("answer", [None, UNKNOWN, Killed()], ids=["answered", "lost", "killed_while_written"])
@pytest.mark.parametrize("takes_effect", [True, False])
async def test_wherever_the_process_dies_the_effect_comes_about_once(
    sqlite_store: Store, clock: TestClock, step: str, answer: Any, takes_effect: bool
) -> None:
    system = ScriptedSystem()
    if answer is not None:
        system.answers.append(answer)
        system.takes_effect.append(takes_effect)
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)

    deaths = [step] * 3

    def die(name: str) -> None:
        if name in deaths:
            deaths.remove(name)
            raise Killed

    pause: float | None = 0.0
    while pause is not None:
        try:
            pause = await take_turn(desk, DELIVERY, die)
        except Killed:
            pause = 1.0
        clock.forward(seconds=pause or 0.0)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_a_certification_is_written_into_the_paying_city(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = make_desk(sqlite_store, clock, system)
    told = await accepted(desk, certification_intent())
    await run(desk, clock, told.delivery_id or "")
    assert (await operation(desk, told.operation.number)).state == "DONE"
    (command,) = system.commands
    assert isinstance(command, CertificationCommand)
    assert (command.national_id, command.helper_city, command.passed_on) == (PERSON, "330100", "2026-10-30")


async def test_a_card_command_names_holder_and_function(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk)
    await run(desk, clock)
    assert system.commands == [CardCommand("H00000001", PERSON, "张三")]
    assert not isinstance(system.commands[0], ReplacementCommand)
