"""Domain contracts: their partition directives are checked, and carried into the supergraph as written."""

from __future__ import annotations

import pytest

from federation.composition import Subgraph, compose
from federation.supergraph import load_supergraph
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule, Partition

HANGZHOU = Partition("330100", "hangzhou", "http://hangzhou/cards")
HUANGSHAN = Partition("341000", "huangshan", "http://huangshan/cards")
LINKS = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@shareable"])
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@partitionKey", "@route", "@merge"])
"""
CARDS = """
type Query {
  cards(city: String, filter: Filter, first: Int): CardConnection! @route(argument: "city")
    @merge(rule: CONNECTION, by: "issued.on", order: DESC)
  names: [String!]
}
type Mutation { lose(city: String!): Card @route(argument: "city") }
type Person @key(fields: "id") { id: ID! cards: [Card!] @merge(rule: UNION, by: "number") }
type CardConnection { nodes: [Card!]! pageInfo: PageInfo! totalCount: Int @merge(rule: SUM) }
type PageInfo @shareable { hasNextPage: Boolean! @merge(rule: ANY) }
type Card @key(fields: "city { code } number") @partitionKey(field: "city.code") {
  city: City! number: ID! issued: Issue state: String @merge(rule: LATEST, by: "changed") changed: String
}
type City @shareable { code: String! }
type Issue { on: String }
input Filter { place: Place }
input Place { city: String }
"""


def cards(sdl: str = CARDS, partitions: tuple[Partition, ...] = (HANGZHOU, HUANGSHAN)) -> Subgraph:
    return Subgraph("cards", "http://cards", LINKS + sdl, partitions, "cards.graphql")


def test_what_a_contract_states_is_what_the_gateway_reads() -> None:
    result = compose([cards()])
    assert result.errors == ()
    partitioned = load_supergraph(result.supergraph_sdl or "").partitions["cards"]
    assert partitioned.partitions == (HANGZHOU, HUANGSHAN)
    assert dict(partitioned.partition_keys) == {"Card": "city.code"}
    assert dict(partitioned.routes) == {("Query", "cards"): "city", ("Mutation", "lose"): "city"}
    assert dict(partitioned.merges) == {
        ("Query", "cards"): Merge(MergeRule.CONNECTION, "issued.on", MergeOrder.DESC),
        ("Person", "cards"): Merge(MergeRule.UNION, "number"),
        ("CardConnection", "totalCount"): Merge(MergeRule.SUM),
        ("PageInfo", "hasNextPage"): Merge(MergeRule.ANY),
        ("Card", "state"): Merge(MergeRule.LATEST, "changed"),
    }


def test_only_what_is_stated_is_carried() -> None:
    sdl = compose([cards()]).supergraph_sdl or ""
    assert [line.strip() for line in sdl.splitlines() if " names" in line] == ["names: [String!]"]


def test_the_partitions_stand_in_the_order_of_the_configuration() -> None:
    sdl = compose([cards(partitions=(HUANGSHAN, HANGZHOU))]).supergraph_sdl or ""
    assert [line.strip() for line in sdl.splitlines() if line.startswith("  @partition(")] == [
        '@partition(graph: CARDS, city: "341000", name: "huangshan", url: "http://huangshan/cards")',
        '@partition(graph: CARDS, city: "330100", name: "hangzhou", url: "http://hangzhou/cards")',
    ]


def test_a_supergraph_without_partitions_has_nothing_of_them() -> None:
    assert "partition" not in (compose([cards(partitions=())]).supergraph_sdl or "partition")


def test_a_contract_may_bring_the_definitions_itself() -> None:
    definitions = """
    directive @partitionKey(field: String!) on OBJECT
    directive @route(argument: String!) on FIELD_DEFINITION
    directive @merge(rule: MergeRule!, by: String, order: MergeOrder) on FIELD_DEFINITION
    enum MergeRule { CONCAT UNION FIRST LATEST SUM MIN MAX ANY ALL CONNECTION }
    enum MergeOrder { ASC DESC }
    """
    assert compose([cards(CARDS + definitions)]) == compose([cards()])


@pytest.mark.parametrize(
    ("replaced", "by", "code", "coordinate"),
    [
        ('field: "city.code"', 'field: "city.zip"', "PARTITION_KEY_FIELD_UNKNOWN", "Card"),
        ('@route(argument: "city")\n', '@route(argument: "town")\n', "PARTITION_ROUTE_ARGUMENT_UNKNOWN", "Query.cards"),
        (
            '@route(argument: "city")\n',
            '@route(argument: "filter.place.town")\n',
            "PARTITION_ROUTE_ARGUMENT_UNKNOWN",
            "Query.cards",
        ),
        (
            "on: String }",
            'on(at: String): String @route(argument: "at") }',
            "PARTITION_ROUTE_ON_NON_ROOT_FIELD",
            "Issue.on",
        ),
        ('by: "issued.on"', 'by: "issued.at"', "PARTITION_MERGE_BY_UNKNOWN", "Query.cards"),
        ('by: "number"', 'by: "nothing"', "PARTITION_MERGE_BY_UNKNOWN", "Person.cards"),
        ('by: "changed"', 'by: "nothing"', "PARTITION_MERGE_BY_UNKNOWN", "Card.state"),
        ('rule: LATEST, by: "changed"', "rule: LATEST", "PARTITION_MERGE_RULE_INVALID", "Card.state"),
        (', by: "issued.on", order: DESC', "", "PARTITION_MERGE_RULE_INVALID", "Query.cards"),
        ("names: [String!]", "names: [String!] @merge(rule: SUM)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
        ("names: [String!]", "names: String @merge(rule: CONCAT)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
        ("names: [String!]", "names: String @merge(rule: ALL)", "PARTITION_MERGE_RULE_INVALID", "Query.names"),
        (
            "names: [String!]",
            'names: Issue @merge(rule: CONNECTION, by: "on")',
            "PARTITION_MERGE_RULE_INVALID",
            "Query.names",
        ),
        ("rule: SUM", "rule: SUM, order: ASC", "PARTITION_MERGE_RULE_INVALID", "CardConnection.totalCount"),
        (
            'lose(city: String!): Card @route(argument: "city")',
            "lose(city: String!): Card",
            "PARTITION_MUTATION_WITHOUT_ROUTE",
            "Mutation.lose",
        ),
    ],
)
def test_a_wrong_contract_is_refused(replaced: str, by: str, code: str, coordinate: str) -> None:
    assert CARDS.count(replaced) >= 1
    errors = compose([cards(CARDS.replace(replaced, by, 1))]).errors
    assert [(error.code, error.coordinates, error.subgraphs) for error in errors] == [(code, (coordinate,), ("cards",))]
    assert errors[0].positions[0].file == "cards.graphql"


def test_two_partitions_of_one_city_are_refused() -> None:
    again = Partition("330100", "hangzhou-2", "http://again")
    assert [error.code for error in compose([cards(partitions=(HANGZHOU, again))]).errors] == ["PARTITION_DUPLICATE"]
