"""Laws over keys that are nested objects and lead through one another: every query is planned, soundly and rightly."""

from __future__ import annotations

import itertools

import pytest
from graphql import OperationDefinitionNode, parse, validate

from federation.planner import QueryPlanningError, plan_operation
from federation.supergraph import load_supergraph
from tests.support.nested_split import NestedKeySplitter
from tests.support.plan_checker import check_plan
from tests.support.random_operation import OperationMaker
from tests.support.scenario import Scenario, ScenarioOperation, compose_scenario, run_operation

# Seeds whose split composes; most have queries that need keys to be worked out in circles.
SEEDS = (1, 2, 9, 16, 40, 69, 146, 206, 214, 285, 312, 510)
OPERATIONS_PER_SPLIT = 5


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


@pytest.mark.parametrize("seed", SEEDS)
async def test_every_query_over_nested_keys_is_planned_and_answered_as_by_one_server(seed: int) -> None:
    split = NestedKeySplitter(seed).split()
    supergraph = compose_scenario(split.subgraphs)
    scenario = Scenario("", split.subgraphs, split.world, ())
    maker = OperationMaker(supergraph.api_schema, seed)
    queries = (maker.make(5) for _ in itertools.count())
    valid = (q for q in queries if not validate(supergraph.api_schema, parse(q)))
    for query in itertools.islice(valid, OPERATIONS_PER_SPLIT):
        document = parse(query)
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        assert check_plan(supergraph, plan_operation(supergraph, document), operation.selection_set) == [], query
        variables = {name: name == "t" for name in "tf" if f"${name}:" in query}
        outcome = await run_operation(supergraph, scenario, ScenarioOperation(query, variables=variables))
        assert outcome.answer == outcome.right_answer, query


def test_a_circle_of_keys_that_nothing_opens_is_refused_with_the_field_and_the_reason() -> None:
    supergraph = load_supergraph(CLOSED_CIRCLE)
    with pytest.raises(QueryPlanningError) as refused:
        plan_operation(supergraph, parse("{ t { name } }"))
    assert refused.value.code == "QUERY_PLANNING_FAILED"
    assert refused.value.field == "T.name"
    assert refused.value.reason == "the field is only known in c, which no key reaches from here"
