"""Sharing identical queries in flight."""

from __future__ import annotations

import asyncio

import pytest

from federation.executor import SharingClient
from federation.executor.fetches import prepare_operation
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import OperationKind
from tests.federation.executor.support import FakeSubgraph, fetch

QUERY = prepare_operation(fetch(0, "a", "{user{id}}"))
MUTATION = prepare_operation(fetch(0, "a", "mutation{pay}", operation_kind=OperationKind.MUTATION))


def subgraph() -> FakeSubgraph:
    return FakeSubgraph(lambda request: SubgraphResponse(dict(request.variables), is_exclusive=True), delay=0.01)


async def ask(client: SharingClient, *requests: SubgraphRequest) -> list[SubgraphResponse]:
    return list(await asyncio.gather(*(client.execute(request) for request in requests)))


async def test_equal_queries_in_flight_are_one_request_whose_answer_belongs_to_nobody():
    client = SharingClient(asked := subgraph())
    first, second = await ask(client, SubgraphRequest(QUERY, {"a": 1}), SubgraphRequest(QUERY, {"a": 1}))
    assert first.data is second.data
    assert (len(asked.requests), first.is_exclusive, second.is_exclusive) == (1, False, False)


@pytest.mark.parametrize(
    "other",
    [
        SubgraphRequest(QUERY, {"a": 2}),
        SubgraphRequest(QUERY, {"a": True}),
        SubgraphRequest(QUERY, {"a": 1}, (("authorization", "somebody else"),)),
        SubgraphRequest(prepare_operation(fetch(1, "a", "{user{id}}")), {"a": 1}),
    ],
)
async def test_requests_that_differ_are_not_shared(other):
    client = SharingClient(asked := subgraph())
    await ask(client, SubgraphRequest(QUERY, {"a": 1}), other)
    assert len(asked.requests) == 2


async def test_mutations_are_never_shared():
    client = SharingClient(asked := subgraph())
    await ask(client, SubgraphRequest(MUTATION, {}), SubgraphRequest(MUTATION, {}))
    assert len(asked.requests) == 2


async def test_an_answer_is_not_kept_after_it_came():
    client = SharingClient(asked := subgraph())
    await ask(client, SubgraphRequest(QUERY, {}))
    await ask(client, SubgraphRequest(QUERY, {}))
    assert len(asked.requests) == 2


async def test_one_who_gives_up_leaves_the_request_to_the_others_and_the_last_cancels_it():
    client = SharingClient(asked := subgraph())
    one, other = (asyncio.ensure_future(client.execute(SubgraphRequest(QUERY, {}))) for _ in range(2))
    await asyncio.sleep(0.001)
    one.cancel()
    assert (await other).data == {}
    last = asyncio.ensure_future(client.execute(SubgraphRequest(QUERY, {})))
    await asyncio.sleep(0.001)
    last.cancel()
    await asyncio.wait([last])
    await asyncio.sleep(0)
    assert asked.cancelled == 1


async def test_one_who_asks_after_the_last_gave_up_gets_a_request_of_its_own():
    client = SharingClient(asked := subgraph())
    last = asyncio.ensure_future(client.execute(SubgraphRequest(QUERY, {})))
    await asyncio.sleep(0.001)
    last.cancel()
    next_one = asyncio.ensure_future(client.execute(SubgraphRequest(QUERY, {})))
    assert (await next_one).data == {}
    assert len(asked.requests) == 2
