"""Laws over invented splits: the federated answer is the unsplit one, and every plan is sound without being run."""

from __future__ import annotations

import itertools

import pytest
from graphql import OperationDefinitionNode, parse, validate

from federation.planner import plan_operation
from tests.support.plan_checker import check_plan
from tests.support.random_operation import OperationMaker
from tests.support.scenario import Scenario, ScenarioOperation, compose_scenario, run_operation
from tests.support.split_schema import SchemaSplitter

# Seeds whose split composes; the reference composition agrees on each of them.
SEEDS = (1, 16, 23, 29, 43, 52, 58, 72, 88, 100, 121, 138, 149, 2329, 2407)
OPERATIONS_PER_SPLIT = 8


@pytest.mark.parametrize("seed", SEEDS)
async def test_the_answer_over_a_split_schema_is_that_of_the_unsplit_one(seed: int) -> None:
    split = SchemaSplitter(seed).split()
    supergraph = compose_scenario(split.subgraphs)
    scenario = Scenario("", split.subgraphs, split.world, ())
    maker = OperationMaker(supergraph.api_schema, seed)
    queries = (maker.make() for _ in itertools.count())
    valid = (q for q in queries if not validate(supergraph.api_schema, parse(q)))
    for query in itertools.islice(valid, OPERATIONS_PER_SPLIT):
        document = parse(query)
        operation = document.definitions[0]
        assert isinstance(operation, OperationDefinitionNode)
        assert check_plan(supergraph, plan_operation(supergraph, document), operation.selection_set) == [], query
        variables = {name: name == "t" for name in "tf" if f"${name}:" in query}
        outcome = await run_operation(supergraph, scenario, ScenarioOperation(query, variables=variables))
        assert outcome.answer == outcome.right_answer, query
