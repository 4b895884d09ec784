"""graphql-ws, graphql-sse and Apollo Client subscribe at the gateway, over sockets."""

from __future__ import annotations

import asyncio
import json

import pytest

from federation.executor.errors import ErrorCode, StreamFailure, subgraph_failure
from tests.federation.gateway.server_process import listening
from tests.federation.gateway.subscriptions.newsroom import SUBSCRIPTION, answer, article
from tests.federation.gateway.subscriptions.oracle.processes import node

CLIENTS = ("ws", "sse", "apollo")
FOREVER = asyncio.Event
LOST = StreamFailure(subgraph_failure("news", ErrorCode.SUBSCRIPTION_SOURCE_LOST, "Lost.", retryable=True))


def request(query=SUBSCRIPTION, **variables):
    return json.dumps({"query": query, "variables": variables})


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_gets_each_event_and_the_end(newsroom, client):
    served = newsroom([article(1), article(2)], subgraphs={"all": {"forward_headers": ["authorization"]}})
    async with listening(served.app) as origin, node("client.mjs", client, f"{origin}/graphql", request()) as process:
        told = [await process.line() for _ in range(3)]
    assert told == [{"next": answer(1)}, {"next": answer(2)}, {"complete": True}]
    assert dict(served.source.requests[0].headers)["authorization"] == "t"


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_stays_subscribed_through_quiet_times(newsroom, client):
    go = asyncio.Event()
    served = newsroom([article(1), go, article(2)], subscriptions={"heartbeat_seconds": 0.02})
    async with listening(served.app) as origin, node("client.mjs", client, f"{origin}/graphql", request()) as process:
        assert await process.line() == {"next": answer(1)}
        asyncio.get_running_loop().call_later(0.1, go.set)
        assert [await process.line() for _ in range(2)] == [{"next": answer(2)}, {"complete": True}]


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_that_unsubscribes_is_unsubscribed_at_the_subgraph(newsroom, client):
    served = newsroom([article(1), FOREVER()])
    async with listening(served.app) as origin, node("client.mjs", client, f"{origin}/graphql", request()) as process:
        assert await process.line() == {"next": answer(1)}
        await process.tell("unsubscribe")
        await served.source.is_closed.wait()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_that_dies_is_unsubscribed_at_the_subgraph(newsroom, client):
    served = newsroom([article(1), FOREVER()])
    async with listening(served.app) as origin:
        async with node("client.mjs", client, f"{origin}/graphql", request()) as process:
            assert await process.line() == {"next": answer(1)}
        await served.source.is_closed.wait()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_reads_the_error_with_which_a_subscription_ends(newsroom, client):
    served = newsroom([article(1), LOST])
    async with listening(served.app) as origin, node("client.mjs", client, f"{origin}/graphql", request()) as process:
        assert await process.line() == {"next": answer(1)}
        assert "SUBSCRIPTION_SOURCE_LOST" in json.dumps(await process.line())


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_client_reads_why_its_operation_was_refused(newsroom, client):
    refused = request("subscription { nothing }")
    async with (
        listening(newsroom().app) as origin,
        node("client.mjs", client, f"{origin}/graphql", refused) as process,
    ):
        assert "GRAPHQL_VALIDATION_FAILED" in json.dumps(await process.line())


@pytest.mark.parametrize("client", ["ws", "sse"])
async def test_a_client_gets_queries_the_same_way(newsroom, client):
    query = request("{ latest { title author } }")
    async with (
        listening(newsroom().app) as origin,
        node("client.mjs", client, f"{origin}/graphql", query) as process,
    ):
        latest = {"data": {"latest": {"title": "title 7", "author": "author 7"}}}
        assert [await process.line() for _ in range(2)] == [{"next": latest}, {"complete": True}]


async def test_a_websocket_client_reads_that_the_server_stops(newsroom):
    served = newsroom([article(1), FOREVER()])
    async with listening(served.app) as origin, node("client.mjs", "ws", f"{origin}/graphql", request()) as process:
        assert await process.line() == {"next": answer(1)}
        await served.app.stop_streams(5)
        assert await process.line() == {"closed": 1001}


@pytest.mark.parametrize("client", ["defer-20220824", "incremental-v0.2"])
async def test_apollo_client_merges_deferred_fragments(served, client):
    served.reviews.go = asyncio.Event()
    query = "{ products { id ... @defer { reviews { body } } } }"
    async with (
        listening(served.app) as origin,
        node("client.mjs", client, f"{origin}/graphql", request(query)) as process,
    ):
        assert await process.line() == {"streaming": {"products": [{"id": "1"}, {"id": "2"}]}}
        served.reviews.go.set()
        products = [{"id": n, "reviews": [{"body": f"review of {n}"}]} for n in "12"]
        told = await process.line()
    assert told["complete"] == {"products": products}
