"""A partitioned subgraph served to other routers."""

from __future__ import annotations

import pytest

from federation.partition import ServedRequest, ServedSubgraph
from federation.query_plan.nodes import SubgraphName
from tests.federation.partition.cities import down, partitioned
from tests.federation.partition.clinics import SDL, Record, city_of, clinics

RECORDS = [
    Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW"),
    Record(2, "341000", "p1", "2026-03-02T08:00:00+08:00", "2026-01-02", 250, "HIGH"),
]


@pytest.fixture
def cities():
    return [city_of([record]) for record in RECORDS]


@pytest.fixture
def served(cities):
    return ServedSubgraph(SubgraphName("demo"), partitioned(clinics(), *cities), SDL)


async def test_the_contract_is_given_to_who_asks_for_it_without_asking_a_city(served, cities):
    body = await served.answer(ServedRequest("query SubgraphIntrospectQuery {_service {sdl}}"))
    assert (body, [city.asked for city in cities]) == ({"data": {"_service": {"sdl": SDL}}}, [[], []])


async def test_introspection_and_fields_are_answered_in_the_order_asked(served):
    body = await served.answer(
        ServedRequest('{kind: __typename patient(id: "p1"){visitCount} __type(name: "City"){name}}')
    )
    assert list(body["data"].items()) == [
        ("kind", "Query"),
        ("patient", {"visitCount": 2}),
        ("__type", {"name": "City"}),
    ]
    assert [source["partition"] for source in body["extensions"]["sources"]] == ["hangzhou", "huangshan"]


async def test_entities_are_merged_for_any_router(served):
    request = ServedRequest(
        "query($r: [_Any!]!) {_entities(representations: $r) {...Paid}} fragment Paid on Patient {paid}",
        variables={"r": [{"__typename": "Patient", "id": "p1"}]},
    )
    assert (await served.answer(request))["data"] == {"_entities": [{"paid": "3.50"}]}


async def test_literal_representations_are_routed_too(served, cities):
    visit = '{__typename: "Visit", city: {code: "341000"}, number: "2"}'
    text = f"{{_entities(representations: [{visit}]) {{... on Visit{{seenAt}}}}}}"
    body = await served.answer(ServedRequest(text))
    assert body["data"] == {"_entities": [{"seenAt": "2026-03-02T08:00:00+08:00"}]}
    assert [len(city.asked) for city in cities] == [0, 1]


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("{patient(", None, "GRAPHQL_PARSE_FAILED"),
        ("{patient{id}}", None, "GRAPHQL_VALIDATION_FAILED"),
        ("query A {__typename}", "B", "OPERATION_RESOLUTION_FAILURE"),
        ("query($id: ID!) {patient(id: $id){id}}", None, "BAD_USER_INPUT"),
    ],
)
async def test_an_operation_that_cannot_be_executed_has_errors_and_no_data(served, text, name, code):
    body = await served.answer(ServedRequest(text, name))
    assert (list(body), [error["extensions"]["code"] for error in body["errors"]]) == (["errors"], [code])


async def test_a_null_that_the_contract_does_not_allow_makes_its_nearest_nullable_place_null():
    served = ServedSubgraph(SubgraphName("demo"), partitioned(clinics(), down(), down()), SDL)
    optional = await served.answer(ServedRequest("{newest{totalCount}}"))
    required = await served.answer(ServedRequest("{newest{totalCount} wards{number}}"))
    assert (optional["data"], required["data"]) == ({"newest": None}, None)


async def test_one_of_several_operations_is_executed(served):
    text = 'query A {patient(id: "p1"){id}} query B {patient(id: "p1"){visitCount}}'
    assert (await served.answer(ServedRequest(text, "B")))["data"] == {"patient": {"visitCount": 2}}
