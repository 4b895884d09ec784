"""Keys that lead through one another; `tests/federation/conformance/test_generated_cases.py` has the law over them."""

from __future__ import annotations

import pytest
from graphql import parse

from federation.planner import QueryPlanningError, plan_operation
from federation.supergraph import load_supergraph

# No composition gives this: the code of a child is had by its parent, and the parent by the code of its child.
CLOSED_CIRCLE = """
schema @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION) { query: Query }
enum join__Graph {
  A @join__graph(name: "a", url: "http://a")
  C @join__graph(name: "c", url: "http://c")
  D @join__graph(name: "d", url: "http://d")
}
type Query @join__type(graph: A) @join__type(graph: C) @join__type(graph: D) {
  t: T @join__field(graph: A)
}
type T @join__type(graph: A) @join__type(graph: C, key: "child { code }") @join__type(graph: D, key: "child { code }") {
  child: Child
  name: String @join__field(graph: C)
}
type Child @join__type(graph: A) @join__type(graph: C) @join__type(graph: D, key: "parent { child { code } }") {
  parent: T @join__field(graph: A) @join__field(graph: D)
  code: ID! @join__field(graph: C) @join__field(graph: D)
}
"""


def test_a_circle_of_keys_that_nothing_opens_is_refused_with_the_field_and_the_reason() -> None:
    supergraph = load_supergraph(CLOSED_CIRCLE)
    with pytest.raises(QueryPlanningError) as refused:
        plan_operation(supergraph, parse("{ t { name } }"))
    assert refused.value.code == "QUERY_PLANNING_FAILED"
    assert refused.value.field == "T.name"
    assert refused.value.reason == "the field is only known in c, which no key reaches from here"
