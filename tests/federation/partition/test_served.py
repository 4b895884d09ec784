"""A partitioned subgraph served to other routers."""

from __future__ import annotations

import pytest
from graphql import parse, validate

from federation.executor.errors import InvalidVariables
from federation.executor.operation import read_operation
from federation.partition import ServedRequest, ServedSubgraph
from federation.query_plan.nodes import SubgraphName
from tests.federation.partition.cities import down, partitioned
from tests.federation.partition.clinics import SDL, Record, city_of, clinics

RECORDS = [
    Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW"),
    Record(2, "341000", "p1", "2026-03-02T08:00:00+08:00", "2026-01-02", 250, "HIGH"),
]


def read(schema, text, operation_name):
    document = parse(text)
    assert validate(schema, document) == []
    return read_operation(document, operation_name)


def subgraph(*cities):
    return ServedSubgraph(SubgraphName("demo"), partitioned(clinics(), *cities), SDL, read)


async def answer(served, text, operation_name=None, **variables):
    return await served.answer(ServedRequest(served.prepare(text, operation_name), variables))


@pytest.fixture
def cities():
    return [city_of([record]) for record in RECORDS]


@pytest.fixture
def served(cities):
    return subgraph(*cities)


async def test_the_contract_is_given_to_who_asks_for_it_without_asking_a_city(served, cities):
    response = await answer(served, "query SubgraphIntrospectQuery {_service {sdl}}")
    assert (response.data, response.sources) == ({"_service": {"sdl": SDL}}, ())
    assert [city.asked for city in cities] == [[], []]


async def test_introspection_and_fields_are_answered_in_the_order_asked(served):
    response = await answer(served, '{kind: __typename patient(id: "p1"){visitCount} __type(name: "City"){name}}')
    assert list(response.data.items()) == [
        ("kind", "Query"),
        ("patient", {"visitCount": 2}),
        ("__type", {"name": "City"}),
    ]
    assert [source.partition for source in response.sources] == ["hangzhou", "huangshan"]


async def test_entities_are_merged_for_any_router(served):
    text = "query($r: [_Any!]!) {_entities(representations: $r) {...Paid}} fragment Paid on Patient {paid}"
    response = await answer(served, text, r=[{"__typename": "Patient", "id": "p1"}])
    assert response.data == {"_entities": [{"paid": "3.50"}]}


async def test_literal_representations_are_routed_too(served, cities):
    visit = '{__typename: "Visit", city: {code: "341000"}, number: "2"}'
    response = await answer(served, f"{{_entities(representations: [{visit}]) {{... on Visit{{seenAt}}}}}}")
    assert response.data == {"_entities": [{"seenAt": "2026-03-02T08:00:00+08:00"}]}
    assert [len(city.asked) for city in cities] == [0, 1]


async def test_a_missing_variable_is_refused_before_a_city_is_asked(served, cities):
    with pytest.raises(InvalidVariables):
        await answer(served, "query($id: ID!) {patient(id: $id){id}}")
    assert [city.asked for city in cities] == [[], []]


async def test_a_null_that_the_contract_does_not_allow_makes_its_nearest_nullable_place_null():
    served = subgraph(down(), down())
    optional = await answer(served, "{newest{totalCount}}")
    required = await answer(served, "{newest{totalCount} wards{number}}")
    assert (optional.data, required.data) == ({"newest": None}, None)


async def test_one_of_several_operations_is_executed(served):
    text = 'query A {patient(id: "p1"){id}} query B {patient(id: "p1"){visitCount}}'
    assert (await answer(served, text, "B")).data == {"patient": {"visitCount": 2}}


async def test_an_operation_is_read_once(served):
    text = '{patient(id: "p1"){id}}'
    assert served.prepare(text) is served.prepare(text)
