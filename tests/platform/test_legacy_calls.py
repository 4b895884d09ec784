"""What the ready queries cost the legacy systems."""

from __future__ import annotations

import pytest

from tests.support.letters import wait_for_letters
from tests.support.platform import RunningPlatform

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

DECLARED_CONCURRENCY = 8
"""`max_concurrency` of every system in `cities/*.yaml`."""


def calls_of(platform: RunningPlatform, name: str) -> dict[str, int]:
    before = platform.legacy_calls()
    answer = platform.ask_ready(name)
    assert "errors" not in answer
    after = platform.legacy_calls()
    return {system: after[system] - before[system] for system in after}


def test_fifty_people_cost_one_statement_per_list_and_one_soap_call_per_person(platform: RunningPlatform) -> None:
    platform.ask_ready("many-people")  # logs in where that is due
    wait_for_letters(platform)  # the sandbox counts their writes too
    platform.reset_soap_calls()
    assert calls_of(platform, "many-people") == {
        # the page of people, all entries of each, their names and their cards
        "hangzhou_database": 4,
        # pensions and work injuries of each
        "hangzhou_core_service": 100,
        # names and pensions
        "huangshan_database": 2,
        "huangshan_card_service": 50,
        "huangshan_injury_service": 50,
        "huangshan_labour_database": 1,
    }
    counted = platform.soap_calls()
    assert {name: entry["total"] for name, entry in counted.items()} == {
        "hangzhou_core_service": 100,
        "huangshan_card_service": 50,
        "huangshan_injury_service": 50,
    }
    assert all(entry["highest_concurrency"] <= DECLARED_CONCURRENCY for entry in counted.values())


def test_one_person_costs_each_system_once_per_list(platform: RunningPlatform) -> None:
    platform.ask_ready("joint-view")
    assert calls_of(platform, "joint-view") == {
        "hangzhou_database": 3,
        "hangzhou_core_service": 2,
        "huangshan_database": 3,
        "huangshan_card_service": 1,
        "huangshan_injury_service": 1,
        "huangshan_labour_database": 1,
    }


def test_a_query_routed_to_one_city_leaves_the_other_alone(platform: RunningPlatform) -> None:
    before = platform.legacy_calls()
    platform.ask('{ people(filter: {registeredIn: "330100"}) { totalCount nodes { id } } }')
    after = platform.legacy_calls()
    asked = {system for system in after if after[system] > before[system]}
    assert asked == {"hangzhou_database"}
