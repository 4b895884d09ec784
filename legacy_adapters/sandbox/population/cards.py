"""Cards and the states of their two functions."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle

from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.population.days import years_later
from legacy_adapters.sandbox.population.drafts import RegisterDraft
from legacy_adapters.sandbox.population.world import Card, CardFunction, City, Person

FIRST_CARD_SERIAL = 1001
"""Lower serials belong to the fixtures."""
SOCIAL_LOSS_DAYS = {City.HANGZHOU: 10, City.HUANGSHAN: 7}
"""How long a temporary loss of the social function lasts."""
BANK_LOSS_DAYS = 5
BANKS = ("95588", "95599", "95533", "95566")
_ABNORMAL_EVERY = 12
_ABNORMAL = (
    (Status.TEMPORARY_LOSS, Status.NORMAL),
    (Status.LOSS, Status.LOSS),
    (Status.SEALED, Status.NORMAL),
    (Status.CANCELLED, Status.CANCELLED),
    (Status.NORMAL, Status.TEMPORARY_LOSS),
    (Status.LOCKED, Status.NORMAL),
    (Status.TEMPORARY_LOSS, Status.TEMPORARY_LOSS),
    (Status.NORMAL, Status.LOSS),
    (Status.UNKNOWN, Status.UNKNOWN),
)
"""Social and bank function, side by side; every combination occurs in turn."""


class CardIssuer:
    """Issues the cards of one city; every twelfth card is not in its normal state."""

    def __init__(self, draft: RegisterDraft) -> None:
        self._draft = draft
        self._serial = FIRST_CARD_SERIAL
        self._abnormal = cycle(_ABNORMAL)

    def issue(self, person: Person) -> None:
        """Issue a card; one person in twenty has an earlier, cancelled card as well."""
        issued_on = self._draft.recent_day(3000)
        if self._draft.random.random() < 0.05:
            self._append(person, years_later(issued_on, -5), (Status.CANCELLED, Status.CANCELLED))
        normal = (Status.NORMAL, Status.NORMAL)
        states = next(self._abnormal) if self._serial % _ABNORMAL_EVERY == 0 else normal
        self._append(person, issued_on, states)

    def _append(self, person: Person, issued_on: str, states: tuple[Status, Status]) -> None:
        city = self._draft.city
        number = f"{self._draft.place.card_letter}{self._serial:08d}"
        self._serial += 1
        bank_code = BANKS[self._serial % 4] if self._serial % 10 < 8 else None
        since = f"{issued_on} 10:00:00"
        social = self._function(states[0], since, SOCIAL_LOSS_DAYS[city])
        bank = None if bank_code is None else self._function(states[1], since, BANK_LOSS_DAYS)
        expires_on = None if self._serial % 25 == 0 else years_later(issued_on, 10)
        self._draft.cards.append(
            Card(number, person.number, person.id_number, person.name, issued_on, expires_on, social, bank, bank_code)
        )

    def _function(self, status: Status, issued_at: str, loss_days: int) -> CardFunction:
        if status in (Status.NORMAL, Status.SEALED):
            return CardFunction(status, issued_at, None)
        if status is not Status.TEMPORARY_LOSS:
            return CardFunction(status, max(issued_at, self._draft.recent_moment(600)), None)
        # Reported within the last days, so that it has not expired yet on the day the world is made for.
        since = self._draft.recent_moment(loss_days - 2)
        return CardFunction(status, since, loss_expiry(since, loss_days))


def loss_expiry(since: str, days: int) -> str:
    """The moment a temporary loss reported at `since` ends by itself."""
    return (datetime.fromisoformat(since) + timedelta(days=days)).isoformat(" ")
