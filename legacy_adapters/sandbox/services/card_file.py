"""A city's cards as they stand now, and the writes of a card's life. Each service has its own words for the results."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from enum import Enum, StrEnum, auto

from msgspec import Struct
from msgspec.structs import replace

from legacy_adapters.clock import Clock
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.clock import later, stamp
from legacy_adapters.sandbox.population.cards import BANK_LOSS_DAYS, SOCIAL_LOSS_DAYS
from legacy_adapters.sandbox.population.days import years_later
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Card, CardFunction, Place
from legacy_adapters.sandbox.services.write_log import Changes, WriteLog

FIRST_NEW_SERIAL = 90_000_001
"""Of cards that are made while the sandbox runs."""
BATCH_DAYS = 1
"""An application stands in a batch on the next day, and not before."""
ARRIVAL_DAYS = 6
"""So many days after its application a card has come to the city and can be fetched."""


class CardWrite(Enum):
    """What changes a card's function."""

    TEMPORARY_LOSS = auto()
    FORMAL_LOSS = auto()
    RELEASE = auto()
    ACTIVATION = auto()


class CardResult(StrEnum):
    """What a write came to; beside the first two, why it was refused."""

    DONE = "done"
    ALREADY = "already"
    CANCELLED = "cancelled"
    SEALED = "sealed"
    LOCKED = "locked"
    LOST = "lost"
    REPLACED = "replaced"
    NOT_MADE = "not made"
    OTHER_STATE = "other state"


_TRANSITIONS: dict[CardWrite, dict[Status, Status]] = {
    CardWrite.TEMPORARY_LOSS: {
        Status.NORMAL: Status.TEMPORARY_LOSS,
        Status.TEMPORARY_LOSS: Status.TEMPORARY_LOSS,
        Status.LOSS: Status.LOSS,
    },
    CardWrite.FORMAL_LOSS: {
        Status.NORMAL: Status.LOSS,
        Status.TEMPORARY_LOSS: Status.LOSS,
        Status.LOSS: Status.LOSS,
    },
    CardWrite.RELEASE: {
        Status.TEMPORARY_LOSS: Status.NORMAL,
        Status.LOSS: Status.NORMAL,
        Status.NORMAL: Status.NORMAL,
    },
    CardWrite.ACTIVATION: {Status.SEALED: Status.NORMAL, Status.NORMAL: Status.NORMAL},
}
"""What a write makes of a function; a state that stays is 'already so'."""
_REFUSALS = {
    Status.CANCELLED: CardResult.CANCELLED,
    Status.SEALED: CardResult.SEALED,
    Status.LOCKED: CardResult.LOCKED,
    Status.TEMPORARY_LOSS: CardResult.LOST,
    Status.LOSS: CardResult.LOST,
}


class Application(Struct, frozen=True):
    """An application for a card in place of another; `kind` is ACA017, `fetched_at` None until the new card is used."""

    number: str
    old_card: str
    new_card: str
    kind: str
    applied_at: str
    pick_up_city: str
    fetched_at: str | None = None


