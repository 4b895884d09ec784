"""A gateway over the newsroom whose events a test scripts."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from federation.gateway.config import read_config
from federation.gateway.graph import Graph, build_graph
from federation.gateway.server import Gateway
from tests.federation.gateway.shop import SubgraphApp
from tests.federation.gateway.subscriptions.newsroom import newsroom_apps, newsroom_supergraph
from tests.support.scripted_source import ScriptedSource


@dataclass
class Newsroom:
    """A gateway, what is behind it, and the source of its events."""

    app: Gateway
    graph: Graph
    news: SubgraphApp
    authors: SubgraphApp
    source: ScriptedSource = field(default_factory=lambda: ScriptedSource([]))


@pytest.fixture
async def newsroom():
    """Builds gateways: `newsroom(*scripts, **configuration)`."""
    graphs = []

    def build(*scripts, **configuration) -> Newsroom:
        config = read_config(configuration)
        apps = newsroom_apps()
        graph = build_graph(newsroom_supergraph(), config, apps)
        graphs.append(graph)
        source = ScriptedSource(*(scripts or ([],)))
        graph.sources.sources["news"] = source
        return Newsroom(Gateway(graph, config), graph, apps["http://news"], apps["http://authors"], source)

    yield build
    for graph in graphs:
        await graph.close()
