"""Requirements are fetched before the fields that have them, and chains are never mixed."""

from __future__ import annotations

from inline_snapshot import snapshot

from tests.federation.planner.graphs import composed, fetched_from, plan_text

BACK_AND_FORTH = {
    "a": """type Query { p: P } type P @key(fields: "id") { id: ID! f1: Int f2: Int @external
        f3: Int @requires(fields: "f2") f4: Int @external f5: Int @requires(fields: "f4") }""",
    "b": """type P @key(fields: "id") { id: ID! f1: Int @external f2: Int @requires(fields: "f1")
        f3: Int @external f4: Int @requires(fields: "f3") free: Int }""",
}
PRICES = {
    "a": 'type Query { p: P } type P @key(fields: "id") { id: ID! price(currency: String!): Int }',
    "b": """type P @key(fields: "id") { id: ID! price(currency: String!): Int @external
        yuan: Int @requires(fields: "price(currency: \\"CNY\\")")
        euro: Int @requires(fields: "price(currency: \\"EUR\\")") }""",
}


def test_a_chain_goes_back_and_forth_between_two_subgraphs() -> None:
    assert fetched_from(composed(BACK_AND_FORTH), "{ p { f5 } }") == ["a", "b", "a", "b", "a"]


def test_a_field_without_requirements_joins_a_fetch_that_must_be_made_anyway() -> None:
    assert fetched_from(composed(BACK_AND_FORTH), "{ p { free f2 f1 } }") == ["a", "b"]


def test_one_field_required_with_two_arguments_takes_two_calls_in_one_fetch() -> None:
    assert plan_text(composed(PRICES), '{ p { price(currency: "USD") yuan euro } }') == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        p {
          __typename
          price(currency: "USD")
          id
          _k0_price: price(currency: "CNY")
          _k1_price: price(currency: "EUR")
        }
      }
    },
    Fetch(service: "b") {
      _e0(paths: ["p"]) {
        ... on P {
          __typename
          id
          price: _k0_price
        }
      } => {
        ... on P {
          yuan
        }
      }
      _e1(paths: ["p"]) {
        ... on P {
          __typename
          id
          price: _k1_price
        }
      } => {
        ... on P {
          euro
        }
      }
    },
  }
}
""")


def test_a_conditional_chain_is_conditional_from_its_first_input() -> None:
    assert plan_text(composed(BACK_AND_FORTH), "query($y: Boolean!) { p { id f3 @include(if: $y) } }") == snapshot("""\
QueryPlan {
  Sequence {
    Fetch(service: "a") {
      {
        p {
          __typename @include(if: $y)
          id
          f1 @include(if: $y)
        }
      }
    },
    Include(if: $y) {
      Flatten(path: "p") {
        Fetch(service: "b") {
          {
            ... on P {
              __typename
              id
              f1
            }
          } => {
            ... on P {
              f2
            }
          }
        }
      }
    },
    Include(if: $y) {
      Flatten(path: "p") {
        Fetch(service: "a") {
          {
            ... on P {
              __typename
              id
              f2
            }
          } => {
            ... on P {
              f3
            }
          }
        }
      }
    },
  }
}
""")
