"""How a clerk types an id number into a register: old numbers, small x, full-width digits."""

from __future__ import annotations

from random import Random

from msgspec import Struct

from legacy_adapters.sandbox.population.national_ids import old_form
from legacy_adapters.sandbox.population.world import City

_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


class _Habits(Struct, frozen=True):
    old_share: float
    small_x_share: float
    full_width_share: float


_HABITS = {City.HANGZHOU: _Habits(0.04, 0.2, 0.0), City.HUANGSHAN: _Habits(0.03, 0.3, 0.002)}


def type_id_number(random: Random, city: City, id_number: str) -> str:
    """The number as that city's clerks may have typed it; old numbers only for people born before 1970."""
    habits = _HABITS[city]
    chance = random.random()
    if chance < habits.old_share and id_number[6:10] < "1970":
        return old_form(id_number)
    if chance > 1 - habits.full_width_share:
        return id_number.translate(_FULL_WIDTH)
    if id_number.endswith("X") and random.random() < habits.small_x_share:
        return id_number.lower()
    return id_number
