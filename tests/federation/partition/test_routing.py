"""Which cities are asked, and for what."""

from __future__ import annotations

import pytest

from tests.federation.partition.cities import MemoryCity, ask, partitioned
from tests.federation.partition.clinics import Record, city_of, clinics

RECORDS = [
    Record(1, "330100", "p1", "2026-03-01T08:00:00+08:00", "2026-01-01", 100, "LOW"),
    Record(2, "341000", "p1", "2026-03-02T08:00:00+08:00", "2026-01-02", 250, "HIGH"),
]


@pytest.fixture
def cities():
    return [city_of([record]) for record in RECORDS]


@pytest.fixture
def client(cities):
    return partitioned(clinics(), *cities)


def asked(cities: list[MemoryCity]) -> list[int]:
    return [len(city.asked) for city in cities]


@pytest.mark.parametrize(
    ("text", "variables", "expected"),
    [
        ('{visits(filter: {city: "341000"}){totalCount}}', {}, [0, 1]),
        ('{visits(filter: {city: ["341000", "330100"]}){totalCount}}', {}, [1, 1]),
        ("{visits(filter: {city: null}){totalCount}}", {}, [1, 1]),
        ("{visits(filter: {}){totalCount}}", {}, [1, 1]),
        ("{visits{totalCount}}", {}, [1, 1]),
        ("query($f: VisitFilter){visits(filter: $f){totalCount}}", {"f": {"city": ["330100"]}}, [1, 0]),
        ("query($c: [String!]){visits(filter: {city: $c}){totalCount}}", {"c": ["330100"]}, [1, 0]),
        ("query($c: [String!]){visits(filter: {city: $c}){totalCount}}", {}, [1, 1]),
        ('query($c: [String!] = ["341000"]){visits(filter: {city: $c}){totalCount}}', {}, [0, 1]),
        ("query($c: [String!]){visits(filter: {city: $c}){totalCount}}", {"c": None}, [1, 1]),
    ],
)
async def test_the_argument_selects_the_cities(client, cities, text, variables, expected):
    response = await ask(client, text, **variables)
    assert (response.data, asked(cities)) == ({"visits": {"totalCount": sum(expected)}}, expected)


async def test_each_city_gets_only_the_fields_and_variables_that_are_routed_to_it(client, cities):
    here = 'here: visits(filter: {city: "330100"}){totalCount}'
    there = 'there: visits(first: $n, filter: {city: "341000"}){totalCount}'
    response = await ask(client, f"query($n: Int){{{here} {there}}}", n=5)
    assert response.data == {"here": {"totalCount": 1}, "there": {"totalCount": 1}}
    sent = [(city.asked[0].operation.text.split("(")[0].split()[-1], dict(city.asked[0].variables)) for city in cities]
    assert sent == [("visits", {}), ("query", {"n": 5})]


async def test_an_unknown_city_is_an_error_that_names_the_known_ones_and_the_others_are_asked(client):
    response = await ask(client, '{visits(filter: {city: ["999999", "341000"]}){totalCount}}')
    message = 'The argument "filter.city" of "visits" names a city that is not served; known are 330100, 341000.'
    extensions = {"code": "PARTITION_UNKNOWN", "service": "demo", "retryable": False}
    assert response.data == {"visits": {"totalCount": 1}}
    assert response.errors == ({"message": message, "path": ["visits"], "extensions": extensions},)


async def test_an_empty_list_of_cities_is_refused(client, cities):
    response = await ask(client, "{visits(filter: {city: []}){totalCount}}")
    assert (response.data, asked(cities)) == ({"visits": None}, [0, 0])
    assert [error["extensions"]["code"] for error in response.errors] == ["BAD_USER_INPUT"]


async def test_a_mutation_goes_to_the_one_city_it_names():
    cities = [MemoryCity(clinics().schema, {"close": lambda city, number: {"number": number}}) for _ in range(2)]
    response = await ask(partitioned(clinics(), *cities), 'mutation{close(city: "341000", number: 7){number}}')
    assert (response.data, asked(cities)) == ({"close": {"number": "7"}}, [0, 1])


