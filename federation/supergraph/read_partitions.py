"""Reads the partition directives of a supergraph (`federation.supergraph.partitions` shows their form)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from graphql import (
    DocumentNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
)

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.ast_values import Arguments, DirectiveHolder, applications
from federation.supergraph.errors import SupergraphError
from federation.supergraph.features import Feature
from federation.supergraph.partitions import Merge, MergeOrder, MergeRule, Partition, PartitionedSubgraph
from federation.supergraph.subgraph_schema import Subgraph


def read_partitions(
    document: DocumentNode, feature: Feature, subgraphs: Mapping[SubgraphName, Subgraph]
) -> Mapping[SubgraphName, PartitionedSubgraph]:
    """Give the partitioned subgraphs of `document` in the order of `subgraphs`."""
    return _PartitionReader(document, feature, subgraphs).read()


class _PartitionReader:
    def __init__(self, document: DocumentNode, feature: Feature, subgraphs: Mapping[SubgraphName, Subgraph]) -> None:
        self._document = document
        self._feature = feature
        self._subgraphs = subgraphs
        self._names = {s.enum_value: s.name for s in subgraphs.values()}
        self._partitions: dict[SubgraphName, list[Partition]] = defaultdict(list)
        self._merges: dict[SubgraphName, dict[tuple[str, str], Merge]] = defaultdict(dict)
        self._routes: dict[SubgraphName, dict[tuple[str, str], str]] = defaultdict(dict)
        self._keys: dict[SubgraphName, dict[str, str]] = defaultdict(dict)
        self._stale: dict[SubgraphName, dict[tuple[str, str], int]] = defaultdict(dict)

    def read(self) -> Mapping[SubgraphName, PartitionedSubgraph]:
        for definition in self._document.definitions:
            if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
                self._read_schema(definition)
            elif isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
                self._read_type(definition)
        return {
            name: PartitionedSubgraph(
                name,
                tuple(self._partitions[name]),
                self._merges[name],
                self._routes[name],
                self._keys[name],
                self._stale[name],
            )
            for name in self._subgraphs
            if name in self._partitions
        }

    def _read_schema(self, definition: SchemaDefinitionNode | SchemaExtensionNode) -> None:
        for subgraph, found in self._found(definition, "partition", "schema"):
            city, name, url = (_text(found, key, "schema") for key in ("city", "name", "url"))
            self._partitions[subgraph].append(Partition(city, name, url))

    def _read_type(self, definition: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode) -> None:
        type_name = definition.name.value
        for subgraph, found in self._found(definition, "key", type_name):
            self._keys[subgraph][type_name] = _text(found, "field", type_name)
        for field in definition.fields or ():
            coordinate = (type_name, field.name.value)
            place = ".".join(coordinate)
            for subgraph, found in self._found(field, "route", place):
                self._routes[subgraph][coordinate] = _text(found, "argument", place)
            for subgraph, found in self._found(field, "merge", place):
                self._merges[subgraph][coordinate] = _merge(found, place)
            for subgraph, found in self._found(field, "staleWhileUnavailable", place):
                self._stale[subgraph][coordinate] = _max_age(found, place)

    def _found(self, holder: DirectiveHolder, element: str, place: str) -> list[tuple[SubgraphName, Arguments]]:
        found = []
        for arguments in applications(holder, self._feature.directive(element)):
            graph = arguments.text("graph") or ""
            if graph not in self._names:
                raise SupergraphError(place, f"@partition names the unknown subgraph {graph!r}", "Compose again")
            found.append((self._names[graph], arguments))
        return found


def _merge(found: Arguments, place: str) -> Merge:
    rule, order = _text(found, "rule", place), found.text("order") or MergeOrder.ASC
    try:
        return Merge(MergeRule(rule), found.text("by"), MergeOrder(order))
    except ValueError as error:
        raise SupergraphError(place, f"the merge rule {rule} {order} is unknown", "Compose again") from error


def _max_age(found: Arguments, place: str) -> int:
    seconds = found.number("maxAge")
    if seconds is None or seconds <= 0:
        raise SupergraphError(place, "the age of stale answers is missing or not positive", "Compose again")
    return seconds


def _text(found: Arguments, name: str, place: str) -> str:
    value = found.text(name)
    if value is None:
        raise SupergraphError(place, f"the partition's {name} is missing", "Compose again")
    return value
