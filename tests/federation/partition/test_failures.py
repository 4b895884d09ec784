"""A city that fails does not fail the others."""

from __future__ import annotations

import asyncio

import pytest

from federation.executor.errors import ErrorCode
from federation.executor.subgraph_client import SubgraphResponse
from tests.federation.partition.cities import MemoryCity, ScriptedCity, ask, down, partitioned, request_for
from tests.federation.partition.clinics import Record, city_of, clinics
from tests.support.idle_time import idle_time

HERE = Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW")


def client_over(*others):
    """Hangzhou keeps one visit; Huangshan is given."""
    return partitioned(clinics(), city_of([HERE]), *others)


def failure(path):
    extensions = {
        "code": "SUBREQUEST_HTTP_ERROR",
        "service": "demo",
        "retryable": True,
        "partition": "huangshan",
        "city": "341000",
    }
    return {"message": "The subgraph did not answer.", "path": path, "extensions": extensions}


def incomplete(path):
    message = "The value lacks the share of a city that gave none."
    extensions = {**failure(path)["extensions"], "code": "AGGREGATE_INCOMPLETE"}
    return {"message": message, "path": path, "extensions": extensions}


async def test_a_city_that_is_down_is_missing_with_one_error_for_each_field_asked_of_it():
    response = await ask(client_over(down()), '{patient(id: "p1"){visitCount visits{number}} tags}')
    assert response.data == {"patient": {"visitCount": 1, "visits": [{"number": "1"}]}, "tags": ["LOW"]}
    assert response.errors == (failure(["patient"]), failure(["tags"]), incomplete(["patient", "visitCount"]))


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("{newest{totalCount nodes{seenAt}}}", [["newest", "totalCount"]]),
        ('{patient(id: "p1"){name level paid}}', [["patient", "level"], ["patient", "paid"]]),
        ('{patient(id: "p1"){history{totalCount}}}', [["patient", "history", "totalCount"]]),
        ("{statistics{inner{busiest}}}", [["statistics", "inner", "busiest"]]),
        ("{wards{beds}}", [["wards", 0, "beds"]]),
        ('{visits(filter: {city: "330100"}){totalCount}}', []),
        ("{tags}", []),
    ],
)
async def test_an_aggregate_that_lacks_a_citys_share_is_told_to_be_incomplete(text, places):
    response = await ask(client_over(down()), text)
    assert [error for error in response.errors if error["extensions"]["code"] == "AGGREGATE_INCOMPLETE"] == [
        incomplete(place) for place in places
    ]


async def test_a_field_is_null_only_when_no_city_gave_a_value():
    client = partitioned(clinics(), down(), down())
    response = await ask(client, '{patient(id: "p1"){visitCount} wards{number}}')
    assert response.data == {"patient": None, "wards": None}
    assert [(error["path"], error["extensions"]["partition"]) for error in response.errors] == [
        (["patient"], "hangzhou"),
        (["wards"], "hangzhou"),
        (["patient"], "huangshan"),
        (["wards"], "huangshan"),
    ]


async def test_the_entities_asked_of_a_city_that_is_down_are_named_one_by_one_or_all_together():
    text = "query($r: [_Any!]!){_entities(representations: $r){... on Visit{number} ... on Patient{visitCount}}}"
    patient = {"__typename": "Patient", "id": "p1"}
    visit = {"__typename": "Visit", "city": {"code": "330100"}, "number": "1"}
    client = client_over(down())
    everything = await ask(client, text, r=[patient])
    part = await ask(client, text, r=[visit, patient])
    assert (everything.data, everything.errors) == (
        {"_entities": [{"visitCount": 1}]},
        (failure(["_entities"]), incomplete(["_entities", 0, "visitCount"])),
    )
    assert (part.data, part.errors) == (
        {"_entities": [{"number": "1"}, {"visitCount": 1}]},
        (failure(["_entities", 1]), incomplete(["_entities", 1, "visitCount"])),
    )


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ('{patient(id: "p1"){visits{number}}}', ["patient", "visits", 0, "number"], ["patient", "visits", 1, "number"]),
        ('{patient(id: "p1"){name}}', ["patient", "name"], ["patient", "name"]),
        ('{patient(id: "p1"){address{street}}}', ["patient", "address", "street"], ["patient", "address", "street"]),
        ('{patient(id: "p1"){address{lines}}}', ["patient", "address", "lines", 0], ["patient", "address", "lines"]),
        ("{newest{nodes{seenAt}}}", ["newest", "nodes", 0, "seenAt"], ["newest", "nodes", 0, "seenAt"]),
        ("{visits{edges{node{seenAt}}}}", ["visits", "edges", 0, "node"], ["visits", "edges", 1, "node"]),
        ("{visits(first: 1){nodes{seenAt}}}", ["visits", "nodes", 0, "seenAt"], None),
        ("{wards{beds}}", ["wards", 0, "beds"], ["wards", 1, "beds"]),
    ],
)
async def test_an_error_inside_an_answer_stands_at_its_place_in_the_merged_one(text, path, expected):
    """What is not shown has no error; a place inside another city's value is named by its field."""
    there = Record(2, "341000", "p1", "2026-03-02T08:00:00+08:00", "2026-01-02", 250, "HIGH")
    huangshan = Erring(city_of([there]), path)
    response = await ask(client_over(huangshan), text)
    assert [error["path"] for error in response.errors] == ([] if expected is None else [expected])


