"""A partitioned subgraph's contract as SDL, written from a supergraph: what `_service` answers.

It says what a router needs: types, keys, external, required and provided fields, and our own directives. Every object
type is `@shareable`, for a supergraph does not say which subgraphs meant to share. Elements come in its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import orjson
from graphql import (
    REMOVE,
    ConstDirectiveNode,
    DefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    Node,
    ObjectTypeDefinitionNode,
    SelectionSetNode,
    UnionTypeDefinitionNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    visit,
)

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Merge, MergeOrder
from federation.supergraph.subgraph_schema import SubgraphField, SubgraphType
from federation.supergraph.supergraph import Supergraph

_LINKS = """extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.3", import: \
["@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject"])
  @link(url: "https://bureaugraph.dev/partition/v1.1", import: \
["@partitionKey", "@route", "@merge", "@staleWhileUnavailable"])
"""


_ROOTS = frozenset({"Query", "Mutation", "Subscription"})
#: Directives of a supergraph that are a subgraph's too.
_STANDARD = frozenset({"deprecated", "specifiedBy", "oneOf"})
_N = TypeVar("_N", bound=Node)


def contract_sdl(supergraph: Supergraph, name: SubgraphName) -> str:
    """The contract of the partitioned subgraph `name`."""
    writer = _ContractWriter(supergraph, name)
    return f"{_LINKS}\n{print_ast(DocumentNode(definitions=tuple(writer.definitions())))}\n"


@dataclass(frozen=True, slots=True)
class _ContractWriter:
    supergraph: Supergraph
    name: SubgraphName

    def definitions(self) -> Iterator[DefinitionNode]:
        """The subgraph's types, each with what the subgraph knows of it."""
        known = self.supergraph.subgraph_schemas[self.name]
        for type_name, joins in self.supergraph.join_types.items():
            type_ = self.supergraph.schema.type_map.get(type_name)
            node = None if type_ is None else type_.ast_node
            if node is None or all(join.subgraph != self.name for join in joins):
                continue
            composite = known.types.get(type_name)
            if composite is not None:
                yield self._composite(node, composite)
            elif isinstance(node, EnumTypeDefinitionNode):
                names = known.enum_values[type_name]
                values = tuple(value for value in node.values or () if value.name.value in names)
                yield _plain(replace(node, values=values))
            else:
                yield _plain(node)

    def _composite(self, node: DefinitionNode, known: SubgraphType) -> DefinitionNode:
        if isinstance(node, UnionTypeDefinitionNode):
            members = tuple(member for member in node.types or () if member.name.value in known.possible_types)
            return replace(node, directives=(), types=members)
        if not isinstance(node, (ObjectTypeDefinitionNode, InterfaceTypeDefinitionNode)):
            raise TypeError(node.kind)
        interfaces = tuple(found for found in node.interfaces or () if found.name.value in known.interfaces)
        fields = tuple(
            self._field(known.name, field, known.fields[field.name.value])
            for field in node.fields or ()
            if field.name.value in known.fields
        )
        is_object = isinstance(node, ObjectTypeDefinitionNode) or known.is_interface_object
        kind = ObjectTypeDefinitionNode if is_object else InterfaceTypeDefinitionNode
        return kind(
            name=node.name,
            description=node.description,
            interfaces=interfaces,
            directives=_directives(self._of_type(known, is_object=is_object)),
            fields=fields,
        )

    def _field(self, type_name: str, node: FieldDefinitionNode, known: SubgraphField) -> FieldDefinitionNode:
        own = _directives(self._of_field(type_name, known))
        plain = _plain(node)
        return replace(plain, type=known.type, directives=(*(plain.directives or ()), *own))

    def _of_type(self, known: SubgraphType, *, is_object: bool) -> Iterator[str]:
        for key in known.keys:
            yield f"@key(fields: {_text(key.text)}{'' if key.resolvable else ', resolvable: false'})"
        if known.is_interface_object:
            yield "@interfaceObject"
        if is_object and known.name not in _ROOTS:
            yield "@shareable"
        partition_key = self.supergraph.partitions[self.name].partition_keys.get(known.name)
        if partition_key is not None:
            yield f"@partitionKey(field: {_text(partition_key)})"

    def _of_field(self, type_name: str, known: SubgraphField) -> Iterator[str]:
        if known.external:
            yield "@external"
        if known.requires is not None:
            yield f"@requires(fields: {_text(_field_set(known.requires))})"
        if known.provides is not None:
            yield f"@provides(fields: {_text(_field_set(known.provides))})"
        partitioned = self.supergraph.partitions[self.name]
        at = (type_name, known.name)
        if (merge := partitioned.merges.get(at)) is not None:
            yield _merge(merge)
        if (route := partitioned.routes.get(at)) is not None:
            yield f"@route(argument: {_text(route)})"
        if (seconds := partitioned.stale_seconds.get(at)) is not None:
            yield f"@staleWhileUnavailable(maxAge: {seconds})"


def _merge(merge: Merge) -> str:
    by = "" if merge.by is None else f", by: {_text(merge.by)}"
    order = "" if merge.order is MergeOrder.ASC else f", order: {merge.order.value}"
    return f"@merge(rule: {merge.rule.value}{by}{order})"


class _Machinery(Visitor):
    """Removes what composition put on a definition."""

    def enter_directive(self, node: ConstDirectiveNode, *_: object) -> VisitorAction:
        return None if node.name.value in _STANDARD else REMOVE


def _plain(node: _N) -> _N:
    plain: _N = visit(node, _Machinery())
    return plain


def _directives(texts: Iterable[str]) -> tuple[ConstDirectiveNode, ...]:
    (node,) = parse(f"scalar Holder {' '.join(texts)}", no_location=True).definitions
    return getattr(node, "directives", None) or ()


def _field_set(selection: SelectionSetNode) -> str:
    return " ".join(print_ast(selection).split()).removeprefix("{ ").removesuffix(" }")


def _text(value: str) -> str:
    return orjson.dumps(value).decode()
