"""The law of conformance over invented splits: the federated answer is the one a single server would give."""

from __future__ import annotations

import itertools

import pytest
from graphql import parse, validate

from tests.support.harder_split import HarderSplitter
from tests.support.random_operation import OperationMaker, VariedOperationMaker
from tests.support.scenario import Scenario, ScenarioOperation, compose_scenario, run_operation

# Seeds whose split composes, here and by the reference.
SEEDS = (2, 5, 7, 12, 14, 15, 19, 22, 28, 29)
OPERATIONS_PER_SPLIT = 12


@pytest.mark.parametrize("seed", SEEDS)
async def test_interfaces_known_in_part_are_answered_as_by_one_server(seed: int) -> None:
    split = HarderSplitter(seed).split()
    supergraph = compose_scenario(split.subgraphs)
    scenario = Scenario("", split.subgraphs, split.world, ())
    makers = [kind(supergraph.api_schema, seed) for kind in (OperationMaker, VariedOperationMaker)]
    queries = (maker.make() for _ in itertools.count() for maker in makers)
    valid = (query for query in queries if not validate(supergraph.api_schema, parse(query)))
    for query in itertools.islice(valid, OPERATIONS_PER_SPLIT):
        variables = {name: name == "t" for name in "tf" if f"${name}:" in query}
        outcome = await run_operation(supergraph, scenario, ScenarioOperation(query, variables=variables))
        assert outcome.answer == outcome.right_answer, query
