"""Where subgraphs are subscribed at, by the configuration."""

from __future__ import annotations

import pytest

from federation.gateway.config import ConfigurationError, SubgraphSubscriptionsConfig, read_config
from federation.gateway.event_sources import SseSource, WebSocketSource
from federation.gateway.sources import build_sources, subscription_url
from federation.supergraph.load import load_supergraph
from tests.federation.gateway.shop import SUPERGRAPH
from tests.federation.gateway.subscriptions.newsroom import newsroom_supergraph


@pytest.mark.parametrize(
    ("url", "own", "expected"),
    [
        ("http://news/graphql", {}, "http://news/graphql"),
        ("http://news/graphql?v=1", {"path": "/ws"}, "http://news/ws?v=1"),
        ("http://news/graphql", {"url": "wss://events/ws"}, "https://events/ws"),
        ("https://news/graphql", {"url": "ws://events"}, "http://events"),
    ],
)
def test_the_address_is_the_subgraphs_own_or_what_the_configuration_says(url, own, expected):
    assert subscription_url(url, SubgraphSubscriptionsConfig(**own)) == expected


async def test_only_subgraphs_with_subscriptions_have_a_source_and_the_protocol_is_chosen_for_each():
    built = build_sources(newsroom_supergraph(), read_config({}))
    assert {name: type(source) for name, source in built.sources.items()} == {"news": WebSocketSource}
    config = read_config({"subgraphs": {"all": {"subscriptions": {"protocol": "sse"}}}})
    built = build_sources(newsroom_supergraph(), config)
    assert {name: type(source) for name, source in built.sources.items()} == {"news": SseSource}


def test_a_graph_without_subscriptions_has_no_sources():
    assert build_sources(load_supergraph(SUPERGRAPH), read_config({})).sources == {}


def test_an_address_that_cannot_be_used_is_said():
    config = read_config({"subgraphs": {"news": {"subscriptions": {"url": "ftp://x"}}}})
    with pytest.raises(ConfigurationError, match=r"give one as subgraphs\.news\.subscriptions\.url"):
        build_sources(newsroom_supergraph(), config)
