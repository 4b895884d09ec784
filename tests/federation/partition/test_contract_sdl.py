"""The contract written back from a supergraph."""

from __future__ import annotations

from dataclasses import replace

import pytest

from federation.composition import Subgraph, compose
from federation.partition import contract_of
from federation.partition.contract_sdl import contract_sdl
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import Supergraph, load_supergraph
from federation.supergraph.partitions import Partition
from tests.federation.partition.contracts import CITIES, SUBGRAPHS, domain_sdl

#: Of the others each is one subgraph.
DOMAINS = sorted(path.stem for path in SUBGRAPHS.glob("*.graphql") if "dev/partition" in path.read_text("utf-8"))


def _subgraphs() -> list[Subgraph]:
    partitions = tuple(Partition(city, name, f"http://{name}") for city, name in CITIES[:2])
    return [Subgraph(domain, f"http://{domain}", domain_sdl(domain), partitions) for domain in DOMAINS]


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    return load_supergraph(compose(_subgraphs()).supergraph_sdl or "")


def test_contracts_written_from_a_supergraph_compose_to_the_same_supergraph(supergraph):
    written = [replace(given, sdl=contract_sdl(supergraph, SubgraphName(given.name))) for given in _subgraphs()]
    assert compose(written).supergraph_sdl == compose(_subgraphs()).supergraph_sdl


def test_a_supergraphs_contract_has_the_keys_rules_and_cities_of_its_subgraph(supergraph):
    contract = contract_of(supergraph, SubgraphName("people"))
    assert [partition.name for partition in contract.subgraph.partitions] == ["hangzhou", "huangshan"]
    assert sorted(contract.keys) == ["Employer", "Person"]
    assert contract.merge_of("Person", "lifeStatus").by == "updatedAt"
    assert [contract.merge_of("Person", field).rule for field in ("name", "records")] == ["FIRST", "CONCAT"]
