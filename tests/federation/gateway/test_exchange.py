"""One graph is exchanged for another while it is used: requests end where they began, streams go on or are told."""

from __future__ import annotations

import asyncio

import pytest

from federation.composition import Subgraph, compose
from federation.executor.errors import SubscriptionFailure
from federation.gateway import service as graph_service
from federation.gateway.config import read_config
from federation.gateway.context import Subscribed
from federation.gateway.graph import build_graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.supergraph import load_supergraph
from federation.supergraph.partitions import Partition
from tests.federation.gateway.asgi_call import post
from tests.federation.gateway.subscriptions.channels import until, websocket
from tests.federation.gateway.subscriptions.test_cities import CARDS, CITIES, PEOPLE, QUERY, Cities, city_app

PRODUCTS = {"query": "{ products { name } }"}
QUZHOU = Partition("330800", "quzhou", "http://quzhou/cards")


@pytest.fixture(autouse=True)
def without_pause(monkeypatch):
    """Graphs are closed as soon as nobody uses them."""
    monkeypatch.setattr(graph_service, "CLOSING_SECONDS", 0.0)


@pytest.fixture
async def cities():
    cities = Cities()
    yield cities
    await cities.app.service.close()


def other_graph(cities, *, partitions=CITIES, people=PEOPLE, **settings):
    """A graph over the same running subgraphs."""
    subgraphs = [
        Subgraph("cards", "http://cards", CARDS, partitions),
        Subgraph("people", "http://people/graphql", people),
    ]
    result = compose(subgraphs)
    assert result.supergraph_sdl is not None, result.errors
    return build_graph(load_supergraph(result.supergraph_sdl), read_config(settings), cities.apps)


async def test_a_request_under_way_keeps_its_graph_which_is_closed_after_it(serve):
    served, other = serve(), serve()
    service = served.app.service
    closed = asyncio.Event()
    service.closed = closed.set
    served.products.go = asyncio.Event()
    begun = asyncio.ensure_future(post(served.app, PRODUCTS))
    await until(lambda: served.products.requests)
    await service.exchange(other.graph)
    later = await post(served.app, PRODUCTS)
    assert (len(other.products.requests), service.older, closed.is_set()) == (1, 1, False)
    served.products.go.set()
    assert (await begun).json == later.json
    await closed.wait()
    assert service.older == 0


async def test_a_graph_that_nobody_uses_is_closed_at_once(serve):
    served, other = serve(), serve()
    closed = asyncio.Event()
    served.app.service.closed = closed.set
    await served.app.service.exchange(other.graph)
    await closed.wait()
    assert served.app.service.older == 0


async def test_a_subscription_whose_cities_change_is_ended_so_that_its_client_subscribes_again(cities):
    cities.apps["http://quzhou"] = city_app(asyncio.Queue(), asyncio.Event())
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY)
        await cities.changes["hangzhou"].put("A1")
        await client.receive()
        await cities.app.service.exchange(other_graph(cities, partitions=(*CITIES, QUZHOU)))
        message = await client.receive()
        assert (message["type"], [error["extensions"] for error in message["payload"]]) == (
            "error",
            [{"code": "SUBSCRIPTION_SCHEMA_RELOAD", "retryable": True}],
        )
        await until(lambda: not cities.app.service.older)


async def test_a_subscription_that_the_new_graph_answers_the_same_way_goes_on(cities):
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY)
        await cities.changes["hangzhou"].put("A1")
        await client.receive()
        await cities.app.service.exchange(other_graph(cities, people=PEOPLE + "type Query2 { unused: Int }"))
        await cities.changes["huangshan"].put("H1")
        message = await client.receive()
        assert message["payload"]["data"]["cardChanged"]["number"] == "H1"
        assert cities.app.service.older == 1
        for changes in cities.changes.values():
            await changes.put("stop")
        assert (await client.receive())["type"] == "complete"
        await until(lambda: not cities.app.service.older)


async def test_a_subscription_that_begins_while_its_graph_is_exchanged_is_ended_too(cities):
    service = cities.app.service
    begun = service.current.hold(Subscribed(nothing()), GraphQLParameters(QUERY, None, {}, is_get=False))
    await service.exchange(other_graph(cities))
    with pytest.raises(SubscriptionFailure) as caught:
        await anext(begun.results)
    assert [error["extensions"]["code"] for error in caught.value.errors] == ["SUBSCRIPTION_SCHEMA_RELOAD"]


async def nothing():
    """A subscription without events."""
    await asyncio.Event().wait()
    yield


async def test_other_settings_of_subgraphs_end_subscriptions(cities):
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY)
        await cities.changes["hangzhou"].put("A1")
        await client.receive()
        await cities.app.service.exchange(other_graph(cities, subgraphs={"all": {"timeout_seconds": 3}}))
        assert (await client.receive())["type"] == "error"


async def test_no_more_older_graphs_are_kept_for_subscriptions_than_may_be(cities, monkeypatch):
    monkeypatch.setattr(graph_service, "MAX_OLDER_GRAPHS", 1)
    service = cities.app.service
    async with websocket(cities.app) as client:
        await client.initialise()
        for name in ("oldest", "older"):
            await client.subscribe(name, QUERY)
            await until(lambda: service.current.subscriptions)
            await service.exchange(other_graph(cities))
        message = await client.receive()
        assert (message["id"], message["payload"][0]["extensions"]["code"]) == ("oldest", "SUBSCRIPTION_SCHEMA_RELOAD")
        await until(lambda: service.older == 1)


async def test_the_connection_itself_outlives_the_exchange(cities):
    async with websocket(cities.app) as client:
        await client.initialise()
        await cities.app.service.exchange(other_graph(cities))
        await client.subscribe("1", QUERY)
        await cities.changes["huangshan"].put("H1")
        assert (await client.receive())["type"] == "next"


async def test_partitioned_subgraphs_are_served_from_the_new_graph(cities):
    body = {"query": "{ _service { sdl } }"}
    before = (await post(cities.app, body, path="/partitioned/cards")).json
    people = PEOPLE.replace("name: String", "name: String age: Int")
    await cities.app.service.exchange(other_graph(cities, people=people))
    after = (await post(cities.app, body, path="/partitioned/cards")).json
    assert before == after
    assert (await post(cities.app, {"query": "{ __typename }"})).json == {"data": {"__typename": "Query"}}
    await until(lambda: not cities.app.service.older)
