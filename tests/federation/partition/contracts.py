"""Contracts read from their SDL alone, for tests that need no supergraph."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from graphql import (
    ConstDirectiveNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)

from federation.partition import Contract
from federation.partition.served_schema import served_schema
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule, Partition, PartitionedSubgraph

SUBGRAPHS = Path(__file__).parents[3] / "schema" / "subgraphs"
CITIES = (
    ("330100", "hangzhou"),
    ("341000", "huangshan"),
    ("341800", "xuancheng"),
    ("330800", "quzhou"),
    ("361100", "shangrao"),
    *((f"3399{number:02}", f"city{number}") for number in range(15)),
)


@cache
def domain_sdl(domain: str) -> str:
    """The SDL of one of the project's own contracts."""
    return (SUBGRAPHS / f"{domain}.graphql").read_text(encoding="utf-8")


def read_contract(sdl: str, count: int = 2, name: str = "demo") -> Contract:
    """The contract of `sdl`, served by the first `count` of `CITIES`."""
    document = parse(sdl)
    merges: dict[tuple[str, str], Merge] = {}
    routes: dict[tuple[str, str], str] = {}
    stale: dict[tuple[str, str], int] = {}
    partition_keys: dict[str, str] = {}
    keys: dict[str, SelectionSetNode] = {}
    for node in document.definitions:
        if not isinstance(node, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)):
            continue
        type_name = node.name.value
        for arguments in _applications(node.directives, "partitionKey"):
            partition_keys[type_name] = arguments["field"]
        for arguments in _applications(node.directives, "key"):
            keys.setdefault(type_name, _field_set(arguments["fields"]))
        for field in node.fields or ():
            at = (type_name, field.name.value)
            for arguments in _applications(field.directives, "merge"):
                order = MergeOrder(arguments.get("order", "ASC"))
                merges[at] = Merge(MergeRule(arguments["rule"]), arguments.get("by"), order)
            for arguments in _applications(field.directives, "route"):
                routes[at] = arguments["argument"]
            for arguments in _applications(field.directives, "staleWhileUnavailable"):
                stale[at] = int(arguments["maxAge"])
    partitions = tuple(Partition(city, city_name, f"http://{city_name}") for city, city_name in CITIES[:count])
    subgraph = PartitionedSubgraph(SubgraphName(name), partitions, merges, routes, partition_keys, stale)
    return Contract(subgraph, served_schema(sdl), keys)


def _applications(directives: tuple[ConstDirectiveNode, ...] | None, name: str) -> Iterator[dict[str, str]]:
    for directive in directives or ():
        if directive.name.value == name:
            yield {
                argument.name.value: value_from_ast_untyped(argument.value) for argument in directive.arguments or ()
            }


def _field_set(text: str) -> SelectionSetNode:
    return parse(f"{{{text}}}").definitions[0].selection_set
