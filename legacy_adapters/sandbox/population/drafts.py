"""A city's register while it is being filled."""

from __future__ import annotations

from random import Random

from legacy_adapters.records.people import Sex
from legacy_adapters.sandbox.population.days import iso_day
from legacy_adapters.sandbox.population.world import (
    Card,
    Dispute,
    Employer,
    Injury,
    Inspection,
    Insurance,
    Pension,
    Person,
    Place,
    Register,
)

_TIMES = tuple(
    f"{hour:02d}:{minute:02d}:{(hour * 7 + minute) % 60:02d}" for hour in range(8, 18) for minute in range(60)
)


class RegisterDraft:
    """One city's growing lists, and the chance and the day that shape them.

    Attributes:
        place: the city.
        city: whose systems and habits it has.
        today: ordinal of the day the world is made for.
    """

    def __init__(self, place: Place, random: Random, today: int) -> None:
        self.place = place
        self.city = place.like
        self.random = random
        self.today = today
        self.people: list[Person] = []
        self.employers: list[Employer] = []
        self.insurances: list[Insurance] = []
        self.pensions: list[Pension] = []
        self.cards: list[Card] = []
        self.injuries: list[Injury] = []
        self.disputes: list[Dispute] = []
        self.inspections: list[Inspection] = []

    def next_number(self) -> int:
        """The number of the next register entry; numbers count from 1."""
        return len(self.people) + 1

    def district(self) -> str:
        """One of the city's districts."""
        districts = self.place.districts
        return districts[int(self.random.random() * len(districts))]

    def employer(self) -> Employer:
        """One of the employers, the first ones far more often: the large ones."""
        return self.employers[int(self.random.random() ** 2 * len(self.employers))]

    def recent_day(self, within_days: int) -> str:
        """A day that is at most so many days past."""
        return iso_day(self.today - int(self.random.random() * within_days))

    def recent_moment(self, within_days: int) -> str:
        """A moment in office hours, at least one day and at most so many days past."""
        day = iso_day(self.today - 1 - int(self.random.random() * within_days))
        return f"{day} {_TIMES[int(self.random.random() * len(_TIMES))]}"

    def finish(self) -> Register:
        """The register as a value."""
        return Register(
            self.place,
            self.people,
            self.employers,
            self.insurances,
            self.pensions,
            self.cards,
            self.injuries,
            self.disputes,
            self.inspections,
        )


def retirement_age(sex: Sex) -> int:
    """The age in force when today's pensioners retired."""
    return 60 if sex is Sex.MALE else 55
