"""An entity that several cities know is asked of all of them wherever it is reached, not of the one that led to it."""

from __future__ import annotations

import pytest
from graphql import parse

from federation.composition import Subgraph, compose
from federation.planner import plan_operation
from federation.supergraph import Supergraph, load_supergraph
from federation.supergraph.partitions import Partition

SDL = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@shareable"])
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@partitionKey", "@route", "@merge"])
type Query {
  person(number: String!): Person
  personIn(city: String!, number: String!): Person @route(argument: "city")
  card(city: String!, number: String!): Card @route(argument: "city")
  people(first: Int, after: String): People! @merge(rule: CONNECTION, by: "name")
}
type Subscription { changed: Person cardChanged: Card }
type People { edges: [PersonEdge!]! nodes: [Person!]! pageInfo: PageInfo! }
type PersonEdge { cursor: String! node: Person! }
type PageInfo { hasNextPage: Boolean! endCursor: String }
type Person @key(fields: "id") {
  id: ID!
  name: String
  updatedAt: DateTime
  home: Home @merge(rule: LATEST, by: "updatedAt")
  spouse: Person
  cards: [Card!]
  mainCard: Card
}
scalar DateTime
type Home { street: String owner: Person }
type Card @key(fields: "city number") @partitionKey(field: "city") {
  city: String!
  number: String!
  holder: Person
}
"""


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    partitions = (Partition("330100", "hangzhou", "http://h"), Partition("341000", "huangshan", "http://s"))
    result = compose([Subgraph("people", "http://people", SDL, partitions)])
    assert result.errors == ()
    assert result.supergraph_sdl is not None
    return load_supergraph(result.supergraph_sdl)


def fetches(supergraph: Supergraph, query: str) -> list[str]:
    return [fetch.operation for fetch in plan_operation(supergraph, parse(query)).fetches]


ENTITIES = "query($representations:[_Any!]!){_entities(representations:$representations)"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{person(number:1){name cards{number}}}", ["{person(number: 1){name cards{number}}}"]),
        ("{person(number:1){spouse{name}}}", ["{person(number: 1){spouse{name}}}"]),
        ("{personIn(city:1,number:1){id}}", ["{personIn(city: 1, number: 1){id}}"]),
        (
            "{personIn(city:1,number:1){name}}",
            ["{personIn(city: 1, number: 1){__typename id}}", ENTITIES + "{...on Person{name}}}"],
        ),
        ("{card(city:1,number:1){number holder{id}}}", ["{card(city: 1, number: 1){number holder{id}}}"]),
        (
            "{card(city:1,number:1){holder{cards{number}}}}",
            ["{card(city: 1, number: 1){holder{__typename id}}}", ENTITIES + "{...on Person{cards{number}}}}"],
        ),
        (
            "{people{nodes{name}}}",
            ["{people{nodes{__typename id}}}", ENTITIES + "{...on Person{name}}}"],
        ),
        (
            "{person(number:1){cards{holder{name}}}}",
            ["{person(number: 1){cards{holder{__typename id}}}}", ENTITIES + "{...on Person{name}}}"],
        ),
        (
            "{person(number:1){mainCard{number holder{name}}}}",
            ["{person(number: 1){mainCard{number holder{__typename id}}}}", ENTITIES + "{...on Person{name}}}"],
        ),
        (
            "{person(number:1){home{street owner{name}}}}",
            ["{person(number: 1){home{street owner{__typename id}}}}", ENTITIES + "{...on Person{name}}}"],
        ),
        (
            "subscription{changed{name}}",
            ["subscription{changed{__typename id}}", ENTITIES + "{...on Person{name}}}"],
        ),
        ("subscription{cardChanged{number}}", ["subscription{cardChanged{number}}"]),
    ],
)
def test_one_citys_share_gives_the_key_only(supergraph: Supergraph, query: str, expected: list[str]) -> None:
    assert fetches(supergraph, query) == expected


def test_without_partitions_nothing_is_asked_twice() -> None:
    result = compose([Subgraph("people", "http://people", SDL)])
    assert result.supergraph_sdl is not None
    supergraph = load_supergraph(result.supergraph_sdl)
    query = "{card(city:1,number:1){holder{cards{number}}}}"
    assert fetches(supergraph, query) == ["{card(city: 1, number: 1){holder{cards{number}}}}"]
