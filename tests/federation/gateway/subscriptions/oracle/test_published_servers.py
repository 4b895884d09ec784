"""The published servers graphql-ws and graphql-sse as a subgraph of the gateway, over sockets."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from federation.gateway.config import read_config
from federation.gateway.graph import build_graph
from federation.gateway.server import Gateway
from tests.federation.gateway.subscriptions.channels import websocket
from tests.federation.gateway.subscriptions.newsroom import SUBSCRIPTION, answer, newsroom_apps, newsroom_supergraph
from tests.federation.gateway.subscriptions.oracle.processes import node

PROTOCOLS = ("websocket", "sse")


@asynccontextmanager
async def gateway_over(protocol):
    """A gateway whose `news` is a process; gives both."""
    async with node("subgraph.mjs") as news:
        url = f"http://127.0.0.1:{(await news.line())['port']}/graphql"
        subscriptions = {"protocol": protocol, "url": url}
        config = read_config({"subgraphs": {"news": {"subscriptions": subscriptions}}})
        graph = build_graph(newsroom_supergraph(), config, newsroom_apps())
        yield Gateway(graph, config), news
        await graph.close()


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_events_come_through_until_the_server_is_done(protocol):
    async with gateway_over(protocol) as (app, news), websocket(app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION, topic="t")
        assert await news.line() == {"subscribed": "t"}
        for number in (1, 2):
            await news.tell(str(number))
            assert (await client.receive())["payload"] == answer(number)
        await news.tell("end")
        assert await client.receive() == {"id": "1", "type": "complete"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_the_server_is_told_when_a_client_unsubscribes(protocol):
    async with gateway_over(protocol) as (app, news), websocket(app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION, topic="t")
        assert await news.line() == {"subscribed": "t"}
        await news.tell("1")
        await client.receive()
        await client.send({"id": "1", "type": "complete"})
        assert await news.line() == {"unsubscribed": "t"}


@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_a_server_that_dies_ends_the_subscription_with_an_error(protocol):
    async with websocket_over_dying(protocol) as client:
        message = await client.receive()
    assert message["type"] == "error"
    assert message["payload"][0]["extensions"]["code"] == "SUBSCRIPTION_SOURCE_LOST"


@asynccontextmanager
async def websocket_over_dying(protocol):
    """A client whose subscription is running while the server dies."""
    dying = gateway_over(protocol)
    app, news = await dying.__aenter__()
    async with websocket(app) as client:
        await client.initialise()
        await client.subscribe("1", SUBSCRIPTION, topic="t")
        await news.line()
        await news.tell("1")
        await client.receive()
        await news.kill()
        yield client
    await dying.__aexit__(None, None, None)
