"""A presence source spares cities requests for entities they do not have, and never costs a record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from graphql import build_schema, parse, validate

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.partition import PartitionedClient, PresenceSettings, QueriedPresence
from federation.partition import presence as presence_module
from tests.federation.partition.cities import MemoryCity, ScriptedCity, down, request_for
from tests.federation.partition.clinics import Record, city_of, clinics
from tests.federation.partition.contracts import CITIES

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
CODES = [code for code, _ in CITIES[:3]]
QUERY = (
    "query($of: [_Any!]!) {_entities(representations: $of) {... on Patient {id visits{number}} ... on Visit{number}}}"
)
PATIENTS = [{"__typename": "Patient", "id": f"p{number}", "note": "needed by another field"} for number in range(1, 4)]
HOME = {"p1": [CODES[0]], "p2": [CODES[0], CODES[2]], "p3": [CODES[1]]}


class Register:
    """A presence source's own subgraph."""

    def __init__(self, known: dict[str, list[str] | None], ages: dict[str, float]) -> None:
        self.asked: list[SubgraphRequest] = []
        self._known = known
        self._feeds = [{"city": city, "asOf": (NOW - timedelta(seconds=age)).isoformat()} for city, age in ages.items()]

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.asked.append(request)
        cities = [self._known.get(key["id"]) for key in request.variables["representations"]]
        return SubgraphResponse({"presence": {"feeds": self._feeds, "cities": cities}})


def fresh(*cities: str) -> dict[str, float]:
    return dict.fromkeys(cities or CODES, 1.0)


def cities_of(homes: dict[str, list[str]]) -> list[MemoryCity]:
    records = [
        Record(number, city, patient, "2026-03-01T08:00:00Z", None, 0, "LOW")
        for number, (patient, city) in enumerate((patient, city) for patient, of in homes.items() for city in of)
    ]
    return [city_of([record for record in records if record.city == code]) for code in CODES]


def platform(register: Any, cities: Sequence[MemoryCity]) -> PartitionedClient:
    contract = clinics(3)
    source = QueriedPresence(contract, register, PresenceSettings(max_age_seconds=60), lambda: NOW)
    return PartitionedClient(contract, dict(zip(CODES, cities, strict=True)), presence=source)


async def ask(register: Any, of: list[dict[str, Any]], **options: Any) -> tuple[SubgraphResponse, list[list[str]]]:
    """The answer, and for which patients each city was asked."""
    cities = cities_of(HOME)
    response = await platform(register, cities).execute(request_for(QUERY, {"of": of}, **options))
    asked = [[key["id"] for request in city.asked for key in request.variables["of"]] for city in cities]
    return response, asked


async def everything(of: list[dict[str, Any]]) -> Any:
    client = PartitionedClient(clinics(3), dict(zip(CODES, cities_of(HOME), strict=True)))
    return (await client.execute(request_for(QUERY, {"of": of}))).data


async def test_each_city_is_asked_for_the_entities_it_may_have():
    response, asked = await ask(Register(HOME, fresh()), PATIENTS)
    assert asked == [["p1", "p2"], ["p3"], ["p2"]]
    assert (response.data, response.errors) == (await everything(PATIENTS), ())


async def test_a_city_of_which_nothing_is_asked_is_not_among_the_sources():
    response, asked = await ask(Register(HOME, fresh()), PATIENTS[:1])
    assert asked == [["p1"], [], []]
    assert [report.city for report in response.sources] == [CODES[0]]


async def test_an_entity_that_is_nowhere_is_null_without_an_error():
    nobody = [{"__typename": "Patient", "id": "nobody"}]
    response, asked = await ask(Register({"nobody": []}, fresh()), nobody)
    assert (response.data, response.errors, asked) == ({"_entities": [None]}, (), [[], [], []])


async def test_the_source_gets_types_and_keys_only_and_no_entity_that_names_its_city():
    register = Register(HOME, fresh())
    visit = {"__typename": "Visit", "city": {"code": CODES[1]}, "number": "9"}
    cities = cities_of(HOME)
    await platform(register, cities).execute(request_for(QUERY, {"of": [visit, PATIENTS[0]]}))
    sent = [dict(request.variables) for request in register.asked]
    assert sent == [{"domain": "demo", "representations": [{"__typename": "Patient", "id": "p1"}]}]
    assert [len(city.asked) for city in cities] == [1, 1, 0]


async def test_a_city_whose_list_is_too_old_or_of_the_future_or_not_known_is_asked():
    for ages in ({CODES[1]: 61.0, CODES[2]: 1.0}, {CODES[1]: -1.0, CODES[2]: 1.0}, {CODES[2]: 1.0}):
        _, asked = await ask(Register(HOME, ages), PATIENTS[:1])
        assert asked == [["p1"], ["p1"], []]


async def test_of_an_entity_that_the_source_does_not_know_all_cities_are_asked():
    _, asked = await ask(Register({"p1": HOME["p1"], "p2": None}, fresh()), PATIENTS[:2])
    assert asked == [["p1", "p2"], ["p2"], ["p2"]]


FEED = {"city": CODES[1], "asOf": NOW.isoformat()}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        {"presence": None},
        {"presence": {"feeds": None, "cities": [[]]}},
        {"presence": {"feeds": [FEED], "cities": []}},
        {"presence": {"feeds": [FEED], "cities": ["330100"]}},
        {"presence": {"feeds": [{"city": CODES[1], "asOf": "today"}], "cities": [[]]}},
        {"presence": {"feeds": [{"city": CODES[1], "asOf": "2026-11-26T12:00:00"}], "cities": [[]]}},
        {"presence": {"feeds": [{"city": CODES[1]}], "cities": [[]]}},
    ],
)
async def test_an_answer_that_is_none_excludes_nothing(answer):
    response, asked = await ask(ScriptedCity(SubgraphResponse(answer)), PATIENTS[:1])
    assert (asked, response.errors) == ([["p1"]] * 3, ())


async def test_a_source_that_fails_excludes_nothing_and_is_no_error():
    response, asked = await ask(down(), PATIENTS[:1])
    assert (asked, response.errors) == ([["p1"]] * 3, ())


async def test_a_query_without_entities_does_not_ask_the_source():
    register = Register(HOME, fresh())
    await platform(register, cities_of(HOME)).execute(request_for("{tags}"))
    assert register.asked == []


async def test_what_is_asked_is_what_the_published_schema_answers():
    sdl = (Path(presence_module.__file__).parent / "presence.graphql").read_text(encoding="utf-8")
    register = Register(HOME, fresh())
    await ask(register, PATIENTS)
    assert validate(build_schema(sdl), parse(register.asked[0].operation.text)) == []


@pytest.mark.parametrize("seed", range(20))
async def test_the_answer_is_that_without_a_source_as_long_as_it_names_all_who_have_a_record(seed):
    """More cities than have one may be named; cities may be too old, and entities unknown."""
    random = Random(seed)
    named: dict[str, list[str] | None] = {
        patient: random.choice([None, [*home, *random.sample(CODES, random.randint(0, 2))]])
        for patient, home in HOME.items()
    }
    ages = {code: random.choice([1.0, 100.0]) for code in random.sample(CODES, random.randint(0, 3))}
    of = random.sample([*PATIENTS, {"__typename": "Patient", "id": "nobody"}], 3)
    response, _ = await ask(Register(named, ages), of)
    assert (response.data, response.errors) == (await everything(of), ())
