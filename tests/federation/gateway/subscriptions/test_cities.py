"""A subscription over cities, as a whole: Strawberry subgraphs in this process, one of them may be down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import strawberry
from strawberry.asgi import GraphQL

from federation.composition import Subgraph, compose
from federation.gateway.config import read_config
from federation.gateway.graph import build_graph
from federation.gateway.server import Gateway
from federation.supergraph import load_supergraph
from federation.supergraph.partitions import Partition
from tests.federation.gateway.shop import SubgraphApp
from tests.federation.gateway.subscriptions.channels import websocket

CARDS = """
extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  @link(url: "https://bureaugraph.dev/partition/v1.0", import: ["@merge", "@route"])
type Query { unused: Int @merge(rule: FIRST) }
type Subscription { cardChanged(city: String): Card! @route(argument: "city") }
type Card { number: ID! owner: Person! }
type Person @key(fields: "id", resolvable: false) { id: ID! }
"""
PEOPLE = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
type Query { nobody: Int }
type Person @key(fields: "id") { id: ID! name: String }
"""
CITIES = (
    Partition("330100", "hangzhou", "http://hangzhou/cards"),
    Partition("341000", "huangshan", "http://huangshan/cards"),
)
QUERY = "subscription Changed($city: String) { cardChanged(city: $city) { number owner { name } } }"


@strawberry.type
class Person:
    id: strawberry.ID


@strawberry.type
class Card:
    number: strawberry.ID
    owner: Person


@strawberry.type
class Query:
    unused: int | None = None


def city_app(changes: asyncio.Queue[str], subscribed: asyncio.Event) -> GraphQL:
    """A city's subgraph: each number put into `changes` is a changed card."""

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def card_changed(self, city: str | None = None) -> AsyncGenerator[Card, None]:
            subscribed.set()
            while (number := await changes.get()) != "stop":
                yield Card(number=strawberry.ID(number), owner=Person(id=strawberry.ID("7")))

    return GraphQL(strawberry.Schema(Query, subscription=Subscription))


def people_app() -> SubgraphApp:
    def entities(_, representations):
        return [{"__typename": "Person", "name": f"person {item['id']}"} for item in representations]

    return SubgraphApp(
        "type Query { unused: Int } type Person { id: ID! name: String }",
        {"_entities": entities},
        "union _Entity = Person scalar _Any extend type Query { _entities(representations: [_Any!]!): [_Entity]! }",
    )


class Cities:
    """The gateway `app` over two cities, and what makes things happen there."""

    def __init__(self) -> None:
        self.changes = {city.name: asyncio.Queue() for city in CITIES}
        self.subscribed = {city.name: asyncio.Event() for city in CITIES}
        self.apps = {
            f"http://{name}": city_app(changes, self.subscribed[name]) for name, changes in self.changes.items()
        }
        self.apps["http://people"] = people_app()
        result = compose(
            [Subgraph("cards", "http://cards", CARDS, CITIES), Subgraph("people", "http://people/graphql", PEOPLE)]
        )
        assert result.supergraph_sdl is not None, result.errors
        config = read_config({})
        self.graph = build_graph(load_supergraph(result.supergraph_sdl), config, self.apps)
        self.app = Gateway(self.graph, config)


@pytest.fixture
async def cities():
    cities = Cities()
    yield cities
    await cities.graph.close()


def cities_of(message):
    return [source["partition"] for source in message["payload"]["extensions"]["sources"]]


async def test_events_of_all_cities_come_in_one_stream_completed_by_other_subgraphs(cities):
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY)
        for name, number in (("huangshan", "H1"), ("hangzhou", "A1"), ("huangshan", "H2")):
            await cities.changes[name].put(number)
            message = await client.receive()
            changed = {"cardChanged": {"number": number, "owner": {"name": "person 7"}}}
            assert (message["payload"]["data"], cities_of(message)) == (changed, [name])
        for changes in cities.changes.values():
            await changes.put("stop")
        assert await client.receive() == {"id": "1", "type": "complete"}


async def test_a_route_leaves_the_other_city_alone(cities):
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY, city="341000")
        await cities.changes["huangshan"].put("H1")
        assert (await client.receive())["payload"]["data"]["cardChanged"]["number"] == "H1"
    assert not cities.subscribed["hangzhou"].is_set()


async def test_a_city_that_is_down_is_named_and_the_other_goes_on(cities):
    async def down(scope, receive, send):
        await receive()
        await send({"type": "websocket.http.response.start", "status": 503, "headers": []})

    cities.graph.sources.openers[0]._app = down
    async with websocket(cities.app) as client:
        await client.initialise()
        await client.subscribe("1", QUERY)
        message = await client.receive()
        [error] = message["payload"]["errors"]
        assert (message["payload"]["data"], error["path"]) == (None, ["cardChanged"])
        assert (error["extensions"]["partition"], error["extensions"]["retryable"]) == ("hangzhou", True)
        await cities.changes["huangshan"].put("H1")
        assert (await client.receive())["payload"]["data"]["cardChanged"]["number"] == "H1"
