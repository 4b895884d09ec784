"""While the platform key is being replaced, some processes seal with the former one and some with its successor."""

from __future__ import annotations

import pytest

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.errors import IdempotencyKeyReused, UndoRefused
from cooperation.kinds import OperationKind
from cooperation.store.deliveries import read_deliveries
from cooperation.store.store import Store
from legacy_adapters.operations.commands import AssistAcceptance, AssistCreation
from subgraphs.shared.person_key import PlatformKeys
from tests.cooperation.delivery.test_letters import INVESTIGATOR, LETTER, LetterSystem, letter
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN, REVIEWER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.keys import BEFORE, CHANGED, READING, with_keys
from tests.cooperation.support.scripted import CardWish, ScriptedSystem
from tests.cooperation.support.turns import delivery, run
from tests.cooperation.test_undo import LATER, RELEASED, lost, refusal

ORDERS = [(BEFORE, CHANGED), (READING, CHANGED), (CHANGED, READING)]
"""The keys of who was told something first, and of who is told something next."""


@pytest.mark.parametrize(("first", "next_"), ORDERS)
async def test_an_intent_told_again_is_the_same_operation(
    store: Store, clock: TestClock, first: PlatformKeys, next_: PlatformKeys
) -> None:
    desk = make_desk(store, clock, ScriptedSystem())
    told = await accepted(with_keys(desk, first))
    again = await accepted(with_keys(desk, next_))
    assert (again.is_new, again.operation) == (False, told.operation)
    with pytest.raises(IdempotencyKeyReused):
        await accepted(with_keys(desk, next_), card_intent(card_number="H00000002"))


@pytest.mark.parametrize(("first", "next_"), ORDERS)
async def test_a_card_that_was_lost_and_found_again_is_not_lost(
    store: Store, clock: TestClock, first: PlatformKeys, next_: PlatformKeys
) -> None:
    """Whoever's clock is behind; and what steps aside stands in the line of the one before it from then on."""
    lost: set[str] = set()
    systems = {"card_temporary_loss": CardWish(lost=lost), "card_release": CardWish(lost=lost, is_loss=False)}
    desk = make_desk(store, clock, systems)
    loss = await accepted(with_keys(desk, first), card_intent(key="key-loss"))
    clock.forward(seconds=-10)
    release = await accepted(with_keys(desk, next_), card_intent(OperationKind.RELEASE, key="key-release"))
    assert loss.operation.subject != release.operation.subject
    assert await take_turn(with_keys(desk, next_), release.delivery_id or "") is None
    assert systems["card_release"].references == []
    aside = await delivery(desk, release.operation.number)
    assert (aside.subject, aside.run) == (loss.operation.subject, 2)
    await run(with_keys(desk, next_), clock, loss.delivery_id or "")
    await run(with_keys(desk, next_), clock, release.delivery_id or "")
    assert (lost, systems["card_release"].effects) == (set(), 1)


@pytest.mark.parametrize(("first", "next_"), ORDERS)
async def test_a_letters_creation_goes_before_its_acceptance(
    store: Store, clock: TestClock, first: PlatformKeys, next_: PlatformKeys
) -> None:
    systems = {HANGZHOU: LetterSystem("HZ-1", is_away=True), HUANGSHAN: LetterSystem("HS-1", is_away=True)}
    desk = make_desk(store, clock, letters=systems)
    await accepted(with_keys(desk, first), letter())
    await take_action(with_keys(desk, first), LETTER, "send", REVIEWER, Given())
    for action in ("receive", "accept"):
        await take_action(with_keys(desk, next_), LETTER, action, INVESTIGATOR, Given())
    two = Given(investigators=("2001", "2003"))
    await take_action(with_keys(desk, next_), LETTER, "investigate", INVESTIGATOR, two)
    for system in systems.values():
        system.is_away = False
    owed = await store.read(lambda connection: read_deliveries(connection, [LETTER]))
    for one in (*reversed(owed), *owed):
        await take_turn(with_keys(desk, next_), one.id)
    assert [[type(one) for one in system.taken] for system in systems.values()] == [
        [AssistCreation, AssistAcceptance]
    ] * 2


@pytest.mark.parametrize(("first", "next_"), ORDERS)
async def test_an_undoing_undoes_nothing_that_came_later(
    store: Store, clock: TestClock, first: PlatformKeys, next_: PlatformKeys
) -> None:
    desk = make_desk(store, clock, ScriptedSystem(knowledge=RELEASED))
    await lost(with_keys(desk, first))
    await accepted(with_keys(desk, next_), card_intent(OperationKind.FORMAL_LOSS, "key-0002"))
    assert LATER in await refusal(with_keys(desk, next_), UndoRefused)
