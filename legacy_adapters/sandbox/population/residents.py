"""The people themselves, before any bureau knows them."""

from __future__ import annotations

from random import Random

from msgspec import Struct

from legacy_adapters.records.people import LifeStatus, Sex
from legacy_adapters.sandbox.population.days import iso_day, ordinal_of
from legacy_adapters.sandbox.population.names import invent_name
from legacy_adapters.sandbox.population.national_ids import compose_id_number
from legacy_adapters.sandbox.population.world import Place

FIRST_SEQUENCE = 100
"""Lower sequence numbers belong to the fixtures."""
_LAST_SEQUENCE = 899
_RETIRED_BORN = (ordinal_of("1939-01-01"), ordinal_of("1966-12-31"))
_WORKING_BORN = (ordinal_of("1967-01-01"), ordinal_of("1999-12-31"))
_YOUNG_BORN = (ordinal_of("2000-01-01"), ordinal_of("2007-12-31"))


class Resident(Struct, frozen=True):
    """One human being; `retired` by age, `born` is the ordinal of the birth date."""

    id_number: str
    name: str
    sex: Sex
    born: int
    birth_date: str
    retired: bool
    life_status: LifeStatus


class Residents:
    """Invents people one by one, never the same number twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def invent(self, home: Place, retired_share: float) -> Resident:
        """One more person of this home city."""
        chance = self._random.random()
        retired = chance < retired_share
        first, last = _RETIRED_BORN if retired else _YOUNG_BORN if chance > 0.9 else _WORKING_BORN
        born = first + int(self._random.random() * (last - first))
        sex = Sex.MALE if self._random.random() < 0.5 else Sex.FEMALE
        birth_date = iso_day(born)
        id_number = self._free_number(home.area, birth_date.replace("-", ""), sex)
        life = self._life_status(retired)
        return Resident(id_number, invent_name(self._random), sex, born, birth_date, retired, life)

    def _free_number(self, area: str, birth: str, sex: Sex) -> str:
        span = (_LAST_SEQUENCE - FIRST_SEQUENCE + 1) // 2
        start = int(self._random.random() * span)
        for step in range(span):
            sequence = FIRST_SEQUENCE + 2 * ((start + step) % span) + (sex is Sex.MALE)
            id_number = compose_id_number(area, birth, sequence)
            if id_number not in self._taken:
                self._taken.add(id_number)
                return id_number
        raise TooManyPeople

    def _life_status(self, retired: bool) -> LifeStatus:
        chance = self._random.random()
        if chance < (0.04 if retired else 0.001):
            return LifeStatus.DECEASED
        return LifeStatus.MISSING if chance > 0.998 else LifeStatus.ALIVE


class TooManyPeople(Exception):
    """One birthday has more people than sequence numbers."""

    def __init__(self) -> None:
        super().__init__("too many people: a birthday ran out of sequence numbers; ask for fewer with --people")
