"""While a city is down, what the contracts let stand in for its answers is served as last known, and marked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.platform.test_failures import statuses
from tests.support.platform import RunningPlatform, send

pytestmark = [pytest.mark.platform, pytest.mark.xdist_group("platform")]

PENSIONS = """query($n: String!) { person(idNumber: $n) {
  id name pensions { city { code } pensionNumber status monthlyAmount { yuan } } cards { number }
} }"""
COMPLETE = {"bureaugraph-require-complete": "true"}


def systems_of(platform: RunningPlatform, city: str) -> list[str]:
    return [system for system in platform.legacy_calls() if system.startswith(city)]


def test_the_pensions_of_a_city_that_is_down_are_the_last_known_and_marked(platform: RunningPlatform) -> None:
    city, code = "hangzhou", "330100"
    whole = platform.ask(PENSIONS, {"n": ZHANG_SAN})
    assert "stale" not in whole["extensions"]
    assert code in {pension["city"]["code"] for pension in whole["data"]["person"]["pensions"]}
    with platform.faults(systems_of(platform, city), kind="refuse"):
        partial = platform.ask(PENSIONS, {"n": ZHANG_SAN})
        refused = platform.ask(PENSIONS, {"n": ZHANG_SAN}, COMPLETE)
    assert partial["data"]["person"]["pensions"] == whole["data"]["person"]["pensions"]
    assert partial["data"]["person"]["name"] == "张三"
    assert {tuple(error["path"]) for error in partial["errors"]} == {("person", "cards")}
    assert statuses(partial)[f"pensions/{city}"] == "stale"
    (share,) = [share for share in partial["extensions"]["stale"] if share["service"] == "pensions"]
    assert share.items() >= {"partition": city, "city": code}.items()
    assert share["path"] == ["person", "pensions"]
    assert datetime.fromisoformat(share["asOf"]).tzinfo is not None
    assert refused["data"] is None
    codes = [error["extensions"]["code"] for error in refused["errors"]]
    assert codes[0] == "ANSWER_INCOMPLETE"
    assert "VALUE_STALE" in codes


def test_a_city_that_is_back_is_not_marked_any_more(platform: RunningPlatform) -> None:
    platform.ask(PENSIONS, {"n": ZHANG_SAN})
    with platform.faults(systems_of(platform, "huangshan"), kind="refuse"):
        assert platform.ask(PENSIONS, {"n": ZHANG_SAN})["extensions"]["stale"]
    answer = platform.ask(PENSIONS, {"n": ZHANG_SAN})
    assert "stale" not in answer["extensions"]
    assert "errors" not in answer


def test_other_routers_get_the_last_known_answers_too(platform: RunningPlatform) -> None:
    url = f"http://127.0.0.1:{platform.port}/partitioned/pensions"
    person = platform.ask(PENSIONS, {"n": ZHANG_SAN})["data"]["person"]["id"]
    query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { pensions { pensionNumber } } } }"
    body: dict[str, Any] = {"query": query, "variables": {"r": [{"__typename": "Person", "id": person}]}}
    whole = send("POST", url, body)
    with platform.faults(systems_of(platform, "huangshan"), kind="refuse"):
        partial = send("POST", url, body)
    assert partial["data"] == whole["data"]
    assert "errors" not in partial
    assert [(share["path"], share["partition"]) for share in partial["extensions"]["stale"]] == [
        (["_entities", 0, "pensions"], "huangshan")
    ]
    assert statuses(partial) == {"pensions/hangzhou": "ok", "pensions/huangshan": "stale"}
