"""Putting a supergraph into service."""

from __future__ import annotations

import pytest

from federation.composition import Subgraph, compose
from federation.gateway.config import ConfigurationError, GatewayConfig
from federation.gateway.graph import build_graph
from federation.supergraph import load_supergraph

LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@tag"])'


async def test_a_supergraph_whose_access_rules_are_not_enforced_is_not_served() -> None:
    result = compose([Subgraph("a", "http://a", f"{LINK} type Query {{ open: Int closed: Int @authenticated }}")])
    assert result.supergraph_sdl is not None
    with pytest.raises(ConfigurationError, match=r"access rules \(@authenticated\)"):
        build_graph(load_supergraph(result.supergraph_sdl), GatewayConfig())


async def test_a_supergraph_with_tags_is_served() -> None:
    result = compose([Subgraph("a", "http://a", f'{LINK} type Query {{ open: Int @tag(name: "x") }}')])
    assert result.supergraph_sdl is not None
    graph = build_graph(load_supergraph(result.supergraph_sdl), GatewayConfig())
    assert list(graph.supergraph.subgraphs) == ["a"]
    await graph.close()
