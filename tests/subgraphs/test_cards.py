"""The domain `cards`: cards of people and by number, each function with its own state."""

from __future__ import annotations

from legacy_adapters.errors import SystemTimeout
from tests.subgraphs.records import ZHANG, card
from tests.subgraphs.sources import MemorySource

CARDS = "query($r: [_Any!]!) { _entities(representations: $r) { ... on Person { cards { number } } } }"


async def test_a_card_with_both_its_functions(subgraph, keys):
    answer = await subgraph("cards", MemorySource([card()])).execute(
        """{ card(city: "330100", number: "A00000019") {
               city { code name } number issuedOn expiresOn
               socialFunction { status statusRaw since lossExpiresAt }
               bankFunction { status statusRaw since lossExpiresAt bank { code name } }
               holder { id } source { system asOf } } }"""
    )
    assert answer["data"]["card"] == {
        "city": {"code": "330100", "name": "杭州市"},
        "number": "A00000019",
        "issuedOn": "2019-03-04",
        "expiresOn": "2029-03-04",
        "socialFunction": {
            "status": "TEMPORARY_LOSS",
            "statusRaw": "4",
            "since": "2026-10-30T09:00:00+08:00",
            "lossExpiresAt": "2026-11-06T09:00:00+08:00",
        },
        "bankFunction": {
            "status": "NORMAL",
            "statusRaw": "A",
            "since": "2019-03-05T00:00:00+08:00",
            "lossExpiresAt": None,
            "bank": {"code": "95588", "name": "中国工商银行"},
        },
        "holder": {"id": keys.person_id(ZHANG)},
        "source": {"system": "hangzhou_database", "asOf": "2026-10-31T08:00:00+08:00"},
    }


async def test_a_card_without_an_account_has_no_bank_function(subgraph):
    source = MemorySource([card(bank_function=None, bank=None)])
    answer = await subgraph("cards", source).execute(
        '{ card(city: "330100", number: "A00000019") { bankFunction { status } } }'
    )
    assert answer["data"] == {"card": {"bankFunction": None}}


async def test_another_citys_card_is_null_and_no_call(subgraph):
    source = MemorySource([card()])
    answer = await subgraph("cards", source).execute('{ card(city: "341000", number: "A00000019") { number } }')
    assert (answer["data"], source.calls) == ({"card": None}, [])


async def test_cards_of_fifty_people_are_one_call(subgraph, keys):
    ids = [f"3301991958{number:08}" for number in range(50)]
    source = MemorySource([card(national_id, f"A{number}") for number, national_id in enumerate(ids)])
    representations = [{"__typename": "Person", "id": keys.person_id(national_id)} for national_id in ids]
    answer = await subgraph("cards", source).execute(CARDS, {"r": representations})
    assert answer["data"]["_entities"] == [{"cards": [{"number": f"A{number}"}]} for number in range(50)]
    assert source.calls == [("cards", ids)]


async def test_the_same_person_asked_twice_is_fetched_once(subgraph, keys):
    source = MemorySource([card()])
    representations = [{"__typename": "Person", "id": keys.person_id(ZHANG)}] * 2
    answer = await subgraph("cards", source).execute(CARDS, {"r": representations})
    assert answer["data"]["_entities"] == [{"cards": [{"number": "A00000019"}]}] * 2
    assert source.calls == [("cards", [ZHANG])]


async def test_a_person_without_cards_has_none(subgraph, keys):
    answer = await subgraph("cards", MemorySource()).execute(
        CARDS, {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}]}
    )
    assert answer == {"data": {"_entities": [{"cards": []}]}, "extensions": {"asOf": "2026-10-31T09:30:00+08:00"}}


async def test_cards_of_two_systems_come_in_one_list(subgraph, keys):
    systems = MemorySource([card(number="A1")]), MemorySource([card(number="A2")])
    answer = await subgraph("cards", *systems).execute(
        CARDS, {"r": [{"__typename": "Person", "id": keys.person_id(ZHANG)}]}
    )
    assert answer["data"]["_entities"] == [{"cards": [{"number": "A1"}, {"number": "A2"}]}]


async def test_a_card_is_found_in_the_second_system_while_the_first_is_down(subgraph):
    systems = MemorySource(failure=SystemTimeout("first", "330100", "late")), MemorySource([card()])
    answer = await subgraph("cards", *systems).execute('{ card(city: "330100", number: "A00000019") { number } }')
    assert (answer["data"], "errors" in answer) == ({"card": {"number": "A00000019"}}, False)


async def test_a_card_that_only_the_failed_system_may_have_is_an_error(subgraph):
    systems = MemorySource(failure=SystemTimeout("first", "330100", "late")), MemorySource()
    answer = await subgraph("cards", *systems).execute('{ card(city: "330100", number: "A00000019") { number } }')
    assert answer["data"] == {"card": None}
    assert [(error["path"], error["extensions"]["system"]) for error in answer["errors"]] == [(["card"], "first")]
