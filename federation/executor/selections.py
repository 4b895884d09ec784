"""What a subgraph operation brings: the places of the objects in its answer, read from its text once per plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from federation.executor.operation import response_key
from federation.executor.paths import FlatPath


@dataclass(frozen=True, slots=True)
class FetchedFields:
    """The response keys of one operation.

    Attributes:
        roots: the keys of the root fields, in order.
        composites: places of all fields with selections of their own, e.g. `("_entities", "reviews", "author")`.
    """

    roots: tuple[str, ...]
    composites: frozenset[FlatPath]


def read_fetched_fields(operation: str) -> FetchedFields:
    """Read the operation's text, named fragments included."""
    keys = read_keys(operation)
    return FetchedFields(keys[()], frozenset(filter(None, keys)))


def read_keys(operation: str) -> dict[FlatPath, tuple[str, ...]]:
    """By place the response keys of the objects there, of whichever type; the empty place is the root."""
    definitions = parse(operation, no_location=True).definitions
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    root = next(node.selection_set for node in definitions if isinstance(node, OperationDefinitionNode))
    keys: dict[FlatPath, dict[str, None]] = {}
    for place, key in _keys(root, fragments, ()):
        keys.setdefault(place, {})[key] = None
    return {place: tuple(at_place) for place, at_place in keys.items()}


def _keys(
    selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode], place: FlatPath
) -> Iterator[tuple[FlatPath, str]]:
    for field in _fields(selection_set, fragments):
        key = response_key(field)
        yield place, key
        if field.selection_set is not None:
            yield from _keys(field.selection_set, fragments, (*place, key))


def _fields(selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields of a selection set and of the fragments in it."""
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
