"""Two SDLs are compared by what operations and merges depend on."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.conformance.differences import Difference, compare_contracts
from federation.partition import contract_sdl
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.load import load_supergraph

BASE = """
type Query {
  card(city: String!, first: Int = 20): Card @route(argument: "city") @merge(rule: UNION)
}
type Card @key(fields: "city { code } number") @partitionKey(field: "city.code") { number: ID! name: String }
enum Status { NORMAL LOST }
union Thing = Card
input Filter { by: String }
"""


@pytest.mark.parametrize("domain", ["people", "cards", "pensions", "cases"])
def test_a_contract_differs_neither_from_itself_nor_from_what_the_supergraph_holds_of_it(domain: str) -> None:
    text = Path(f"schema/subgraphs/{domain}.graphql").read_text("utf-8")
    supergraph = load_supergraph(Path("schema/supergraph.graphql").read_text("utf-8"))
    assert compare_contracts(text, text) == ()
    assert compare_contracts(contract_sdl(supergraph, SubgraphName(domain)), text) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("type Card", '"A card" type Card'),
        ("{ NORMAL LOST }", "{ LOST NORMAL }"),
        ('@key(fields: "city { code } number")', '@federation__key(fields: "city{code}  number", resolvable: true)'),
        ("@merge(rule: UNION)", "@merge(rule: UNION, order: ASC)"),
        ("name: String", 'name: String @shareable @tag(name: "x")'),
        ("type Query {", "extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]!"),
        ("enum Status", "scalar _Any enum Status"),
    ],
)
def test_what_says_nothing_of_answers_is_no_difference(old: str, new: str) -> None:
    assert compare_contracts(BASE, BASE.replace(old, new)) == ()


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("name: String", "", Difference("Card.name", "String", None, is_breaking=True)),
        ("name: String", "name: Int", Difference("Card.name", "String", "Int", is_breaking=True)),
        ("name: String", "name: String!", Difference("Card.name", "String", "String!", is_breaking=False)),
        ("number: ID!", "number: ID", Difference("Card.number", "ID!", "ID", is_breaking=True)),
        ("name: String", "name: String more: Int", Difference("Card.more", None, "Int", is_breaking=False)),
        ("city: String!", "city: String", Difference("Query.card(city:)", "String!", "String", is_breaking=False)),
        ("city: String!, ", "", Difference("Query.card(city:)", "String!", None, is_breaking=True)),
        ("city: String!", "city: String! day: Int!", Difference("Query.card(day:)", None, "Int!", is_breaking=True)),
        ("city: String!", "city: String! day: Int", Difference("Query.card(day:)", None, "Int", is_breaking=False)),
        ("Int = 20", "Int = 10", Difference("Query.card(first:)", "Int = 20", "Int = 10", is_breaking=False)),
        (" LOST", "", Difference("Status.LOST", "value", None, is_breaking=True)),
        ("= Card", "= Query", Difference("Thing = Card", "member", None, is_breaking=True)),
        ("by: String", "by: ID", Difference("Filter.by", "String", "ID", is_breaking=True)),
        ("enum Status { NORMAL LOST }", "", Difference("Status", "enum", None, is_breaking=True)),
        (
            '@route(argument: "city")',
            "",
            Difference("Query.card @route", '@route(argument: "city")', None, is_breaking=False),
        ),
        (
            "rule: UNION",
            "rule: CONCAT",
            Difference("Query.card @merge", "@merge(rule: UNION)", "@merge(rule: CONCAT)", is_breaking=False),
        ),
        (
            '@key(fields: "city { code } number")',
            "",
            Difference(
                'Card @key(fields: "city { code } number")',
                '@key(fields: "city { code } number")',
                None,
                is_breaking=True,
            ),
        ),
    ],
)
def test_each_difference_is_told_once_with_its_coordinate(old: str, new: str, difference: Difference) -> None:
    found = compare_contracts(BASE, BASE.replace(old, new))
    assert found[0] == difference
    assert len([each for each in found if each.is_breaking]) <= 1


def test_a_text_that_is_no_graphql_differs_whole() -> None:
    assert [each.coordinate for each in compare_contracts(BASE, "type {")] == ["schema"]
