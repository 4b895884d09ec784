"""The gateway as a whole over two subgraphs in this process."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass, field

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

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


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A self-signed certificate of 127.0.0.1 with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bureau")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "bureau.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path
