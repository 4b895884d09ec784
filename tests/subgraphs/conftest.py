"""A city's subgraphs over sources in memory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
import strawberry

from legacy_adapters.clock import CITY_ZONE
from subgraphs.domains import DOMAINS
from subgraphs.shared.contract import read_contract
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.subgraph import Subgraph, SubgraphSchema
from subgraphs.shared.types import City
from tests.subgraphs.sources import MemorySource

CONTRACTS = Path(__file__).parents[2] / "schema" / "subgraphs"
NOW = datetime(2026, 10, 31, 9, 30, tzinfo=CITY_ZONE)

HANGZHOU = City(code=strawberry.ID("330100"), name="杭州市")


@cache
def schema(domain: str) -> SubgraphSchema:
    """The schema of a domain; schemas never change and serve all tests."""
    (found,) = (one for one in DOMAINS if one.name == domain)
    return SubgraphSchema(found, read_contract(CONTRACTS, domain))


@pytest.fixture(scope="session")
def keys() -> PlatformKeys:
    return PlatformKeys(bytes(range(64)))


@pytest.fixture
def subgraph(keys: PlatformKeys) -> Callable[..., Subgraph]:
    """Hangzhou's subgraph of a domain over given sources."""

    def make(domain: str, *sources: MemorySource) -> Subgraph:
        return Subgraph(schema(domain), HANGZHOU, sources, keys, lambda: NOW)

    return make
