"""Domain contracts: their partition directives are carried into the supergraph as written."""

from __future__ import annotations

from dataclasses import replace

from federation.composition import Subgraph, compose
from federation.supergraph import load_supergraph
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule, Partition

HANGZHOU = Partition("330100", "hangzhou", "http://hangzhou/cards")
HUANGSHAN = Partition("341000", "huangshan", "http://huangshan/cards")
LINKS = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@shareable"])
  @link(url: "https://bureaugraph.dev/partition/v1.1", import: \
["@partitionKey", "@route", "@merge", "@staleWhileUnavailable"])
"""
CARDS = """
type Query {
  cards(city: String, filter: Filter, first: Int): CardConnection! @route(argument: "city")
    @merge(rule: CONNECTION, by: "issued.on", order: DESC)
  names: [String!]
}
type Mutation { lose(city: String!): Card @route(argument: "city") }
type Person @key(fields: "id") {
  id: ID!
  name: String cards: [Card!] @merge(rule: UNION) home: Home @staleWhileUnavailable(maxAge: 60)
  debt: Decimal @merge(rule: MAX) times: [Time!]
  state: String @merge(rule: LATEST, by: "changed") changed: Time
}
type Home { town: String! since: Time }
scalar Decimal
type CardConnection { edges: [CardEdge!]! nodes: [Card!]! pageInfo: PageInfo! totalCount: Int @merge(rule: SUM) }
type CardEdge { cursor: String! node: Card! }
type PageInfo { hasNextPage: Boolean! @merge(rule: ANY) }
type Card @key(fields: "city { code } number") @partitionKey(field: "city.code") {
  city: City! number: ID! issued: Issue home: Home! state: [String] isLost: Boolean note(in: String!): String
}
type City { code: String! }
type Issue { on: String }
scalar Time
input Filter { place: Place places: [Place] grid: [[String]] }
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
    assert dict(partitioned.stale_seconds) == {("Person", "home"): 60}
    assert dict(partitioned.merges) == {
        ("Query", "cards"): Merge(MergeRule.CONNECTION, "issued.on", MergeOrder.DESC),
        ("Person", "cards"): Merge(MergeRule.UNION),
        ("CardConnection", "totalCount"): Merge(MergeRule.SUM),
        ("PageInfo", "hasNextPage"): Merge(MergeRule.ANY),
        ("Person", "debt"): Merge(MergeRule.MAX),
        ("Person", "state"): Merge(MergeRule.LATEST, "changed"),
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


def test_the_first_version_of_the_specification_has_no_stale_answers() -> None:
    old = LINKS.replace("partition/v1.1", "partition/v1.0")
    (error,) = compose([Subgraph("cards", "http://cards", old + "type Query { names: [String] }", (HANGZHOU,))]).errors
    assert error.code == "INVALID_LINK_DIRECTIVE_USAGE"
    before = old.replace(', "@staleWhileUnavailable"', "")
    assert (
        compose([replace(cards(), sdl=before + CARDS.replace("@staleWhileUnavailable(maxAge: 60)", ""))]).errors == ()
    )


def test_a_contract_may_bring_the_definitions_itself() -> None:
    definitions = """
    directive @partitionKey(field: String!) on OBJECT
    directive @route(argument: String!) on FIELD_DEFINITION
    directive @merge(rule: MergeRule!, by: String, order: MergeOrder) on FIELD_DEFINITION
    directive @staleWhileUnavailable(maxAge: Int!) on FIELD_DEFINITION
    enum MergeRule { CONCAT UNION FIRST LATEST SUM MIN MAX ANY ALL CONNECTION }
    enum MergeOrder { ASC DESC }
    """
    assert compose([cards(CARDS + definitions)]) == compose([cards()])