class CardFile:
    """Cards by number and by person. A temporary loss that has expired reads as a normal card.

    Attributes:
        place: the city that issues them.
    """

    def __init__(self, place: Place, cards: list[Card], clock: Clock, writes: WriteLog) -> None:
        self.place = place
        self._clock = clock
        self._cards: dict[str, Card] = {}
        self._by_person: dict[str, list[str]] = defaultdict(list)
        self._applications: dict[str, list[Application]] = defaultdict(list)
        self._replaced: dict[str, Application] = {}
        for card in (*cards, *writes.changed(Card)):
            self._put(card)
        for application in writes.changed(Application):
            self._put_application(application)

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

    def application(self, card: str) -> Application | None:
        """The newest application in place of this card."""
        applications = self._applications.get(card)
        return applications[-1] if applications else None

    def change(self, write: CardWrite, card: Card, *, of_bank: bool = False) -> tuple[CardResult, Changes]:
        """Change one function; the bank's only of a card that has it. What has changed is to be kept by `keep`."""
        before = card.bank if of_bank else card.social
        assert before is not None  # noqa: S101  (the service has asked)
        after = _TRANSITIONS[write].get(before.status)
        if after is None:
            return _REFUSALS.get(before.status, CardResult.OTHER_STATE), []
        if after is before.status:
            return CardResult.ALREADY, []
        now = self._clock()
        if write is CardWrite.ACTIVATION and card.number in self._replaced:
            return self._fetch(card, self._replaced[card.number], stamp(now))
        if write is CardWrite.RELEASE and self.application(card.number) is not None:
            return CardResult.REPLACED, []
        days = BANK_LOSS_DAYS if of_bank else SOCIAL_LOSS_DAYS[self.place.like]
        expires_at = later(now, days) if after is Status.TEMPORARY_LOSS else None
        function = CardFunction(after, stamp(now), expires_at)
        changed = replace(card, bank=function) if of_bank else replace(card, social=function)
        return CardResult.DONE, [(card.number, changed)]

    def apply(self, card: Card, kind: str, pick_up_city: str) -> tuple[CardResult, Changes]:
        """Apply for a card in place of this one; refused once an application stands in a batch, and not before."""
        present = self.application(card.number)
        if present is not None and self.is_past(present, BATCH_DAYS):
            return CardResult.ALREADY, []
        if card.social.status not in (Status.LOSS, *((Status.NORMAL,) if kind == "3" else ())):
            refusal = CardResult.OTHER_STATE
            return (refusal if card.social.status is Status.NORMAL else _REFUSALS.get(card.social.status, refusal)), []
        serial, now = FIRST_NEW_SERIAL + len(self._replaced), self._clock()
        application = Application(
            number=f"SQ{now:%Y%m%d}{serial % 10_000:04d}",
            old_card=card.number,
            new_card=f"{self.place.card_letter}{serial:08d}",
            kind=kind,
            applied_at=stamp(now),
            pick_up_city=pick_up_city,
        )
        return CardResult.DONE, [
            (application.number, application),
            (application.new_card, _new_card(card, application)),
        ]

    def is_past(self, application: Application, days: int) -> bool:
        """Whether so many days have gone since it was made."""
        return self.moment(application, days) <= stamp(self._clock())

    def moment(self, application: Application, days: int) -> str:
        """The moment so many days after it was made."""
        return later(datetime.fromisoformat(application.applied_at), days)

    def keep(self, changes: Changes) -> None:
        """Take over what a write has changed."""
        for _, value in changes:
            match value:
                case Card():
                    self._put(value)
                case Application():
                    self._put_application(value)

    def _fetch(self, card: Card, application: Application, now: str) -> tuple[CardResult, Changes]:
        if not self.is_past(application, ARRIVAL_DAYS):
            return CardResult.NOT_MADE, []
        normal, cancelled = CardFunction(Status.NORMAL, now, None), CardFunction(Status.CANCELLED, now, None)
        old = self._cards[application.old_card]
        return CardResult.DONE, [
            (card.number, replace(card, social=normal, bank=card.bank and normal)),
            (old.number, replace(old, social=cancelled, bank=old.bank and cancelled)),
            (application.number, replace(application, fetched_at=now)),
        ]

    def _put(self, card: Card) -> None:
        if card.number not in self._cards:
            self._by_person[normalise_id_number(card.id_number)].append(card.number)
        self._cards[card.number] = card

    def _put_application(self, application: Application) -> None:
        others = self._applications[application.old_card]
        others[:] = [each for each in others if each.number != application.number] + [application]
        self._replaced[application.new_card] = application


def _new_card(card: Card, application: Application) -> Card:
    day = application.applied_at[:10]
    sealed = CardFunction(Status.SEALED, application.applied_at, None)
    return replace(
        card,
        number=application.new_card,
        issued_on=day,
        expires_on=years_later(day, 10),
        social=sealed,
        bank=card.bank and CardFunction(Status.NORMAL, application.applied_at, None),
    )


def _expired(function: CardFunction, now: str) -> CardFunction:
    if function.expires_at is None or function.expires_at > now:
        return function
    return CardFunction(Status.NORMAL, function.expires_at, None)
