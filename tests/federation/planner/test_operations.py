"""Conditions, mutations, names and payloads."""

from __future__ import annotations

from graphql import parse
from inline_snapshot import snapshot

from federation.planner import PlanOptions, plan_operation
from federation.query_plan import pretty
from tests.federation.planner.graphs import composed, fetched_from, plan_text

ACCOUNTS = {
    "a": """type Query { me: User } type Mutation { addA(n: Int): User } type Subscription { changed: User }
        type User @key(fields: "id") { id: ID! name: String }""",
    "b": """type Query { version: String } type Mutation { addB(n: Int): Payload }
        type Payload { user: User query: Query }
        type User @key(fields: "id") { id: ID! age: Int }""",
}
LABELS = {
    "a": 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
    "b": 'type User @key(fields: "id") { id: ID! name: String @override(from: "a", label: "moved") }',
}


def test_root_fields_of_a_mutation_wait_for_all_that_came_before() -> None:
    query = "mutation { one: addA(n: 1) { age } two: addB(n: 2) { user { id } } three: addA(n: 3) { name } }"
    assert plan_text(composed(ACCOUNTS), query) == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        one: addA(n: 1) {
          __typename
          id
        }
      }
    },
    Flatten(path: "one") {
      Fetch(service: "b") {
        {
          ... on User {
            __typename
            id
          }
        } => {
          ... on User {
            age
          }
        }
      }
    },
    Fetch(service: "b") {
      {
        two: addB(n: 2) {
          user {
            id
          }
        }
      }
    },
    Fetch(service: "a") {
      {
        three: addA(n: 3) {
          name
        }
      }
    },
  }
}
""")


def test_a_payloads_query_field_leads_to_every_subgraph() -> None:
    assert plan_text(composed(ACCOUNTS), "mutation { addB { query { version me { name } } } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "b") {
      {
        addB {
          query {
            __typename
            version
          }
        }
      }
    },
    Flatten(path: "addB.query") {
      Fetch(service: "a") {
        {
          me {
            name
          }
        }
      }
    },
  }
}
""")


def test_the_first_fetch_of_a_subscription_is_the_subscription() -> None:
    assert plan_text(composed(ACCOUNTS), "subscription { changed { name age } }") == snapshot("""\
QueryPlan {
  Subscription {
    Primary: {
      Fetch(service: "a") {
        {
          changed {
            __typename
            name
            id
          }
        }
      }
    }
    Rest: {
      Flatten(path: "changed") {
        Fetch(service: "b") {
          {
            ... on User {
              __typename
              id
            }
          } => {
            ... on User {
              age
            }
          }
        }
      }
    }
  }
}
""")


def test_a_clients_alias_never_stands_in_for_a_key() -> None:
    assert plan_text(composed(ACCOUNTS), "{ me { id: name __typename age } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        me {
          __typename
          id: name
          _k0_id: id
        }
      }
    },
    Flatten(path: "me") {
      Fetch(service: "b") {
        {
          ... on User {
            __typename
            id: _k0_id
          }
        } => {
          ... on User {
            age
          }
        }
      }
    },
  }
}
""")


def test_a_field_wanted_in_two_cases_is_selected_for_both() -> None:
    query = "query($x: Boolean!, $y: Boolean!) { me { name @include(if: $x) ... @skip(if: $y) { name } } }"
    assert plan_text(composed(ACCOUNTS), query) == snapshot("""\
QueryPlan {
  Fetch(service: "a") {
    {
      me {
        __typename
        name @include(if: $x)
        name @skip(if: $y)
      }
    }
  }
}
""")


def test_contradictory_conditions_fetch_nothing() -> None:
    query = "query($x: Boolean!) { me @include(if: $x) { ... @skip(if: $x) { age } name } }"
    assert fetched_from(composed(ACCOUNTS), query) == ["a"]


def test_introspection_is_not_planned() -> None:
    assert fetched_from(composed(ACCOUNTS), "{ __typename __schema { queryType { name } } }") == []


def test_a_label_decides_who_resolves_an_overridden_field() -> None:
    graph = composed(LABELS)
    active = PlanOptions(active_override_labels=frozenset({"moved"}))
    assert fetched_from(graph, "{ me { name } }") == ["a"]
    assert fetched_from(graph, "{ me { name } }", active) == ["a", "b"]


def test_equal_inputs_give_the_same_plan() -> None:
    query = "{ me { id: name age ... { name } } version }"
    texts = {pretty(plan_operation(composed(ACCOUNTS), parse(query))) for _ in range(3)}
    assert len(texts) == 1
