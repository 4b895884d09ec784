"""Supergraphs of all join versions load, or are refused with place and remedy."""

from __future__ import annotations

import pytest

from federation.query_plan.nodes import SubgraphName
from federation.supergraph import SupergraphError, load_supergraph
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule, Partition
from tests.federation.planner.graphs import composed

A, B = SubgraphName("a"), SubgraphName("b")
GRAPH = {
    "a": """type Query { people: [Person!]! } interface Named @key(fields: "id") { id: ID! name: String }
        type Person implements Named @key(fields: "id") {
            id: ID! name: String secret: String @inaccessible level: Level }
        enum Level { LOW HIGH @inaccessible }""",
    "b": 'type Named @key(fields: "id") @interfaceObject { id: ID! score: Int }',
}
JOIN_V01 = """
schema @core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1") {
  query: Query
}
directive @core(feature: String!) repeatable on SCHEMA
directive @join__field(graph: join__Graph, provides: join__FieldSet, requires: join__FieldSet) on FIELD_DEFINITION
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
directive @join__owner(graph: join__Graph!) on INTERFACE | OBJECT
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on INTERFACE | OBJECT
scalar join__FieldSet
enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "http://b") }
type Product @join__owner(graph: A) @join__type(graph: A, key: "upc") @join__type(graph: B, key: "upc") {
  upc: String! @join__field(graph: A)
  name: String @join__field(graph: A)
  stock: Stock @join__field(graph: B, requires: "name")
}
type Stock { count: Int }
type Query { product: Product @join__field(graph: A) }
"""
PARTITIONED = """
schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)
  @link(url: "https://bureaugraph.dev/partition/v1.0")
  @partition(graph: A, city: "330100", name: "hangzhou", url: "http://h")
  @partition(graph: A, city: "341000", name: "huangshan", url: "http://s") { query: Query }
enum join__Graph { A @join__graph(name: "a", url: "http://a") B @join__graph(name: "b", url: "http://b") }
type City @join__type(graph: A) { code: String }
type Card @join__type(graph: A) @partition__key(graph: A, field: "city.code") { city: City number: String }
type Query @join__type(graph: A) @join__type(graph: B) {
  cards(city: String): [Card!] @join__field(graph: A) @partition__route(graph: A, argument: "city")
    @partition__merge(graph: A, rule: UNION, by: "number", order: DESC)
}
"""


def test_clients_see_nothing_that_is_inaccessible_and_no_machinery() -> None:
    definitions = sorted(composed(GRAPH).api_sdl.split("\n\n"))
    assert definitions == [
        "enum Level {\n  LOW\n}",
        "interface Named {\n  id: ID!\n  name: String\n  score: Int\n}",
        "type Person implements Named {\n  id: ID!\n  name: String\n  level: Level\n  score: Int\n}",
        "type Query {\n  people: [Person!]!\n}",
    ]


def test_the_schema_planned_against_keeps_what_is_inaccessible() -> None:
    graph = composed(GRAPH)
    assert sorted(graph.schema.type_map["Person"].fields) == ["id", "level", "name", "score", "secret"]
    assert not [name for name in graph.schema.type_map if name.startswith(("join__", "link__"))]


def test_an_interface_object_stands_for_types_its_subgraph_does_not_know() -> None:
    view = composed(GRAPH).subgraph_schemas[B]
    assert (sorted(view.types), view.interface_objects) == (["Named", "Query"], {"Person": ("Named",)})
    assert view.types["Named"].possible_types == {"Person"}


def test_a_field_from_an_interface_object_belongs_to_no_subgraph_of_the_object() -> None:
    view = composed(GRAPH).subgraph_schemas[A]
    assert sorted(view.types["Person"].fields) == ["id", "level", "name", "secret"]


def test_join_v01_is_read_with_its_owners_keys_and_value_types() -> None:
    graph = load_supergraph(JOIN_V01)
    a, b = (graph.subgraph_schemas[name].types["Product"] for name in (A, B))
    assert (sorted(a.fields), sorted(b.fields), [k.text for k in b.keys]) == (
        ["name", "upc"],
        ["stock", "upc"],
        ["upc"],
    )
    assert not b.fields["upc"].external
    assert "Stock" in graph.subgraph_schemas[B].types


def test_partitions_routes_keys_and_merge_rules_are_read() -> None:
    (partitioned,) = load_supergraph(PARTITIONED).partitions.values()
    assert partitioned.subgraph == A
    assert partitioned.partitions == (
        Partition("330100", "hangzhou", "http://h"),
        Partition("341000", "huangshan", "http://s"),
    )
    assert partitioned.merges == {("Query", "cards"): Merge(MergeRule.UNION, "number", MergeOrder.DESC)}
    assert partitioned.routes == {("Query", "cards"): "city"}
    assert partitioned.partition_keys == {"Card": "city.code"}


@pytest.mark.parametrize(
    ("sdl", "message"),
    [
        ("type Query {", "schema: it is not GraphQL: Syntax Error: Expected Name, found <EOF>. Give a supergraph SDL."),
        (
            "type Query { a: Int }",
            "schema: it does not link the join specification. Give a composed supergraph, not a subgraph's schema.",
        ),
        (
            PARTITIONED.replace("join/v0.5", "join/v0.9"),
            "schema: join v0.9 is unknown. Compose with one of v0.1, v0.2, v0.3, v0.4, v0.5.",
        ),
        (
            PARTITIONED.replace("partition/v1.0", "unheard/v1.0").replace(
                'unheard/v1.0"', 'unheard/v1.0", for: SECURITY'
            ),
            (
                "schema: the feature https://bureaugraph.dev/unheard is linked for SECURITY and not supported. "
                "Compose without it; serving the graph without understanding it would be unsafe."
            ),
        ),
        (
            PARTITIONED.replace("type City @join__type(graph: A)", "type City @join__type(graph: C)"),
            "City: C is no value of join__Graph. Compose again.",
        ),
        (
            PARTITIONED.replace('field: "city.code"', "fields: 1"),
            "Card: the partition's field is missing. Compose again.",
        ),
    ],
)
def test_what_is_no_supergraph_is_refused_with_place_and_remedy(sdl: str, message: str) -> None:
    with pytest.raises(SupergraphError) as raised:
        load_supergraph(sdl)
    assert (raised.value.code, str(raised.value)) == ("INVALID_FEDERATION_SUPERGRAPH", message)


def test_an_unknown_feature_for_no_purpose_is_ignored() -> None:
    sdl = PARTITIONED.replace(
        '@link(url: "https://bureaugraph', '@link(url: "https://x.dev/other/v1.0") @link(url: "https://bureaugraph'
    )
    assert load_supergraph(sdl).partitions.keys() == {A}
