"""Identical queries under way are asked once."""

from __future__ import annotations

import asyncio

import pytest

from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.gateway.in_flight import InFlight, SharingSubgraphClient
from federation.query_plan.nodes import OperationKind


class Slow:
    """Answers when told, counts calls and cancellations."""

    def __init__(self):
        self.requests = []
        self.cancelled = 0
        self.go = asyncio.Event()

    async def execute(self, request):
        self.requests.append(request)
        try:
            await self.go.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return SubgraphResponse({"n": len(self.requests)}, is_exclusive=True)


def request(variables=None, *, kind=OperationKind.QUERY, headers=(), deadline=None):
    text = "{a}" if kind is OperationKind.QUERY else "mutation{a}"
    operation = FetchOperation("cards", text, kind, None, f'{{"query":"{text}","variables":'.encode())
    return SubgraphRequest(operation, variables or {}, headers, deadline)


@pytest.fixture
def slow():
    return Slow()


@pytest.fixture
def client(slow):
    return SharingSubgraphClient(slow, InFlight())


async def start(client, *requests):
    tasks = [asyncio.ensure_future(client.execute(item)) for item in requests]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


async def test_identical_queries_share_one_call_and_its_read_only_answer(slow, client):
    tasks = await start(client, *(request({"id": 1}) for _ in range(3)))
    slow.go.set()
    assert await asyncio.gather(*tasks) == [SubgraphResponse({"n": 1}, is_exclusive=False)] * 3
    assert len(slow.requests) == 1


async def test_an_answer_nobody_shares_belongs_to_the_one_who_asked(slow, client):
    slow.go.set()
    assert await client.execute(request()) == SubgraphResponse({"n": 1}, is_exclusive=True)


@pytest.mark.parametrize(
    "other", [request({"id": 2}), request({"id": 1}, headers=(("authorization", "b"),))], ids=["variables", "headers"]
)
async def test_queries_that_differ_are_asked_apart(slow, client, other):
    tasks = await start(client, request({"id": 1}), other)
    slow.go.set()
    await asyncio.gather(*tasks)
    assert len(slow.requests) == 2


async def test_the_ids_of_traces_keep_no_queries_apart(slow, client):
    own = [(("authorization", "a"), ("traceparent", f"00-{n}"), ("x-request-id", n)) for n in ("1", "2")]
    tasks = await start(client, *(request({"id": 1}, headers=headers) for headers in own))
    slow.go.set()
    await asyncio.gather(*tasks)
    assert len(slow.requests) == 1


async def test_the_same_query_to_two_addresses_is_asked_at_both(slow):
    in_flight, other = InFlight(), Slow()
    other.go.set()
    tasks = [
        *await start(SharingSubgraphClient(slow, in_flight), request()),
        *await start(SharingSubgraphClient(other, in_flight), request()),
    ]
    slow.go.set()
    await asyncio.gather(*tasks)
    assert (len(slow.requests), len(other.requests)) == (1, 1)


async def test_nobody_asks_after_the_end_of_a_request(slow, client):
    over = asyncio.get_running_loop().time() - 0.001
    assert (await client.execute(request(deadline=over))).errors[0]["extensions"]["code"] == "GATEWAY_TIMEOUT"
    assert slow.requests == []


async def test_an_answer_is_not_kept(slow, client):
    slow.go.set()
    assert [(await client.execute(request())).data for _ in range(2)] == [{"n": 1}, {"n": 2}]


async def test_mutations_are_never_shared(slow, client):
    tasks = await start(client, *(request(kind=OperationKind.MUTATION) for _ in range(2)))
    slow.go.set()
    await asyncio.gather(*tasks)
    assert len(slow.requests) == 2


async def test_a_query_after_a_mutation_does_not_join_one_begun_before_it(slow):
    in_flight = InFlight()
    queries, mutations = SharingSubgraphClient(slow, in_flight), SharingSubgraphClient(Quick(), in_flight)
    before = await start(queries, request())
    await mutations.execute(request(kind=OperationKind.MUTATION))
    after = await start(queries, request())
    slow.go.set()
    await asyncio.gather(*before, *after)
    assert len(slow.requests) == 2


class Quick:
    async def execute(self, request):
        return SubgraphResponse({})


async def test_who_gives_up_does_not_take_the_answer_from_the_others(slow, client):
    first, second = await start(client, request(), request())
    first.cancel()
    await asyncio.sleep(0)
    slow.go.set()
    assert (await second).data == {"n": 1}
    assert slow.cancelled == 0


async def test_the_call_ends_when_the_last_who_waits_gives_up(slow, client):
    tasks = await start(client, request(), request())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await asyncio.sleep(0)
    assert slow.cancelled == 1
    slow.go.set()
    assert (await client.execute(request())).data == {"n": 2}


async def test_each_waits_until_the_end_of_its_own_request(slow, client):
    now = asyncio.get_running_loop().time()
    short, long = await start(client, request(deadline=now + 0.02), request(deadline=now + 10))
    assert (await short).errors[0]["extensions"]["code"] == "GATEWAY_TIMEOUT"
    slow.go.set()
    assert (await long).data == {"n": 1}
