"""Deferred fragments in plans: what the initial result waits for, and what comes along."""

from __future__ import annotations

from inline_snapshot import snapshot

from federation.query_plan import to_json
from federation.query_plan.nodes import Deferral, FieldSegment, ListSegment
from tests.federation.planner.graphs import composed, plan_text, planned

GRAPH = composed(
    {
        "a": """
            type Query { me: User all: [User] place: Place }
            type Mutation { add: User remove: User }
            type User @key(fields: "id") { id: ID! name: String email: String address: Address }
            type Address { city: String zip: String }
            type Place @key(fields: "code") { code: ID name: String note: String }
        """,
        "b": """
            type Query { top: [Review] }
            type User @key(fields: "id") { id: ID! age: Int reviews: [Review] }
            type Review @key(fields: "id") { id: ID! body: String stars: Int }
            type Place @key(fields: "code") { code: ID rating: Int }
        """,
    }
)


def fetched(query: str) -> list[tuple[str, tuple[Deferral, ...]]]:
    """The subgraphs of a plan's fetches, with what defers them."""
    return [(str(fetch.subgraph), fetch.deferrals) for fetch in planned(GRAPH, query).fetches]


def test_what_only_a_deferred_fragment_needs_is_a_fetch_after_the_primary_one() -> None:
    assert plan_text(GRAPH, '{ me { name ... @defer(label: "later") { age } } }') == snapshot("""\
QueryPlan {
  Defer {
    Primary: {
      Fetch(service: "a") {
        {
          me {
            __typename
            name
            id
          }
        }
      }
    }
    Deferred(depends: [0], path: "me", label: "later") {
      Flatten(path: "me") {
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


def test_a_deferred_field_of_the_same_subgraph_is_fetched_by_the_key() -> None:
    assert fetched("{ me { name ... @defer { email } } }") == [("a", ()), ("a", ((0,),))]


def test_a_deferred_field_of_an_object_without_a_key_comes_along() -> None:
    assert fetched("{ me { address { city ... @defer { zip } } } }") == [("a", ())]


def test_a_deferred_field_comes_along_where_the_key_may_be_null() -> None:
    assert fetched("{ place { name ... @defer { note } } }") == [("a", ())]
    assert fetched("{ place { name ... @defer { rating } } }") == [("a", ()), ("b", ((0,),))]


def test_a_field_that_is_selected_outside_too_is_not_deferred() -> None:
    assert fetched("{ me { age ... @defer { age } } }") == [("a", ()), ("b", ())]


def test_a_field_of_two_fragments_is_fetched_once_for_both() -> None:
    query = "{ me { name ... @defer { age } ... @defer { age reviews { body } } } }"
    assert fetched(query) == [("a", ()), ("b", ((0,), (1,))), ("b", ((1,),))]


def test_a_fragment_in_a_deferred_one_waits_for_that_one() -> None:
    query = "{ me { name ... @defer { reviews { body ... @defer { stars } } } } }"
    assert fetched(query) == [("a", ()), ("b", ((0,),)), ("b", ((0, 1),))]
    assert [part.path for part in planned(GRAPH, query).deferred] == [
        (FieldSegment("me"),),
        (FieldSegment("me"), FieldSegment("reviews"), ListSegment()),
    ]


def test_deferred_root_fields_wait_for_nothing() -> None:
    first, second = planned(GRAPH, "{ me { name } ... @defer { all { name } } }").fetches
    assert (first.deferrals, second.deferrals, second.depends_on) == ((), ((0,),), ())


def test_the_next_field_of_a_mutation_does_not_wait_for_what_is_deferred_of_the_one_before() -> None:
    plan = planned(GRAPH, "mutation { add { name ... @defer { age } } remove { name } }")
    assert [(fetch.deferrals, fetch.depends_on) for fetch in plan.fetches] == [((), ()), (((0,),), (0,))]


def test_a_deferred_type_name_comes_along() -> None:
    assert fetched("{ me { name ... @defer { __typename } } }") == [("a", ())]


def test_a_fragment_that_is_never_deferred_leaves_the_plan_as_it_is() -> None:
    assert plan_text(GRAPH, "{ me { name ... @defer(if: false) { age } } }") == plan_text(GRAPH, "{ me { name age } }")


def test_the_json_has_the_form_that_other_tools_read() -> None:
    node = to_json(planned(GRAPH, '{ me { name ... @defer(label: "later") { age } } }'))["node"]
    assert isinstance(node, dict)
    assert (node["kind"], node["primary"]["node"]["id"]) == ("Defer", "0")
    (deferred,) = node["deferred"]
    assert deferred["node"]["node"].pop("operation")
    assert {name: value for name, value in deferred.items() if name != "node"} == {
        "depends": [{"id": "0"}],
        "label": "later",
        "queryPath": ["me"],
    }
