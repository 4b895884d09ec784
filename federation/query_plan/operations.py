"""Takes a fetch's operation text apart again, for printing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    parse,
)

from federation.query_plan.nodes import EntityCall, FetchNode, FieldSegment, ListSegment, ResponsePath


def selection_set(fetch: FetchNode) -> SelectionSetNode:
    """Give what a fetch's operation selects, fragments written out."""
    definitions = parse(fetch.operation, no_location=True).definitions
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    operation = next(node for node in definitions if isinstance(node, OperationDefinitionNode))
    return _written_out(operation.selection_set, fragments)


def _written_out(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> SelectionSetNode:
    """Put a fragment's selections where it is spread: the planner spreads one only on its own type."""
    found: list[SelectionNode] = []
    for node in selections.selections:
        if isinstance(node, FragmentSpreadNode):
            found += _written_out(fragments[node.name.value].selection_set, fragments).selections
        elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set is not None:
            found.append(replace(node, selection_set=_written_out(node.selection_set, fragments)))
        else:
            found.append(node)
    return SelectionSetNode(selections=tuple(found))


def entity_selection_set(fetch: FetchNode, call: EntityCall) -> SelectionSetNode:
    """Give what an entity call asks of its entities."""
    for node in selection_set(fetch).selections:
        if isinstance(node, FieldNode) and node.selection_set is not None:
            key = node.alias.value if node.alias else node.name.value
            if key == call.response_name:
                return node.selection_set
    return SelectionSetNode(selections=())


def path_texts(path: ResponsePath) -> list[str]:
    """Give a path as the field writes it: `["users", "@", "|[Admin,User]", "org"]`."""
    texts = []
    for segment in path:
        match segment:
            case FieldSegment(name):
                texts.append(name)
            case ListSegment():
                texts.append("@")
            case _:
                texts.append(f"|[{','.join(sorted(segment.types))}]")
    return texts


def path_text(path: ResponsePath) -> str:
    """Give a path as one text: `users.@|[Admin].org`."""
    return ".".join(path_texts(path)).replace(".|", "|")
