"""The same law over the project's own contracts: the answer over cities is the answer over their merged data."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.federation.partition.cities import MemoryCity, down, partitioned, request_for
from tests.federation.partition.contracts import CITIES, domain_sdl, read_contract
from tests.federation.partition.invented import Invention
from tests.federation.partition.operations import Operations

DOMAINS = ("people", "cards", "pensions", "cases")
CODES = [code for code, _ in CITIES[:3]]
ARGUMENTS = {
    "Query.person": ['(idNumber: "x")'],
    "Query.employer": ['(creditCode: "x")'],
    "Query.people": ["", "(first: 2)", "(last: 2)", '(filter: {registeredIn: "341000"})', "(first: 0)"],
    "Query.card": ['(city: "341000", number: "1")', '(city: "330100", number: "2")'],
    "Query.case": ['(city: "341000", caseNumber: "1")'],
    "Query.pensions": ["", "(first: 1)", "(last: 2)", '(payingCity: "341000", first: 9)', "(status: PAYING)"],
    "Pension.payments": ["", "(first: 1)", "(last: 1)"],
    "Person.cases": ["", "(status: CLOSED)"],
    "Employer.cases": ["", "(status: CLOSED)"],
}
#: Of a connection whose entities several cities list these say less than a subgraph over all data could.
LEFT_OUT = frozenset({"totalCount", "hasNextPage", "hasPreviousPage"})
REPRESENTATIONS = {
    "people": [{"__typename": "Person", "id": "1"}, {"__typename": "Employer", "creditCode": "2"}],
    "cards": [
        {"__typename": "Person", "id": "1"},
        {"__typename": "Card", "city": {"code": "341000"}, "number": "7"},
        {"__typename": "Person", "id": "2"},
    ],
    "pensions": [
        {"__typename": "Pension", "city": {"code": "330100"}, "pensionNumber": "7"},
        {"__typename": "Person", "id": "1"},
    ],
    "cases": [
        {"__typename": "DisputeCase", "city": {"code": "341000"}, "caseNumber": "7"},
        {"__typename": "Employer", "creditCode": "1"},
        {"__typename": "Person", "id": "3"},
    ],
}
CONTRACTS = {domain: read_contract(domain_sdl(domain), 3) for domain in DOMAINS}


def operation(draw: st.DrawFn, domain: str) -> str:
    schema = CONTRACTS[domain].schema
    drawn = Operations(draw, schema, ARGUMENTS, LEFT_OUT)
    if draw(st.booleans()):
        entities = drawn.selection_set(schema.type_map["_Entity"])
        return f"query($representations: [_Any!]!) {{_entities(representations: $representations){entities}}}"
    return drawn.selection_set(schema.type_map["Query"])


@pytest.mark.parametrize("domain", DOMAINS)
@settings(deadline=None, max_examples=25)
@given(st.data(), st.integers(0, 1000), st.sampled_from([None, *range(3)]))
def test_the_answer_over_cities_is_the_answer_over_their_merged_data(domain, data, seed, lost):
    """With one city down it is the answer over the others' data, and every error names that city."""
    contract, text = CONTRACTS[domain], operation(data.draw, domain)
    invention, representations = Invention(contract, seed), REPRESENTATIONS[domain]
    cities = [MemoryCity(contract.schema, invention.root([code])) for code in CODES]
    asked = [down() if index == lost else city for index, city in enumerate(cities)]
    rest = [code for index, code in enumerate(CODES) if index != lost]
    unsplit = MemoryCity(contract.schema, invention.root(rest))
    request = request_for(text, {"representations": representations})
    expected = asyncio.run(unsplit.execute(request))
    response = asyncio.run(partitioned(contract, *asked).execute(request))
    if expected.data is None:  # a connection was asked of the lost city alone, and may not be null
        assert lost is not None
        return
    assert expected.errors == ()
    assert response.data == expected.data
    told = {error["extensions"]["city"] for error in response.errors}
    assert told <= (set() if lost is None else {CODES[lost]})
