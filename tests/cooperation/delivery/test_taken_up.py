"""What a city's system has taken and does by itself, in days: cards to be made, certifications to be entered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from cooperation.acceptance import Intent
from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store import queries
from cooperation.store.operations import read_history
from cooperation.store.store import Store
from legacy_adapters.operations.commands import ReplacementCommand
from legacy_adapters.operations.outcomes import Observation, Outcome, Reason, Standing
from tests.cooperation.support.desks import (
    AGENT,
    HUANGSHAN,
    ISSUER,
    TestClock,
    accepted,
    card_intent,
    certification_intent,
    make_desk,
)
from tests.cooperation.support.scripted import KNOWLEDGE, ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery, operation, run

CERTIFICATION = "C330100-2026-000001"
CERTIFYING = f"{CERTIFICATION}-1"
PAYER = Officer("2002", HUANGSHAN, Office.INSURANCE_AGENCY, Duty.HANDLER)


async def taken_up(store: Store, clock: TestClock, system: ScriptedSystem) -> Desk:
    """A certification that the paying city's system has taken, and has not entered yet."""
    system.after_write = Standing.PENDING
    desk = make_desk(store, clock, system)
    await accepted(desk, certification_intent())
    assert await take_turn(desk, CERTIFYING) is None
    assert (await operation(desk, CERTIFICATION)).state == "TAKEN_UP"
    return desk


async def open_tasks(desk: Desk) -> list[tuple[str, str | None]]:
    tasks = (await desk.store.read(lambda connection: queries.tasks_of(connection, [CERTIFICATION]))).get(CERTIFICATION)
    return [(one.kind, one.reason) for one in tasks or [] if one.done_at is None]


