"""A city's places for what is behind."""

from __future__ import annotations

import asyncio

import pytest

from cooperation.configuration import CityRules, CooperationConfig
from cooperation.workflows import places as places_module
from cooperation.workflows.places import Places
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN


async def test_a_city_has_as_many_places_as_its_rules_say_and_gives_them_in_order() -> None:
    config = CooperationConfig(rules=CityRules(deliveries_at_once=3), cities={HUANGSHAN: {"deliveries_at_once": 1}})
    places, order = Places(config), []

    async def work(city: str, number: int) -> None:
        async with places.of(city) as is_free:
            order.append((city, number, is_free))
            await asyncio.sleep(0)
            order.append((city, number, None))

    await asyncio.gather(*(work(city, number) for city in (HUANGSHAN, HANGZHOU) for number in range(3)))
    assert [one[1:] for one in order if one[0] == HUANGSHAN] == [
        (0, True), (0, None), (1, True), (1, None), (2, True), (2, None),
    ]  # fmt: skip
    assert [one[1:] for one in order if one[0] == HANGZHOU][:3] == [(0, True), (1, True), (2, True)]


async def test_who_waits_too_long_is_told_so_and_leaves_no_place_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places_module, "LONGEST_WAIT_SECONDS", 0.01)
    places = Places(CooperationConfig(rules=CityRules(deliveries_at_once=1)))
    async with places.of(HUANGSHAN) as first, places.of(HUANGSHAN) as second:
        pass
    async with places.of(HUANGSHAN) as third:
        pass
    assert (first, second, third) == (True, False, True)
