"""In: a domain contract with its cities, one `SubgraphClient` per city, a fetch. Out: one answer, as of one subgraph.

`README.md` beside this file is the specification: routing, merge rules, cursors, errors.
"""

from federation.partition.breaker import BreakerSettings, GuardedClient
from federation.partition.client import PartitionedClient
from federation.partition.contract import Contract, contract_of
from federation.partition.contract_sdl import contract_sdl
from federation.partition.served import ServedOperation, ServedRequest, ServedSubgraph

__all__ = [
    "BreakerSettings",
    "Contract",
    "GuardedClient",
    "PartitionedClient",
    "ServedOperation",
    "ServedRequest",
    "ServedSubgraph",
    "contract_of",
    "contract_sdl",
]
