"""Workers that are overtaken, or die where it could mislead their successor; `tests.cooperation.faults` found each."""

from __future__ import annotations

from typing import Any

import pytest

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.errors import TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.store.deliveries import read_last_attempt
from cooperation.store.store import Store
from legacy_adapters.operations.outcomes import Outcome, Reason, Standing
from tests.cooperation.support.desks import CLERK, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.scripted import Killed, ScriptedSystem, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery, operation, run

UNKNOWN = Outcome.unknown(Reason.TIMED_OUT)


@pytest.mark.parametrize(
    ("answer", "state"),
    [(Outcome.not_now(Reason.BUSY), "DONE"), (Outcome.refused(Reason.STATE_FORBIDS, "E4001"), "REFUSED")],
)
async def test_a_death_between_an_answer_and_its_conclusion_leaves_the_conclusion_to_the_next_turn(
    store: Store, clock: TestClock, answer: Outcome, state: str
) -> None:
    system = ScriptedSystem(answers=[answer], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)

    def die(name: str) -> None:
        if name == "kept":
            raise Killed

    with pytest.raises(Killed):
        await take_turn(desk, DELIVERY, die)
    await run(desk, clock)
    assert (await operation(desk)).state == state


async def test_an_earlier_operation_on_a_card_goes_first_though_it_was_handed_over_later(
    store: Store, clock: TestClock
) -> None:
    """The process that accepted it died before it handed it over; the later one came to the front of the line."""
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    earlier = await accepted(desk, card_intent(key="key-earlier"))
    clock.forward(seconds=1)
    later = await accepted(desk, card_intent(OperationKind.RELEASE, key="key-later"))
    assert earlier.delivery_id is not None
    assert later.delivery_id is not None
    assert await take_turn(desk, later.delivery_id) is None
    aside = await delivery(desk, later.operation.number)
    assert (aside.state, aside.run, system.references) == ("OPEN", 2, [])
    await run(desk, clock, earlier.delivery_id)
    system.standing = Standing.OPEN
    await run(desk, clock, later.delivery_id)
    assert system.references == [earlier.delivery_id, later.delivery_id]


async def test_a_worker_that_was_overtaken_while_it_looked_concludes_nothing(store: Store, clock: TestClock) -> None:
    """Else what is on its way would count as waiting, and could be withdrawn."""
    system = ScriptedSystem(answers=[UNKNOWN], takes_effect=[False])
    desk = make_desk(store, clock, system)
    await accepted(desk)
    observe, is_first = system.observe, True

    async def observe_slowly(command: Any) -> Any:
        nonlocal is_first
        if is_first:
            is_first = False
            await take_turn(desk, DELIVERY)
            raise unavailable()
        return await observe(command)

    system.observe = observe_slowly
    assert await take_turn(desk, DELIVERY) is None
    assert (await operation(desk)).state == "DELIVERING"
    with pytest.raises(TransitionRefused):
        await take_action(desk, OPERATION, "withdraw", CLERK, Given(reason="a mistake"))
    await run(desk, clock)
    assert ((await operation(desk)).state, system.effects) == ("DONE", 1)


async def test_an_answer_that_comes_when_its_fate_is_known_leaves_the_attempt_over(
    store: Store, clock: TestClock
) -> None:
    system = ScriptedSystem()
    desk = make_desk(store, clock, system)
    await accepted(desk)
    write = system.write

    async def answer_slowly(command: Any, reference: str) -> Outcome:
        outcome = await write(command, reference)
        await take_turn(desk, DELIVERY)
        return outcome

    system.write = answer_slowly
    await take_turn(desk, DELIVERY)
    attempt = await store.transact(lambda connection: read_last_attempt(connection, DELIVERY))
    assert attempt is not None
    assert ((await operation(desk)).state, attempt.is_over, system.effects) == ("DONE", True, 1)
