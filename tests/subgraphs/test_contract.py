"""The code serves what the contracts say."""

from __future__ import annotations

import pytest

from subgraphs.domains import DOMAINS
from subgraphs.shared.contract import ContractBroken, contract_differences, read_contract
from subgraphs.shared.subgraph import SubgraphSchema
from tests.subgraphs.conftest import CONTRACTS, schema
from tests.subgraphs.sources import MemorySource

NAMES = [domain.name for domain in DOMAINS]


@pytest.mark.parametrize("domain", NAMES)
def test_the_served_schema_is_the_contract(domain):
    assert contract_differences(read_contract(CONTRACTS, domain), schema(domain).as_str()) == []


def test_there_is_a_subgraph_for_every_contract_of_a_partitioned_domain():
    contracts = {file.stem for file in CONTRACTS.glob("*.graphql") if "@partition" in file.read_text(encoding="utf-8")}
    assert set(NAMES) == contracts


@pytest.mark.parametrize("domain", NAMES)
async def test_a_subgraph_tells_its_contract_word_for_word(domain, subgraph):
    answer = await subgraph(domain, MemorySource()).execute("{ _service { sdl } }")
    assert answer["data"] == {"_service": {"sdl": read_contract(CONTRACTS, domain)}}


@pytest.mark.parametrize(
    ("contract", "served", "difference"),
    [
        ("type A { a: Int }", "type A { a: Int! }", "A.a: the contract has Int, the code serves Int!"),
        ("type A { a: Int }", "type A { a: Int b: Int }", "A.b: the contract has nothing, the code serves Int"),
        ("type A { a: Int @x(b: 1) }", "type A { a: Int }", "A.a: the contract has Int @x(b: 1), the code serves Int"),
        (
            "type A @x { a: Int }",
            "type A { a: Int }",
            "A: the contract has object_type @x(), the code serves object_type",
        ),
        (
            "type A { a(b: Int = 1): Int }",
            "type A { a(b: Int = 2): Int }",
            "A.a(b:): the contract has Int = 1, the code serves Int = 2",
        ),
        ("enum E { A B }", "enum E { A }", "E.B: the contract has it, the code serves nothing"),
        ("input I { a: Int }", "input I { a: Int = 1 }", "I.a: the contract has Int, the code serves Int = 1"),
        (
            "type A implements I { a: Int }",
            "type A { a: Int }",
            "A implements I: the contract has it, the code serves nothing",
        ),
        ("union U = A | B", "union U = A", "U = B: the contract has it, the code serves nothing"),
        ("scalar S", "enum S { A }", "S: the contract has scalar_type, the code serves enum_type"),
    ],
)
def test_every_kind_of_difference_is_named_by_its_coordinate(contract, served, difference):
    assert difference in contract_differences(contract, served)


def test_order_and_descriptions_make_no_difference():
    contract = '"a thing" type A @x(a: 1, b: 2) @y { "a field" a: Int b: Int }'
    assert contract_differences(contract, "type A @y @x(b: 2, a: 1) { b: Int a: Int }") == []


def test_code_that_differs_from_its_contract_does_not_start():
    contract = read_contract(CONTRACTS, "cards").replace("expiresOn: Date", "expiresOn: Date!")
    (cards,) = (domain for domain in DOMAINS if domain.name == "cards")
    with pytest.raises(ContractBroken) as broken:
        SubgraphSchema(cards, contract)
    assert broken.value.differences == ("Card.expiresOn: the contract has Date!, the code serves Date",)
