"""Which cities of a newer supergraph are asked: one that joins or moves must first show that it serves its contract."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

import msgspec

from federation.conformance.admission import admission_problem
from federation.conformance.ask import Asker
from federation.gateway.clients import partition_client
from federation.gateway.config import ConfigurationError, GatewayConfig
from federation.gateway.reload.source import SupergraphUnusable
from federation.gateway.status import LeftOut
from federation.partition import contract_sdl
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Partition, PartitionedSubgraph
from federation.supergraph.supergraph import Supergraph


@dataclass(frozen=True, slots=True)
class Admission:
    """What is served of a newer supergraph.

    Attributes:
        supergraph: with the cities that are asked.
        config: without settings for those that are not.
        left_out: cities that were not admitted, with the reason.
    """

    supergraph: Supergraph
    config: GatewayConfig
    left_out: tuple[LeftOut, ...] = ()


async def admit(current: Supergraph, newer: Supergraph, config: GatewayConfig) -> Admission:
    """Ask all cities at once that are not served yet. Raises SupergraphUnusable when a subgraph has no city left.

    A city that is served stays as it was when it is to move and its new address does not show its contract.
    """
    joining = list(_joining(current, newer)) if config.reload.admission == "contract" else []
    if not joining:
        return Admission(newer, config)
    contracts = {name: await asyncio.to_thread(contract_sdl, newer, name) for name in {name for name, _ in joining}}
    problems = await asyncio.gather(*(_problem(newer, config, each, contracts[each[0]]) for each in joining))
    refused = {each: problem for each, problem in zip(joining, problems, strict=True) if problem is not None}
    partitions = {name: _kept(current, each, refused) for name, each in newer.partitions.items()}
    left_out = tuple(LeftOut(name, each.name, each.city, problem) for (name, each), problem in refused.items())
    return Admission(replace(newer, partitions=partitions), _without_settings(config, partitions, left_out), left_out)


def _joining(current: Supergraph, newer: Supergraph) -> Iterator[tuple[SubgraphName, Partition]]:
    for name, partitioned in newer.partitions.items():
        known = current.partitions.get(name)
        served = frozenset() if known is None else frozenset(known.partitions)
        for partition in partitioned.partitions:
            if partition not in served:
                yield name, partition


async def _problem(
    supergraph: Supergraph, config: GatewayConfig, joining: tuple[SubgraphName, Partition], contract: str
) -> str | None:
    name, partition = joining
    try:
        client = partition_client(supergraph, config, name, partition)
    except ConfigurationError:
        return "its routing URL cannot be used."
    try:
        return await admission_problem(Asker(client, name, config.reload.admission_seconds), contract)
    finally:
        await client.close()


def _kept(
    current: Supergraph, newer: PartitionedSubgraph, refused: dict[tuple[SubgraphName, Partition], str]
) -> PartitionedSubgraph:
    known = current.partitions.get(newer.subgraph)
    served = {} if known is None else {partition.city: partition for partition in known.partitions}
    partitions = []
    for partition in newer.partitions:
        if (newer.subgraph, partition) not in refused:
            partitions.append(partition)
        elif partition.city in served:
            partitions.append(served[partition.city])
    if not partitions:
        reasons = "; ".join(f"{each.name}: {why}" for (name, each), why in refused.items() if name == newer.subgraph)
        raise SupergraphUnusable(f"No city of {newer.subgraph} can be asked: {reasons}")
    return replace(newer, partitions=tuple(partitions))


def _without_settings(
    config: GatewayConfig, partitions: dict[SubgraphName, PartitionedSubgraph], left_out: tuple[LeftOut, ...]
) -> GatewayConfig:
    asked = {f"{name}/{partition.name}" for name, each in partitions.items() for partition in each.partitions}
    unused = {f"{each.service}/{each.partition}" for each in left_out} - asked
    subgraphs = {name: settings for name, settings in config.subgraphs.items() if name not in unused}
    return msgspec.structs.replace(config, subgraphs=subgraphs)
