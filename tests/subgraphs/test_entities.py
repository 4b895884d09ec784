"""`_entities`: places kept, strangers null, the caller's variables untouched."""

from __future__ import annotations

from copy import deepcopy

import pytest

from legacy_adapters.errors import SystemTimeout
from subgraphs.shared.person_key import PlatformKeys
from tests.subgraphs.records import EMPLOYER, LI, ZHANG, card, employer, insurance, pension, person
from tests.subgraphs.sources import MemorySource

PEOPLE = """query($r: [_Any!]!) { _entities(representations: $r) {
  __typename ... on Person { name } ... on Employer { creditCode } } }"""
CARDS = (
    "query($r: [_Any!]!) { _entities(representations: $r) { __typename ... on Card { number } ... on Person { id } } }"
)


async def test_entities_of_several_types_keep_their_places_and_are_one_load_per_type(subgraph, keys):
    source = MemorySource([person(), person(LI, "2", "李四"), employer()])
    representations = [
        {"__typename": "Employer", "creditCode": EMPLOYER},
        {"__typename": "Person", "id": keys.person_id(LI)},
        {"__typename": "Employer", "creditCode": EMPLOYER},
        {"__typename": "Person", "id": keys.person_id(ZHANG)},
    ]
    answer = await subgraph("people", source).execute(PEOPLE, {"r": representations})
    assert answer["data"]["_entities"] == [
        {"__typename": "Employer", "creditCode": EMPLOYER},
        {"__typename": "Person", "name": "李四"},
        {"__typename": "Employer", "creditCode": EMPLOYER},
        {"__typename": "Person", "name": "张三"},
    ]
    assert sorted(source.calls) == [("employers", [EMPLOYER]), ("people", [LI, ZHANG])]


@pytest.mark.parametrize(
    "stranger",
    [
        {},
        {"__typename": "Nothing", "id": "1"},
        {"__typename": "Card"},
        {"__typename": "Person"},
        {"__typename": "Person", "id": ZHANG},
        {"__typename": "Person", "id": "p1somebody"},
        {"__typename": "Person", "id": None},
        {"__typename": "Person", "id": {"nested": "id"}},
        {"__typename": ["Person"], "id": "1"},
        {"__typename": "Employer", "creditCode": ["91330199MA0000001W"]},
        "Person",
        7,
    ],
)
async def test_what_names_no_entity_is_null_in_its_place_without_an_error(stranger, subgraph, keys):
    known = {"__typename": "Person", "id": keys.person_id(ZHANG)}
    answer = await subgraph("people", MemorySource([person()])).execute(PEOPLE, {"r": [stranger, known, stranger]})
    assert answer["data"]["_entities"] == [None, {"__typename": "Person", "name": "张三"}, None]
    assert "errors" not in answer


async def test_a_person_whom_this_register_does_not_know_is_null(subgraph, keys):
    representations = [{"__typename": "Person", "id": keys.person_id(known)} for known in (LI, ZHANG)]
    answer = await subgraph("people", MemorySource([person()])).execute(PEOPLE, {"r": representations})
    assert answer["data"]["_entities"] == [None, {"__typename": "Person", "name": "张三"}]


async def test_an_entity_that_fails_is_an_error_in_its_own_place(subgraph, keys):
    failing = {LI: SystemTimeout("hangzhou_database", "330100", "late")}
    representations = [{"__typename": "Person", "id": keys.person_id(known)} for known in (LI, ZHANG)]
    people = subgraph("people", MemorySource([person()], failing_keys=failing))
    answer = await people.execute(PEOPLE, {"r": representations})
    assert answer["data"]["_entities"] == [None, {"__typename": "Person", "name": "张三"}]
    assert [error["path"] for error in answer["errors"]] == [["_entities", 0]]


async def test_keys_may_be_nested(subgraph):
    keys_of_cards = [
        {"__typename": "Card", "city": {"code": code}, "number": number}
        for code, number in [("330100", "A1"), ("341000", "A1"), (330100, "A2"), ("330100", "A9"), (None, "A1")]
    ]
    nameless = [{"__typename": "Card", "number": "A1"}, {"__typename": "Card", "city": "330100", "number": "A1"}]
    source = MemorySource([card(number="A1"), card(number="A2")])
    answer = await subgraph("cards", source).execute(CARDS, {"r": keys_of_cards + nameless})
    found = [{"__typename": "Card", "number": number} for number in ("A1", "A2")]
    assert answer["data"]["_entities"] == [found[0], None, found[1], None, None, None, None]
    assert source.calls == [("cards_by_number", ["A1", "A2", "A9"])]


async def test_a_pension_is_found_by_its_number(subgraph):
    query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Pension { monthlyAmount { yuan } } } }"
    representation = {"__typename": "Pension", "city": {"code": "330100"}, "pensionNumber": "P1"}
    answer = await subgraph("pensions", MemorySource([pension()])).execute(query, {"r": [representation]})
    assert answer["data"] == {"_entities": [{"monthlyAmount": {"yuan": "3215.40"}}]}


async def test_the_callers_variables_are_left_as_they_were(subgraph, keys):
    variables = {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}, {"__typename": "Nothing"}]}
    before = deepcopy(variables)
    await subgraph("people", MemorySource([person()])).execute(PEOPLE, variables)
    assert variables == before


async def test_representations_may_stand_in_the_query_itself(subgraph, keys):
    zhang = f'{{__typename: "Person", id: "{keys.person_id(ZHANG)}"}}'
    query = f"{{ _entities(representations: [{zhang}]) {{ ... on Person {{ name }} }} }}"
    answer = await subgraph("people", MemorySource([person()])).execute(query)
    assert answer["data"] == {"_entities": [{"name": "张三"}]}


async def test_an_identifier_of_a_former_key_still_finds_the_citizen_and_is_given_back(subgraph, keys):
    former = bytes(range(64, 128))
    old_id = PlatformKeys(former).person_id(ZHANG)
    cards = subgraph("cards", MemorySource([card()]))
    cards._keys = PlatformKeys(bytes(range(64)), former)
    query = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id cards { holder { id } } } } }"
    answer = await cards.execute(query, {"r": [{"__typename": "Person", "id": old_id}]})
    assert answer["data"] == {"_entities": [{"id": old_id, "cards": [{"holder": {"id": old_id}}]}]}


async def test_two_batched_fields_are_loaded_side_by_side_once_each(subgraph, keys):
    source = MemorySource([person(), person(LI, "2", "李四"), insurance(), insurance(LI)])
    query = """query($r: [_Any!]!) { _entities(representations: $r) { ... on Person {
        records { name } insurances { scheme } again: insurances { status } } } }"""
    representations = [{"__typename": "Person", "id": keys.person_id(known)} for known in (ZHANG, LI)]
    answer = await subgraph("people", source).execute(query, {"r": representations})
    assert answer["data"]["_entities"][1] == {
        "records": [{"name": "李四"}],
        "insurances": [{"scheme": "WORK_INJURY"}],
        "again": [{"status": "ACTIVE"}],
    }
    assert source.calls == [("people", [ZHANG, LI]), ("insurances", [ZHANG, LI])]
