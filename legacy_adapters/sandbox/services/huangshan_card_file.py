"""Huangshan's cards as they stand now, and the writes of a card's life."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from legacy_adapters.clock import Clock
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.clock import later, stamp
from legacy_adapters.sandbox.population.cards import SOCIAL_LOSS_DAYS
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Card, CardFunction, City

DONE = "00"
ALREADY = "01"
_TRANSITIONS: dict[str, dict[Status, Status]] = {
    "临时挂失": {
        Status.NORMAL: Status.TEMPORARY_LOSS,
        Status.TEMPORARY_LOSS: Status.TEMPORARY_LOSS,
        Status.LOSS: Status.LOSS,
    },
    "正式挂失": {Status.NORMAL: Status.LOSS, Status.TEMPORARY_LOSS: Status.LOSS, Status.LOSS: Status.LOSS},
    "解除挂失": {Status.TEMPORARY_LOSS: Status.NORMAL, Status.LOSS: Status.NORMAL, Status.NORMAL: Status.NORMAL},
    "领卡启用": {Status.SEALED: Status.NORMAL, Status.NORMAL: Status.NORMAL},
}
"""What a write makes of a card's social function; a state that stays is 'already so'."""
_REFUSALS = {
    Status.CANCELLED: "卡已注销",
    Status.SEALED: "卡未启用",
    Status.LOCKED: "卡已锁定",
    Status.TEMPORARY_LOSS: "卡已挂失",
    Status.LOSS: "卡已挂失",
}
WRITE_OPERATIONS = frozenset(_TRANSITIONS)


class CardFile:
    """Cards by number and by person. A temporary loss that has expired reads as a normal card."""

    def __init__(self, cards: list[Card], clock: Clock) -> None:
        self._clock = clock
        self._cards = {card.number: card for card in cards}
        self._by_person: dict[str, list[str]] = defaultdict(list)
        for card in cards:
            self._by_person[normalise_id_number(card.id_number)].append(card.number)

    def of_person(self, id_number: str) -> list[Card]:
        """A person's cards, newest first, however the number is spelled."""
        cards = [self.get(number) for number in self._by_person.get(normalise_id_number(id_number), [])]
        present = [card for card in cards if card is not None]
        return sorted(present, key=lambda card: (card.issued_on, card.number), reverse=True)

    def get(self, number: str) -> Card | None:
        """One card as it stands at this moment."""
        card = self._cards.get(number)
        if card is None:
            return None
        now = stamp(self._clock())
        social = _expired(card.social, now)
        bank = None if card.bank is None else _expired(card.bank, now)
        return card if social is card.social and bank is card.bank else replace(card, social=social, bank=bank)

    def write(self, operation: str, card: Card) -> str:
        """Change the social function; answers 00, 01 or a text that refuses."""
        before = card.social.status
        after = _TRANSITIONS[operation].get(before)
        if after is None:
            return _REFUSALS.get(before, "卡状态异常")
        if after is before:
            return ALREADY
        now = self._clock()
        expires_at = later(now, SOCIAL_LOSS_DAYS[City.HUANGSHAN]) if after is Status.TEMPORARY_LOSS else None
        self._cards[card.number] = replace(card, social=CardFunction(after, stamp(now), expires_at))
        return DONE


def _expired(function: CardFunction, now: str) -> CardFunction:
    if function.expires_at is None or function.expires_at > now:
        return function
    return CardFunction(Status.NORMAL, function.expires_at, None)
