"""Reads the join directives of a supergraph's AST. Source: https://specs.apollo.dev/join/v0.5"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.ast_values import Arguments, applications, has_directive
from federation.supergraph.errors import SupergraphError
from federation.supergraph.features import Feature
from federation.supergraph.join import ContextArgument, JoinField, JoinType
from federation.supergraph.subgraph_schema import Subgraph


@dataclass(frozen=True, slots=True)
class JoinMetadata:
    """All join directives of a supergraph.

    Attributes:
        subgraphs: by name, in the order of `join__Graph`.
        types, fields: the applications of each type and of each (type, field).
        implements: (subgraph, interface) pairs of each type; members: (subgraph, member) pairs of each union.
        enum_values: the subgraphs that know each (enum, value); none means all that have the enum.
        owners: join v0.1's owner of a type, which resolves the fields without `@join__field`.
        contexts: the types that set each context, in the order of the document.
    """

    subgraphs: Mapping[SubgraphName, Subgraph]
    types: Mapping[str, tuple[JoinType, ...]]
    fields: Mapping[tuple[str, str], tuple[JoinField, ...]]
    implements: Mapping[str, tuple[tuple[SubgraphName, str], ...]]
    members: Mapping[str, tuple[tuple[SubgraphName, str], ...]]
    enum_values: Mapping[tuple[str, str], tuple[SubgraphName, ...]]
    owners: Mapping[str, SubgraphName]
    contexts: Mapping[str, tuple[str, ...]]


def read_join(document: DocumentNode, join: Feature, context: Feature | None) -> JoinMetadata:
    """Read every join directive of `document`, whose names are as `join` says, and the contexts types set."""
    return _JoinReader(document, join, context).read()


class _JoinReader:
    def __init__(self, document: DocumentNode, join: Feature, context: Feature | None) -> None:
        self._join = join
        self._context = context
        self._definitions = [d for d in document.definitions if isinstance(d, TypeDefinitionNode)]
        self._graphs = dict(self._read_graphs())

    def read(self) -> JoinMetadata:
        own = [d for d in self._definitions if not self._join.owns_type(d.name.value)]
        return JoinMetadata(
            subgraphs={g.name: g for g in self._graphs.values()},
            types={d.name.value: tuple(self._read_types(d)) for d in own},
            fields={(d.name.value, f.name.value): tuple(self._read_fields(d, f)) for d in own for f in _fields(d)},
            implements={d.name.value: tuple(self._pairs(d, "implements", "interface")) for d in own},
            members={d.name.value: tuple(self._pairs(d, "unionMember", "member")) for d in own},
            enum_values=dict(self._read_enum_values(own)),
            owners=dict(self._read_owners(own)),
            contexts=self._read_contexts(own),
        )

    def _read_graphs(self) -> Iterator[tuple[str, Subgraph]]:
        name = self._join.type("Graph")
        enum = next((d for d in self._definitions if d.name.value == name), None)
        if not isinstance(enum, EnumTypeDefinitionNode):
            raise SupergraphError("schema", f"the enum {name} is missing", "Give a supergraph as composition made it")
        for value in enum.values or ():
            found = next(applications(value, self._join.directive("graph")), None)
            if found is None:
                raise SupergraphError(
                    f"{name}.{value.name.value}",
                    f"it has no @{self._join.directive('graph')}",
                    "Name the subgraph and its URL there",
                )
            graph = value.name.value
            yield graph, Subgraph(SubgraphName(found.text("name") or graph), found.text("url") or "", graph)

    def _subgraph(self, arguments: Arguments, place: str) -> SubgraphName | None:
        value = arguments.text("graph")
        if value is None:
            return None
        if value not in self._graphs:
            raise SupergraphError(place, f"{value} is no value of {self._join.type('Graph')}", "Compose again")
        return self._graphs[value].name

    def _read_types(self, definition: TypeDefinitionNode) -> Iterator[JoinType]:
        place = definition.name.value
        for arguments in applications(definition, self._join.directive("type")):
            if (subgraph := self._subgraph(arguments, place)) is not None:
                yield JoinType(
                    subgraph,
                    arguments.text("key"),
                    arguments.flag("extension"),
                    arguments.flag("resolvable", default=True),
                    arguments.flag("isInterfaceObject"),
                )

    def _read_fields(self, definition: TypeDefinitionNode, field: FieldDefinitionNode) -> Iterator[JoinField]:
        place = f"{definition.name.value}.{field.name.value}"
        for arguments in applications(field, self._join.directive("field")):
            yield JoinField(
                self._subgraph(arguments, place),
                arguments.text("requires"),
                arguments.text("provides"),
                arguments.text("type"),
                arguments.flag("external"),
                arguments.text("override"),
                arguments.flag("usedOverridden"),
                arguments.text("overrideLabel"),
                tuple(_context_arguments(arguments)),
            )

    def _pairs(self, definition: TypeDefinitionNode, directive: str, name: str) -> Iterator[tuple[SubgraphName, str]]:
        for arguments in applications(definition, self._join.directive(directive)):
            subgraph = self._subgraph(arguments, definition.name.value)
            other = arguments.text(name)
            if subgraph is not None and other is not None:
                yield subgraph, other

    def _read_enum_values(
        self, definitions: list[TypeDefinitionNode]
    ) -> Iterator[tuple[tuple[str, str], tuple[SubgraphName, ...]]]:
        directive = self._join.directive("enumValue")
        for definition in definitions:
            if isinstance(definition, EnumTypeDefinitionNode):
                for value in definition.values or ():
                    place = f"{definition.name.value}.{value.name.value}"
                    graphs = (self._subgraph(a, place) for a in applications(value, directive))
                    yield (definition.name.value, value.name.value), tuple(g for g in graphs if g is not None)

    def _read_owners(self, definitions: list[TypeDefinitionNode]) -> Iterator[tuple[str, SubgraphName]]:
        directive = self._join.directive("owner")
        for definition in definitions:
            if has_directive(definition, directive):
                arguments = next(applications(definition, directive))
                if (owner := self._subgraph(arguments, definition.name.value)) is not None:
                    yield definition.name.value, owner

    def _read_contexts(self, definitions: list[TypeDefinitionNode]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        if self._context is None:
            return found
        for definition in definitions:
            for arguments in applications(definition, self._context.directive("context")):
                name = arguments.text("name") or ""
                found[name] = (*found.get(name, ()), definition.name.value)
        return found


def _fields(definition: TypeDefinitionNode) -> tuple[FieldDefinitionNode, ...]:
    if isinstance(definition, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode):
        return tuple(definition.fields or ())
    return ()


def union_member_names(definition: TypeDefinitionNode) -> tuple[str, ...]:
    """Give the members of a union, nothing for other types."""
    return (
        tuple(t.name.value for t in definition.types or ()) if isinstance(definition, UnionTypeDefinitionNode) else ()
    )


def _context_arguments(arguments: Arguments) -> Iterator[ContextArgument]:
    for item in arguments.items("contextArguments"):
        if isinstance(item, dict):
            yield ContextArgument(*(str(item.get(name, "")) for name in ("name", "type", "context", "selection")))
