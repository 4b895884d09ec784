"""Entities are entered by keys: the nearest, the resolvable, gathered from wherever their parts are."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

from federation.planner import PlanOptions, QueryPlanningError
from federation.supergraph import load_supergraph
from tests.federation.planner.graphs import composed, fetched_from, plan_text, planned, supergraph_sdl

PEOPLE_AND_CARDS = {
    "people": """type Query { person: Person people: [Person!]! }
        type Person @key(fields: "id") { id: ID! name: String }""",
    "cards": 'type Person @key(fields: "id") { id: ID! cards: [Card!] } type Card { number: String owner: Person }',
}
HOPS = {
    "a": 'type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! a: Int }',
    "b": 'type Thing @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! b: Int }',
    "c": 'type Thing @key(fields: "sku") { sku: String! c: Int }',
}


def test_an_entity_is_entered_by_its_key() -> None:
    assert plan_text(composed(PEOPLE_AND_CARDS), "{ people { name cards { number } } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "people") {
      {
        people {
          __typename
          name
          id
        }
      }
    },
    Flatten(path: "people.@") {
      Fetch(service: "cards") {
        {
          ... on Person {
            __typename
            id
          }
        } => {
          ... on Person {
            cards {
              number
            }
          }
        }
      }
    },
  }
}
""")


def test_nothing_is_fetched_that_the_first_subgraph_has() -> None:
    assert fetched_from(composed(PEOPLE_AND_CARDS), "{ person { id name } }") == ["people"]


def test_fields_of_one_subgraph_at_one_level_share_a_fetch_with_one_call_per_shape() -> None:
    query = "{ person { cards { number } } people { cards { number } } other: person { cards { owner { id } } } }"
    assert plan_text(composed(PEOPLE_AND_CARDS), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "people") {
      {
        person {
          __typename
          id
        }
        people {
          __typename
          id
        }
        other: person {
          __typename
          id
        }
      }
    },
    Fetch(service: "cards") {
      _e0(paths: ["person", "people.@"]) {
        ... on Person {
          __typename
          id
        }
      } => {
        ... on Person {
          cards {
            number
          }
        }
      }
      _e1(paths: ["other"]) {
        ... on Person {
          __typename
          id
        }
      } => {
        ... on Person {
          cards {
            owner {
              id
            }
          }
        }
      }
    },
  }
}
""")


def test_a_key_that_only_a_third_subgraph_has_is_fetched_on_the_way() -> None:
    assert plan_text(composed(HOPS), "{ thing { c } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        thing {
          __typename
          id
        }
      }
    },
    Flatten(path: "thing") {
      Fetch(service: "b") {
        {
          ... on Thing {
            __typename
            id
          }
        } => {
          ... on Thing {
            sku
          }
        }
      }
    },
    Flatten(path: "thing") {
      Fetch(service: "c") {
        {
          ... on Thing {
            __typename
            sku
          }
        } => {
          ... on Thing {
            c
          }
        }
      }
    },
  }
}
""")


def test_fetches_are_named_after_the_operation_and_declare_only_what_they_use() -> None:
    graph = composed(
        {
            "people": 'type Query { person(id: ID!): Person } type Person @key(fields: "id") { id: ID! name: String }',
            "city-cards": 'type Person @key(fields: "id") { id: ID! cards(first: Int = 3): [String] }',
        }
    )
    query = "query View($id: ID!, $n: Int = 5) { person(id: $id) { name cards(first: $n) } }"
    assert [(f.operation, f.operation_name, f.variables) for f in planned(graph, query).fetches] == snapshot(
        [
            ("query View__people__0($id:ID!){person(id: $id){__typename name id}}", "View__people__0", ("id",)),
            (
                (
                    "query View__city_cards__1($representations:[_Any!]!,$n:Int=5)"
                    "{_entities(representations:$representations){...on Person{cards(first: $n)}}}"
                ),
                "View__city_cards__1",
                ("n",),
            ),
        ]
    )


def test_a_field_that_no_key_leads_to_refuses_the_operation() -> None:
    graph = load_supergraph(
        supergraph_sdl(HOPS).replace('graph: C, key: "sku"', 'graph: C, key: "sku", resolvable: false')
    )
    with pytest.raises(QueryPlanningError) as raised:
        planned(graph, "{ thing { a c } }")
    assert str(raised.value) == ("Cannot plan Thing.c: the field is only known in c, which no key reaches from here.")


def test_planning_that_takes_too_many_steps_ends_with_an_error() -> None:
    with pytest.raises(QueryPlanningError) as raised:
        planned(composed(PEOPLE_AND_CARDS), "{ person { cards { number } } }", PlanOptions(max_steps=5))
    assert (raised.value.code, raised.value.reason) == ("QUERY_PLANNING_FAILED", "planning it takes too many steps")
