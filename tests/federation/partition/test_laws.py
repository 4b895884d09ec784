"""Laws: splitting a domain over cities changes no answer, whatever is asked and in whatever order cities answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor.subgraph_client import ResponseObject, SubgraphRequest, SubgraphResponse
from tests.federation.partition.cities import MemoryCity, ask, down, partitioned, request_for
from tests.federation.partition.clinics import LEVELS, Record, city_of, clinics
from tests.federation.partition.contracts import CITIES
from tests.federation.partition.operations import Operations

_DATES = ("2026-01-01", "2026-01-02", "2026-02-01", None)
_ARGUMENTS = {
    "Query.patient": ['(id: "p1")', '(id: "p2")', '(id: "nobody")'],
    "Query.visits": ["", "(first: 2)", "(first: 0)", "(filter: {city: null})"],
    "Query.newest": ["", "(first: 4)"],
    "Patient.history": ["", "(first: 1)"],
}
_ROUTED = {**_ARGUMENTS, "Query.visits": ["", '(first: 9, filter: {city: "330100"})', '(filter: {city: ["341000"]})']}
_REPRESENTATIONS = [
    {"__typename": "Patient", "id": "p2"},
    {"__typename": "Visit", "city": {"code": "330100"}, "number": "1"},
    {"__typename": "Patient", "id": "p1"},
    {"__typename": "Visit", "city": {"code": "341000"}, "number": "2"},
]


@st.composite
def records(draw: st.DrawFn, cities: int) -> list[Record]:
    """Records of all cities, city after city: the order in which their lists are concatenated."""
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from([code for code, _ in CITIES[:cities]]),
                st.sampled_from(["p1", "p2"]),
                st.integers(1, 28),
                st.sampled_from(_DATES),
                st.integers(0, 2),
                st.sampled_from(LEVELS),
            ),
            max_size=14,
        )
    )
    order = [code for code, _ in CITIES]
    made = [
        Record(number, city, patient, f"2026-03-{day:02}T08:00:00+08:00", opened, paid, level)
        for number, (city, patient, day, opened, paid, level) in enumerate(drawn, 1)
    ]
    return sorted(made, key=lambda record: order.index(record.city))


@st.composite
def operations(draw: st.DrawFn, arguments=_ARGUMENTS, left_out=frozenset()) -> str:
    """Any query over the contract, with or without entities."""
    schema = clinics().schema
    drawn = Operations(draw, schema, arguments, left_out)
    if draw(st.booleans()):
        entities = drawn.selection_set(schema.type_map["_Entity"])
        return f"query($representations: [_Any!]!) {{_entities(representations: $representations){entities}}}"
    return drawn.selection_set(schema.type_map["Query"])


def unsplit(known: Sequence[Record], operation: str) -> ResponseObject | None:
    """The answer of one subgraph that keeps all records."""
    city = city_of(known)
    response = asyncio.run(city.execute(request_for(operation, {"representations": _REPRESENTATIONS})))
    assert response.errors == ()
    return response.data


def split(known: Sequence[Record], cities: int) -> list[MemoryCity]:
    return [city_of([record for record in known if record.city == code]) for code, _ in CITIES[:cities]]


class Delayed:
    """A city that answers after others had their turns."""

    def __init__(self, city: MemoryCity, turns: int) -> None:
        self._city = city
        self._turns = turns

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        for _ in range(self._turns):
            await asyncio.sleep(0)
        return await self._city.execute(request)


@settings(deadline=None, max_examples=40)
@given(records(3), operations(_ROUTED), st.randoms())
def test_the_answer_over_cities_is_the_answer_over_all_records(known, operation, random: Random):
    client = partitioned(clinics(3), *(Delayed(city, random.randrange(4)) for city in split(known, 3)))
    response = asyncio.run(ask(client, operation, representations=_REPRESENTATIONS))
    assert (response.data, response.errors) == (unsplit(known, operation), ())


@settings(deadline=None, max_examples=40)
@given(records(3), operations(left_out=frozenset({"hasNextPage"})), st.integers(0, 2))
def test_without_one_city_the_answer_is_that_without_its_records_and_an_error_for_each_field(known, operation, lost):
    cities = split(known, 3)
    cities[lost] = down()
    response = asyncio.run(ask(partitioned(clinics(3), *cities), operation, representations=_REPRESENTATIONS))
    code, name = CITIES[lost]
    rest = [record for record in known if record.city != code]
    assert response.data == unsplit(rest, operation)
    assert {error["extensions"]["partition"] for error in response.errors} == ({name} if cities[lost].asked else set())


@settings(deadline=None, max_examples=30)
@given(records(3), operations())
def test_merging_is_associative(known, operation):
    first, second, third = split(known, 3)
    inner = partitioned(clinics(2), first, second)
    outer = partitioned(clinics(2), inner, third)
    flat = partitioned(clinics(3), first, second, third)
    # An inner client's cities are not the outer one's: only what is asked of all of them can be compared.
    patients = [representation for representation in _REPRESENTATIONS if representation["__typename"] == "Patient"]
    nested = asyncio.run(ask(outer, operation, representations=patients))
    expected = asyncio.run(ask(flat, operation, representations=patients))
    assert nested.data == expected.data
