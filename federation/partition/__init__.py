"""In: a domain contract with its cities, one `SubgraphClient` per city, a fetch. Out: one answer, as of one subgraph.
Of a subscription: one `EventSource` per city, and one stream of all their events.

`README.md` beside this file is the specification: routing, merge rules, cursors, errors.
"""

from federation.partition.breaker import BreakerSettings, GuardedClient
from federation.partition.client import PartitionedClient
from federation.partition.contract import Contract, contract_of
from federation.partition.contract_sdl import contract_sdl
from federation.partition.presence import PresenceSettings, PresenceSource, QueriedPresence
from federation.partition.served import ServedOperation, ServedRequest, ServedSubgraph
from federation.partition.stale import Memory, MemoryLimits, StaleAnswers
from federation.partition.subscription import PartitionedSource, ReconnectSettings

__all__ = [
    "BreakerSettings",
    "Contract",
    "GuardedClient",
    "Memory",
    "MemoryLimits",
    "PartitionedClient",
    "PartitionedSource",
    "PresenceSettings",
    "PresenceSource",
    "QueriedPresence",
    "ReconnectSettings",
    "ServedOperation",
    "ServedRequest",
    "ServedSubgraph",
    "StaleAnswers",
    "contract_of",
    "contract_sdl",
]
