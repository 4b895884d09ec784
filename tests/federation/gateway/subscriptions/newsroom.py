"""A supergraph with subscriptions: `news` publishes articles, `authors` knows who wrote them."""

from __future__ import annotations

from functools import cache
from typing import Any

from federation.composition import Subgraph, compose
from federation.supergraph import Supergraph, load_supergraph
from tests.federation.gateway.shop import SubgraphApp

_LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])'
NEWS = f"""
{_LINK}
type Query {{ latest: Article }}
type Mutation {{ publish(id: ID!): Article }}
type Subscription {{ published(topic: String): Article counted(to: Int!): Int! }}
type Article @key(fields: "id") {{ id: ID! title: String }}
"""
AUTHORS = f"""
{_LINK}
type Query {{ unused: Int }}
type Article @key(fields: "id") {{ id: ID! author: String }}
"""
#: What an event of `news` becomes for a client that asks for `{ published { title author } }`.
SUBSCRIPTION = "subscription Published($topic: String) { published(topic: $topic) { title author } }"


def article(number: int) -> dict[str, Any]:
    """An event as the subgraph gives it."""
    return {"published": {"__typename": "Article", "id": str(number), "title": f"title {number}"}}


def answer(number: int) -> dict[str, Any]:
    """The same event as the client gets it."""
    return {"data": {"published": {"title": f"title {number}", "author": f"author {number}"}}}


@cache
def newsroom_supergraph() -> Supergraph:
    result = compose(
        [Subgraph("news", "http://news/graphql", NEWS), Subgraph("authors", "http://authors/graphql", AUTHORS)]
    )
    assert result.supergraph_sdl is not None
    return load_supergraph(result.supergraph_sdl)


def newsroom_apps() -> dict[str, SubgraphApp]:
    """The subgraphs as far as they answer queries and mutations, by origin."""
    made = {"__typename": "Article", "id": "7", "title": "title 7"}
    entity = (
        "union _Entity = Article scalar _Any extend type Query { _entities(representations: [_Any!]!): [_Entity]! }"
    )

    def authors(_: Any, representations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"__typename": "Article", "author": f"author {item['id']}"} for item in representations]

    news = SubgraphApp(
        "type Query { latest: Article } type Mutation { publish(id: ID!): Article } "
        "type Article { id: ID! title: String }",
        {"latest": made, "publish": lambda *_, **arguments: {**made, "id": arguments["id"]}},
        entity,
    )
    return {
        "http://news": news,
        "http://authors": SubgraphApp(
            "type Query { unused: Int } type Article { id: ID! author: String }", {"_entities": authors}, entity
        ),
    }
