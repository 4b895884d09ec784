"""The running graph: all that belongs to one supergraph, in one object that can be exchanged for a newer one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from federation.executor.translation import ErrorPolicy
from federation.gateway.clients import SubgraphClients, build_clients, forwardable_headers
from federation.gateway.config import ConfigurationError, GatewayConfig, SubgraphConfig
from federation.gateway.planning import PlanningThread
from federation.gateway.prepare import OperationCache, OperationPreparer, PreparedOperation
from federation.gateway.sources import SubgraphSources, build_sources
from federation.gateway.transport.asgi import AsgiApp
from federation.planner import PlanOptions
from federation.supergraph.supergraph import Supergraph


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """A supergraph in service.

    Attributes:
        supergraph: what is served.
        planning: the thread in which operations are made ready.
        operations: everything known of operations over it.
        subgraphs: its clients, with their connections.
        sources: where subscriptions are made, by subgraph.
        forwardable: names of request headers that some subgraph gets, in lower case.
        error_policy: what clients may read of subgraphs' errors.
        settings: how its subgraphs are asked, as configured.
    """

    supergraph: Supergraph
    planning: PlanningThread
    operations: OperationCache[PreparedOperation]
    subgraphs: SubgraphClients
    sources: SubgraphSources
    forwardable: frozenset[bytes]
    error_policy: ErrorPolicy
    settings: Mapping[str, SubgraphConfig]

    async def close(self) -> None:
        """Close connections and threads; requests under way lose their subgraphs."""
        self.planning.close()
        await self.subgraphs.close()
        await self.sources.close()


_UNENFORCED = ("authenticated", "requiresScopes", "policy")
"""Access rules that composition and planner understand, but that this gateway does not enforce."""


def build_graph(supergraph: Supergraph, config: GatewayConfig, apps: Mapping[str, AsgiApp] | None = None) -> Graph:
    """Put a graph into service; `apps` are subgraphs in this process by origin. Raises ConfigurationError."""
    _refuse_unenforced_rules(supergraph)
    options = _plan_options(supergraph, config)
    preparer = OperationPreparer(supergraph, config.limits, options, introspection_enabled=config.introspection_enabled)
    planning = PlanningThread()
    names = forwardable_headers(config, supergraph)
    return Graph(
        supergraph,
        planning,
        OperationCache(preparer.prepare, planning, config.limits.cached_operations),
        build_clients(supergraph, config, apps),
        build_sources(supergraph, config, apps),
        frozenset(name.encode("latin-1") for name in names),
        _error_policy(supergraph, config),
        config.subgraphs,
    )


def _plan_options(supergraph: Supergraph, config: GatewayConfig) -> PlanOptions:
    settings = {name: config.subgraph(name) for name in supergraph.subgraphs}
    return PlanOptions(
        fetch_costs={name: each.fetch_cost for name, each in settings.items() if each.fetch_cost is not None},
        without_fragments=frozenset(name for name, each in settings.items() if each.fragments_enabled is False),
    )


def _error_policy(supergraph: Supergraph, config: GatewayConfig) -> ErrorPolicy:
    """Each partition's errors are masked by its own settings."""
    partitions = frozenset(
        (name, partition.name)
        for name, partitioned in supergraph.partitions.items()
        for partition in partitioned.partitions
        if config.subgraph(name, partition.name).error_masking
    )
    ordinary = supergraph.subgraphs.keys() - supergraph.partitions.keys()
    subgraphs = frozenset(name for name in ordinary if config.subgraph(name).error_masking)
    return ErrorPolicy(masked_subgraphs=subgraphs, masked_partitions=partitions)


def _refuse_unenforced_rules(supergraph: Supergraph) -> None:
    # Serving the graph without its access rules would open what they close.
    names = [feature.name for feature in supergraph.features.values() if feature.name in _UNENFORCED]
    if names:
        listed = ", ".join(f"@{name}" for name in names)
        raise ConfigurationError(
            f"The supergraph has access rules ({listed}) that this gateway does not enforce, so it does not serve it; "
            "compose it without them or serve it by a router that enforces them."
        )
