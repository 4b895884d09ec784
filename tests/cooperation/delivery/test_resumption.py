"""What a person has resumed is done after all, at its place among what is done to the same card, or not at all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cooperation.actions import Given, take_action
from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.errors import TransitionRefused
from cooperation.kinds import OperationKind
from cooperation.store.deliveries import read_open_deliveries
from cooperation.store.store import Store
from cooperation.store.tables import CHANGES
from legacy_adapters.errors import SystemRefused
from legacy_adapters.operations.outcomes import Observation
from tests.cooperation.support.desks import CLERK, HUANGSHAN, ISSUER, TestClock, accepted, card_intent, make_desk
from tests.cooperation.support.letters import LetterSystem, finish, send
from tests.cooperation.support.scripted import CardWish, unavailable
from tests.cooperation.support.turns import DELIVERY, OPERATION, delivery, operation, run

LATER, CARD = "S330100-2026-000002", "H00000001"
LATER_DELIVERY = f"{LATER}-1"
MENDED = Given(reason="the login was mended")


def no_login() -> SystemRefused:
    return SystemRefused("scripted", HUANGSHAN, "login refused", is_login=True)


async def nothing() -> None:
    """Nothing happens meanwhile."""


@dataclass
class WatchedCardWish(CardWish):
    """Something happens once it was looked at, before anything is sent."""

    when_seen: Callable[[], Awaitable[Any]] = field(default=nothing)

    async def observe(self, command: Any) -> Observation:
        seen = await super().observe(command)
        await self.when_seen()
        return seen


@dataclass
class Card:
    """A card whose release is with people, and which was reported lost anew since.

    Attributes:
        lost: the cards that are lost in the city's system.
    """

    desk: Desk
    lost: set[str]
    release: CardWish
    loss: WatchedCardWish

    async def states(self) -> list[str]:
        return [(await operation(self.desk, number)).state for number in (OPERATION, LATER)]

    async def resume(self) -> None:
        await take_action(self.desk, OPERATION, "resume", ISSUER, MENDED)


@pytest.fixture
async def card(store: Store, clock: TestClock) -> Card:
    lost = {CARD}
    release = CardWish(lost=lost, is_loss=False, unreadable=[no_login()])
    loss = WatchedCardWish(lost=lost)
    desk = make_desk(store, clock, {"card_release": release, "card_temporary_loss": loss})
    await accepted(desk, card_intent(OperationKind.RELEASE, key="key-release"))
    await take_turn(desk, DELIVERY)
    lost.clear()  # its temporary loss has lapsed
    clock.forward(days=1)
    await accepted(desk, card_intent(key="key-loss-anew"))
    return Card(desk, lost, release, loss)


async def test_a_release_does_not_lift_a_loss_that_took_effect_after_it(card: Card, clock: TestClock) -> None:
    await run(card.desk, clock, LATER_DELIVERY)
    with pytest.raises(TransitionRefused, match=f"{LATER} came after it on the same card") as refused:
        await card.resume()
    assert refused.value.allowed == ("settle", "decline")
    assert (await card.states(), card.lost, card.release.effects) == (["MANUAL", "DONE"], {CARD}, 0)


async def test_a_release_does_not_lift_a_loss_of_which_it_is_not_known_yet_what_came(
    card: Card, clock: TestClock
) -> None:
    card.loss.on_write = lambda: card.loss.unreadable.append(unavailable())
    assert await take_turn(card.desk, LATER_DELIVERY) is not None
    assert await card.states() == ["MANUAL", "DELIVERING"]
    with pytest.raises(TransitionRefused, match=LATER):
        await card.resume()
    await run(card.desk, clock, LATER_DELIVERY)
    assert (await card.states(), card.lost) == (["MANUAL", "DONE"], {CARD})


async def test_what_was_not_sent_yet_lets_the_resumed_one_pass(card: Card, clock: TestClock) -> None:
    """It was looked at already, and about to be sent."""
    card.loss.when_seen = card.resume
    assert await take_turn(card.desk, LATER_DELIVERY) is None
    card.loss.when_seen = nothing
    assert (await card.states(), card.loss.references) == (["WAITING", "ACCEPTED"], [])
    await run(card.desk, clock, DELIVERY)
    await run(card.desk, clock, LATER_DELIVERY)
    assert (await card.states(), card.lost) == (["DONE", "DONE"], {CARD})


async def test_what_was_withdrawn_since_is_in_nobodys_way(card: Card, clock: TestClock) -> None:
    await take_action(card.desk, LATER, "withdraw", CLERK, Given(reason="found again"))
    await card.resume()
    await run(card.desk, clock, DELIVERY)
    assert await card.states() == ["DONE", "WITHDRAWN"]


async def test_what_was_accepted_by_a_clock_that_was_ahead_is_due_at_once(store: Store, clock: TestClock) -> None:
    """Else it would be taken up only when that clock's moment has come, if its process died."""
    system = CardWish()
    desk = make_desk(store, clock, system)
    await accepted(desk, card_intent(key="key-ahead"))
    clock.forward(hours=-1)
    await accepted(desk, card_intent(key="key-behind"))
    await run(desk, clock)
    system.unreadable = [no_login()]
    await take_turn(desk, LATER_DELIVERY)
    assert (await delivery(desk, LATER)).state == "MANUAL"
    await take_action(desk, LATER, "resume", ISSUER, MENDED)
    due = await store.read(lambda connection: read_open_deliveries(connection, clock.now + timedelta(minutes=5)))
    assert [one.id for one in due] == [LATER_DELIVERY]


async def test_what_becomes_of_a_letters_write_later_is_dated_by_that_day(store: Store, clock: TestClock) -> None:
    """Else the feed would forget it at once."""
    desk = make_desk(store, clock, letters={HUANGSHAN: LetterSystem("HS-1", refuses=(object,))})
    await send(desk)
    clock.forward(days=100)
    await finish(desk, HUANGSHAN, "DO_BY_HAND")
    newest = select(CHANGES.c.happened_at).order_by(CHANGES.c.cursor.desc()).limit(1)
    assert await store.read(lambda connection: connection.execute(newest).scalar()) == clock.now