async def test_a_replacement_is_applied_for_once_and_followed_until_the_card_is_taken(
    store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem(after_write=Standing.PENDING, knowledge=replace(KNOWLEDGE, is_immediate=False))
    desk = make_desk(store, clock, system)
    await accepted(desk, card_intent(OperationKind.REPLACEMENT))
    assert await take_turn(desk, DELIVERY) is None
    made = await delivery(desk)
    assert ((await operation(desk)).state, made.state, made.run) == ("IN_PRODUCTION", "OPEN", 2)
    assert (await operation(desk)).addressee_number == "R341000-2026-000001", "the city has taken it up"
    assert made.subject == DELIVERY, "it holds up no other operation on the card"
    clock.forward(days=9)
    assert await take_turn(desk, DELIVERY) is None
    assert (await operation(desk)).state == "IN_PRODUCTION"
    system.standing = Standing.IN_EFFECT
    assert await take_turn(desk, DELIVERY) is None
    assert ((await operation(desk)).state, len(system.references)) == ("DONE", 1)
    assert (await operation(desk)).addressee_number == "R341000-2026-000001"


async def test_an_application_is_looked_for_by_its_number_once_the_city_has_given_one(
    store: Store, clock: TestClock
) -> None:
    looked_for: list[str | None] = []

    class Applications(ScriptedSystem):
        async def observe(self, command: ReplacementCommand) -> Observation:
            looked_for.append(command.application_number)
            return await super().observe(command)

    system = Applications(after_write=Standing.PENDING)
    desk = make_desk(store, clock, system)
    await accepted(desk, card_intent(OperationKind.REPLACEMENT))
    await take_turn(desk, DELIVERY)
    await take_turn(desk, DELIVERY)
    assert looked_for == [None, None, "HS-1"], "before it was sent, after it, and while it is made"


@pytest.mark.parametrize(
    ("intent", "number"),
    [(lambda: card_intent(OperationKind.REPLACEMENT), OPERATION), (certification_intent, CERTIFICATION)],
)
async def test_an_application_that_has_vanished_is_not_made_again(
    sqlite_store: Store, clock: TestClock, intent: Callable[[], Intent], number: str
) -> None:
    system = ScriptedSystem(after_write=Standing.PENDING)
    desk = make_desk(sqlite_store, clock, system)
    await accepted(desk, intent())
    await take_turn(desk, f"{number}-1")
    system.standing = Standing.OPEN
    assert await take_turn(desk, f"{number}-1") is None
    assert ((await operation(desk, number)).state, len(system.references)) == ("MANUAL", 1)


async def test_a_replacement_that_is_made_after_all_stands_in_the_line_of_its_card_again(
    store: Store, clock: TestClock
) -> None:
    """It had left it for as long as the card was made: what came later meanwhile lets it pass."""
    system = ScriptedSystem(after_write=Standing.PENDING)
    desk = make_desk(store, clock, system)
    await accepted(desk, card_intent(OperationKind.REPLACEMENT))
    await take_turn(desk, DELIVERY)
    system.standing = Standing.OPEN
    await take_turn(desk, DELIVERY)
    assert (await operation(desk)).state == "MANUAL"
    clock.forward(seconds=1)
    later = await accepted(desk, card_intent(key="key-later"))
    assert later.delivery_id is not None
    await take_action(desk, OPERATION, "resume", ISSUER, Given(reason="their job was down"))
    assert await take_turn(desk, later.delivery_id) is None
    aside = await delivery(desk, later.operation.number)
    assert (aside.state, aside.run, system.references) == ("OPEN", 2, [DELIVERY])
    await take_turn(desk, DELIVERY)
    system.standing, system.after_write = Standing.OPEN, Standing.IN_EFFECT
    await run(desk, clock, later.delivery_id)
    assert system.references == [DELIVERY, DELIVERY, later.delivery_id]


async def test_a_certification_that_was_taken_up_is_followed_until_it_is_entered(
    store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem()
    desk = await taken_up(store, clock, system)
    owed = await delivery(desk, CERTIFICATION)
    assert (owed.state, owed.subject, owed.not_before) == ("OPEN", CERTIFYING, clock.now + timedelta(hours=1))
    assert (await operation(desk, CERTIFICATION)).addressee_number == "R341000-2026-000001"
    clock.forward(hours=1)
    assert await take_turn(desk, CERTIFYING) is None
    system.standing = Standing.IN_EFFECT
    clock.forward(hours=1)
    assert await take_turn(desk, CERTIFYING) is None
    history = await store.transact(lambda connection: read_history(connection, CERTIFICATION))
    assert [event.action for event in history] == ["create", "deliver", "take_up", "complete"]
    assert len(system.references) == 1


async def test_what_was_taken_up_is_not_withdrawn_though_it_cannot_be_looked_at(
    sqlite_store: Store, clock: TestClock
) -> None:
    """It stays with the city's system, and takes effect there."""
    system = ScriptedSystem()
    desk = await taken_up(sqlite_store, clock, system)
    clock.forward(hours=1)
    system.unreadable = [unavailable()]
    assert await take_turn(desk, CERTIFYING) is not None
    with pytest.raises(TransitionRefused):
        await take_action(desk, CERTIFICATION, "withdraw", AGENT, Given(reason="a mistake"))
    system.standing = Standing.IN_EFFECT
    assert await take_turn(desk, CERTIFYING) is None
    assert (await operation(desk, CERTIFICATION)).state == "DONE"


LATE_LOOKS = [
    # How it stands then, and whether that can be read.
    (Standing.IN_EFFECT, True, ("DONE", [])),
    (Standing.IMPOSSIBLE, True, ("REFUSED", [])),
    (Standing.PENDING, True, ("MANUAL", [("CLARIFY", None)])),
    (Standing.PENDING, False, ("MANUAL", [("CLARIFY", "UNREACHABLE")])),
]


@pytest.mark.parametrize(("standing", "is_readable", "end"), LATE_LOOKS)
async def test_a_certification_is_looked_at_before_it_is_said_that_its_city_does_not_enter_it(
    sqlite_store: Store,
    clock: TestClock,
    standing: Standing,
    is_readable: bool,
    end: tuple[str, list[tuple[str, str | None]]],
) -> None:
    """The city has its time from when its system has taken it up, however late that was."""
    system = ScriptedSystem(answers=[Outcome.not_now(Reason.BUSY)], takes_effect=[False], reason=Reason.STATE_FORBIDS)
    desk = make_desk(sqlite_store, clock, system)
    system.after_write = Standing.PENDING
    await accepted(desk, certification_intent())
    await take_turn(desk, CERTIFYING)
    clock.forward(hours=167)
    await take_turn(desk, CERTIFYING)
    clock.forward(hours=167)
    await take_turn(desk, CERTIFYING)
    assert (await operation(desk, CERTIFICATION)).state == "TAKEN_UP"
    clock.forward(hours=1)
    system.standing, system.unreadable = standing, [] if is_readable else [unavailable()] * 9
    assert await take_turn(desk, CERTIFYING) is None
    assert ((await operation(desk, CERTIFICATION)).state, await open_tasks(desk)) == end


async def test_a_persons_resumption_gives_the_city_its_time_again(sqlite_store: Store, clock: TestClock) -> None:
    system = ScriptedSystem()
    desk = await taken_up(sqlite_store, clock, system)
    clock.forward(hours=168)
    await take_turn(desk, CERTIFYING)
    assert (await operation(desk, CERTIFICATION)).state == "MANUAL"
    await take_action(desk, CERTIFICATION, "resume", PAYER, Given(reason="their job was down"))
    await take_turn(desk, CERTIFYING)
    assert (await operation(desk, CERTIFICATION)).state == "TAKEN_UP"
    system.standing = Standing.IN_EFFECT
    await run(desk, clock, CERTIFYING)
    assert ((await operation(desk, CERTIFICATION)).state, len(system.references)) == ("DONE", 1)