async def test_a_mutation_that_names_no_city_is_refused(client, cities):
    response = await ask(client, "mutation{reset}")
    assert (response.data, asked(cities)) == ({"reset": None}, [0, 0])
    assert response.errors == (
        {
            "message": '"reset" must name exactly one city.',
            "path": ["reset"],
            "extensions": {"code": "PARTITION_ROUTE_REQUIRED", "service": "demo", "retryable": False},
        },
    )


async def test_a_mutations_fields_are_executed_in_their_order_whichever_cities_they_change():
    order: list[str] = []

    def close(city: str, number: str) -> dict[str, str]:
        order.append(f"{city}/{number}")
        return {"number": number}

    cities = [MemoryCity(clinics().schema, {"close": close}) for _ in range(2)]
    named = (("a", "341000", 1), ("b", "330100", 2), ("c", "341000", 3))
    fields = [f'{alias}: close(city: "{city}", number: {number}){{number}}' for alias, city, number in named]
    text = f"mutation{{{' '.join(fields)}}}"
    response = await ask(partitioned(clinics(), *cities), text)
    assert order == ["341000/1", "330100/2", "341000/3"]
    assert response.data == {"a": {"number": "1"}, "b": {"number": "2"}, "c": {"number": "3"}}


async def test_an_entity_that_names_its_city_goes_there_only_and_the_answers_come_back_in_place(client, cities):
    representations = [
        {"__typename": "Visit", "city": {"code": "341000"}, "number": "2"},
        {"__typename": "Patient", "id": "p1"},
        {"__typename": "Visit", "city": {"code": "330100"}, "number": "1"},
    ]
    text = "query($r: [_Any!]!){_entities(representations: $r){... on Visit{number} ... on Patient{visitCount}}}"
    response = await ask(client, text, r=representations)
    assert response.data == {"_entities": [{"number": "2"}, {"visitCount": 2}, {"number": "1"}]}
    assert [city.asked[0].variables["r"] for city in cities] == [representations[1:], representations[:2]]


async def test_calls_of_one_batch_go_to_the_cities_of_their_own_entities(client, cities):
    text = (
        "query($a: [_Any!]!, $b: [_Any!]!){_e0: _entities(representations: $a){... on Visit{number}}"
        " _e1: _entities(representations: $b){... on Patient{visitCount}}}"
    )
    visit = {"__typename": "Visit", "city": {"code": "341000"}, "number": "2"}
    response = await ask(client, text, a=[visit], b=[{"__typename": "Patient", "id": "p1"}])
    assert response.data == {"_e0": [{"number": "2"}], "_e1": [{"visitCount": 2}]}
    assert [sorted(city.asked[0].variables) for city in cities] == [["b"], ["a", "b"]]


async def test_an_entity_of_an_unknown_city_is_null_with_an_error_at_its_place(client):
    visit = {"__typename": "Visit", "city": {"code": "999999"}, "number": "2"}
    text = "query($r: [_Any!]!){_entities(representations: $r){... on Visit{number}}}"
    response = await ask(client, text, r=[visit])
    assert response.data == {"_entities": [None]}
    assert [(error["path"], error["extensions"]["code"]) for error in response.errors] == [
        (["_entities", 0], "PARTITION_UNKNOWN")
    ]


@pytest.mark.parametrize("skipped", [True, False])
async def test_a_field_that_is_left_out_is_asked_of_nobody(client, cities, skipped):
    text = 'query($s: Boolean!){visits(filter: {city: "341000"}) @skip(if: $s){totalCount}}'
    response = await ask(client, text, s=skipped)
    expected = ({}, [0, 0]) if skipped else ({"visits": {"totalCount": 1}}, [0, 1])
    assert (response.data, asked(cities)) == expected
