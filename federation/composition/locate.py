"""From a coordinate to the places where subgraphs write it, and from a place to its coordinate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from graphql import DirectiveDefinitionNode, DocumentNode, Node
from graphql.language.ast import TypeDefinitionNode, TypeExtensionNode

from federation.composition.errors import CompositionError, position_of
from federation.composition.schema import Directed, SubgraphSchema

# `Type`, `Type.member`, `Type.field(argument:)`
_COORDINATE = re.compile(r"^(\w+)(?:\.(\w+))?(?:\((\w+):\))?$")
_PARTS = ("fields", "values", "arguments")


def locate_error(error: CompositionError, subgraphs: Sequence[SubgraphSchema]) -> CompositionError:
    """Add subgraphs and positions to an error about the merged schema: those of all that write its element.

    A type may have a field from interface objects alone; then it is the type that is written.
    """
    if error.positions or not error.coordinates:
        return error
    found = _find(subgraphs, error.coordinates[0]) or _find(subgraphs, error.coordinates[0].partition(".")[0])
    return replace(
        error,
        subgraphs=error.subgraphs or tuple(subgraph.name for subgraph, _ in found),
        positions=tuple(place for subgraph, element in found for place in position_of(element.node, subgraph.file)),
    )


def _find(subgraphs: Sequence[SubgraphSchema], coordinate: str) -> list[tuple[SubgraphSchema, Directed]]:
    return [(subgraph, element) for subgraph in subgraphs if (element := _element(subgraph, coordinate))]


def _element(subgraph: SubgraphSchema, coordinate: str) -> Directed | None:
    match = _COORDINATE.match(coordinate)
    definition = subgraph.types.get(match[1]) if match else None
    if match is None or definition is None or match[2] is None:
        return definition
    field = definition.fields.get(match[2])
    if match[3] is not None:
        return field.arguments.get(match[3]) if field else None
    return field or definition.inputs.get(match[2]) or definition.values.get(match[2])


def coordinate_at(document: DocumentNode, node: Node | None) -> tuple[str, ...]:
    """Give the coordinate of the element that the node is part of; nothing outside of types and directives."""
    if node is None or node.loc is None:
        return ()
    definition = _containing(document.definitions, node)
    match definition:
        case TypeDefinitionNode() | TypeExtensionNode():
            member = _containing(_parts(definition), node)
            if member is None:
                return (definition.name.value,)
            argument = _containing(_parts(member), node)
            suffix = f"({_name(argument)}:)" if argument is not None else ""
            return (f"{definition.name.value}.{_name(member)}{suffix}",)
        case DirectiveDefinitionNode():
            return (f"@{definition.name.value}",)
    return ()


def _parts(node: Node) -> Iterator[Node]:
    for key in _PARTS:
        yield from getattr(node, key, None) or ()


def _name(node: Node) -> str:
    name: str = node.name.value  # type: ignore[attr-defined]  # every part has one
    return name


def _containing(candidates: Iterable[Node], node: Node) -> Node | None:
    assert node.loc is not None  # noqa: S101 (the caller looked)
    start = node.loc.start
    return next((c for c in candidates if c.loc is not None and c.loc.start <= start < c.loc.end), None)
