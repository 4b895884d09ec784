"""The law of incremental delivery over invented splits: all parts together are the answer that comes at once."""

from __future__ import annotations

import asyncio
import itertools
import json
from random import Random

import pytest
from graphql import DocumentNode, ValueNode, VariableNode, parse, validate

from federation.executor import ExecutionRequest, compile_plan
from federation.executor.incremental import IncrementalResult, execute_incrementally
from federation.executor.subgraph_client import SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.planner import plan_operation
from federation.query_plan.incremental import keep_active, without_parts
from federation.supergraph import Supergraph
from tests.support.harder_split import HarderSplitter
from tests.support.incremental import assign_results, merge_results
from tests.support.random_operation import DeferringOperationMaker, StreamingOperationMaker
from tests.support.scenario import (
    Scenario,
    ScenarioOperation,
    as_text,
    compose_scenario,
    memory_subgraphs,
    right_answer,
)
from tests.support.split_schema import SchemaSplitter

SPLITS = [(SchemaSplitter, seed) for seed in (1, 16, 52, 121, 2407)] + [(HarderSplitter, seed) for seed in (2, 14, 29)]
OPERATIONS_PER_SPLIT = 8
VARIABLES = {"t": True, "f": False}


class Delayed:
    """Answers in its own time, so that fetches end in any order."""

    def __init__(self, client: SubgraphClient, random: Random) -> None:
        self._client = client
        self._random = random

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        for _ in range(self._random.randrange(6)):
            await asyncio.sleep(0)
        return await self._client.execute(request)


@pytest.mark.parametrize("maker", [DeferringOperationMaker, StreamingOperationMaker])
@pytest.mark.parametrize(("splitter", "seed"), SPLITS, ids=[f"{kind.__name__}-{seed}" for kind, seed in SPLITS])
async def test_parts_put_together_are_the_answer_without_parts(
    splitter: type[SchemaSplitter], seed: int, maker: type[DeferringOperationMaker]
) -> None:
    split = splitter(seed).split()
    supergraph = compose_scenario(split.subgraphs)
    scenario = Scenario("", split.subgraphs, split.world, ())
    documents = documents_with_parts(supergraph, maker(supergraph.client_schema, seed))
    for document in itertools.islice(documents, OPERATIONS_PER_SPLIT):
        operation = ScenarioOperation("", variables=VARIABLES)
        results = await parts_of(supergraph, document, memory_subgraphs(scenario, operation, []), Random(seed))
        data, errors = merge_results(results)
        right = right_answer(supergraph, scenario, document, operation).split("\n")
        assert unordered(as_text(data, errors)) == unordered("\n".join(right))
        assert assign_results(results) == data
        assert [result.has_next for result in results] == [True] * (len(results) - 1) + [False]


@pytest.mark.parametrize("seed", [16, 52, 2407])
def test_a_fetch_is_added_only_for_what_is_deferred(seed: int) -> None:
    supergraph = compose_scenario(SchemaSplitter(seed).split().subgraphs)
    documents = documents_with_parts(supergraph, DeferringOperationMaker(supergraph.client_schema, seed))
    for document in itertools.islice(documents, OPERATIONS_PER_SPLIT):
        plan = plan_operation(supergraph, document)
        whole = plan_operation(supergraph, without_parts(document))
        initial = [fetch for fetch in plan.fetches if not fetch.deferrals]
        assert len(initial) <= len(whole.fetches)
        for fetch in plan.fetches:
            needing = fetch.deferrals or ((),)
            assert all(plan.fetches[d].is_needed_by(each) for d in fetch.depends_on for each in needing)


def documents_with_parts(supergraph: Supergraph, maker: DeferringOperationMaker):
    """Valid operations that defer or stream something, as the gateway plans them for the variables."""
    documents = (parse(maker.make()) for _ in itertools.count())
    settled = (keep_active(d, is_active) for d in documents if not validate(supergraph.client_schema, d))
    return (document for document in settled if plan_operation(supergraph, document).has_parts)


def is_active(condition: ValueNode | None) -> bool:
    return VARIABLES[condition.name.value] if isinstance(condition, VariableNode) else True


async def parts_of(supergraph: Supergraph, document: DocumentNode, clients, random: Random) -> list[IncrementalResult]:
    plan = plan_operation(supergraph, document)
    compiled = compile_plan(plan, supergraph.client_schema, supergraph.schema, document)
    delayed = {name: Delayed(client, random) for name, client in clients.items()}
    return [result async for result in execute_incrementally(compiled, ExecutionRequest(VARIABLES), delayed)]


def unordered(answer: str) -> list[str]:
    data, *errors = answer.split("\n")
    return [json.dumps(json.loads(data), sort_keys=True), *errors]
