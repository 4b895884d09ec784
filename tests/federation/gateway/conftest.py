"""The gateway as a whole over two subgraphs in this process."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from federation.gateway.config import GatewayConfig, read_config
from federation.gateway.graph import Graph, build_graph
from federation.gateway.server import Gateway
from federation.supergraph.load import load_supergraph
from tests.federation.gateway.shop import SUPERGRAPH, SubgraphApp, shop


@pytest.fixture(scope="session")
def shop_supergraph():
    return load_supergraph(SUPERGRAPH)


@dataclass
class Served:
    """A gateway with the subgraphs behind it."""

    app: Gateway
    graph: Graph
    products: SubgraphApp
    reviews: SubgraphApp
    config: GatewayConfig = field(default_factory=GatewayConfig)


@pytest.fixture
async def serve(shop_supergraph):
    """Builds gateways from configurations as they stand in the YAML file."""
    graphs = []

    def build(**configuration) -> Served:
        config = read_config(configuration)
        products, reviews = shop()
        graph = build_graph(shop_supergraph, config, {"http://products": products, "http://reviews": reviews})
        graphs.append(graph)
        return Served(Gateway(graph, config), graph, products, reviews, config)

    yield build
    for graph in graphs:
        await graph.close()


@pytest.fixture
def served(serve):
    return serve()