class Erring:
    """A city that reports an error beside its data."""

    def __init__(self, city: MemoryCity, path: list[str | int]) -> None:
        self._city = city
        self._path = path

    async def execute(self, request):
        response = await self._city.execute(request)
        error = {"message": "The source did not say.", "path": self._path}
        return SubgraphResponse(response.data, (error,))


async def test_an_answer_that_is_not_what_was_asked_is_left_out():
    response = await ask(client_over(ScriptedCity(SubgraphResponse({"patient": ["?"]}))), '{patient(id: "p1"){name}}')
    assert response.data == {"patient": {"name": "name p1"}}
    assert [(error["path"], error["extensions"]["code"]) for error in response.errors] == [
        (["patient"], "SUBREQUEST_MALFORMED_RESPONSE")
    ]


async def test_entities_that_do_not_match_their_representations_are_left_out():
    text = "query($r: [_Any!]!){_entities(representations: $r){... on Patient{visitCount}}}"
    client = client_over(ScriptedCity(SubgraphResponse({"_entities": []})))
    response = await ask(client, text, r=[{"__typename": "Patient", "id": "p1"}])
    assert response.data == {"_entities": [{"visitCount": 1}]}
    assert [error["extensions"]["code"] for error in response.errors] == [
        "SUBREQUEST_MALFORMED_RESPONSE",
        "AGGREGATE_INCOMPLETE",
    ]


@pytest.mark.parametrize(
    ("response", "status", "as_of"),
    [
        (
            SubgraphResponse({"tags": None}, (), {"asOf": "2026-11-01T00:00:00+08:00"}),
            "ok",
            "2026-11-01T00:00:00+08:00",
        ),
        (SubgraphResponse({"tags": None}, ({"message": "?", "path": ["tags"]},)), "ok", None),
        (SubgraphResponse(None, ({"message": "?", "extensions": {"code": "FORBIDDEN"}},)), "refused", None),
        (
            SubgraphResponse(None, ({"message": "?", "extensions": {"code": "SUBGRAPH_REQUEST_TIMEOUT"}},)),
            "timeout",
            None,
        ),
        (
            SubgraphResponse(None, ({"message": "?", "extensions": {"code": "SUBREQUEST_HTTP_ERROR"}},)),
            "unavailable",
            None,
        ),
        (
            SubgraphResponse(
                {"tags": None},
                ({"message": "?", "path": ["tags"], "extensions": {"code": "X", "sourceStatus": "timeout"}},),
            ),
            "timeout",
            None,
        ),
    ],
)
async def test_every_city_asked_is_reported_with_how_it_ended(response, status, as_of):
    sources = (await ask(client_over(ScriptedCity(response)), "{tags}")).sources
    assert [(source.partition, source.city, source.status, source.as_of) for source in sources] == [
        ("hangzhou", "330100", "ok", None),
        ("huangshan", "341000", status, as_of),
    ]
    assert all(source.milliseconds >= 0 for source in sources)


async def test_headers_and_deadline_are_handed_on():
    huangshan = down(ErrorCode.SUBGRAPH_REQUEST_TIMEOUT)
    request = request_for("{tags}", headers=(("authorization", "Bearer t"),), deadline=123.0)
    await client_over(huangshan).execute(request)
    assert [(asked.headers, asked.deadline) for asked in huangshan.asked] == [(request.headers, 123.0)]


async def test_a_city_that_hangs_past_the_requests_time_costs_its_own_share():
    class Hanging(ScriptedCity):
        async def execute(self, request):
            await asyncio.Event().wait()

    with idle_time():
        deadline = asyncio.get_running_loop().time() + 0.02
        response = await client_over(Hanging(SubgraphResponse({}))).execute(request_for("{tags}", deadline=deadline))
    assert response.data == {"tags": ["LOW"]}
    assert [error["extensions"]["code"] for error in response.errors] == ["GATEWAY_TIMEOUT"]
    assert [source.status for source in response.sources] == ["ok", "timeout"]


async def test_a_clients_mistake_is_told_once_and_blames_no_city():
    refusal = {"message": "first must be from 1 to 200.", "extensions": {"code": "BAD_USER_INPUT"}, "path": ["tags"]}
    cities = [ScriptedCity(SubgraphResponse({"tags": None}, (refusal,))) for _ in range(2)]
    response = await ask(partitioned(clinics(), *cities), "{tags}")
    assert response.errors == (
        {
            "message": "first must be from 1 to 200.",
            "path": ["tags"],
            "extensions": {"code": "BAD_USER_INPUT", "service": "demo", "retryable": False},
        },
    )
