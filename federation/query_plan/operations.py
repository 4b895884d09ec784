"""Takes a fetch's operation text apart again, for printing."""

from __future__ import annotations

from graphql import FieldNode, OperationDefinitionNode, SelectionSetNode, parse

from federation.query_plan.nodes import EntityCall, FetchNode, FieldSegment, ListSegment, ResponsePath


def selection_set(fetch: FetchNode) -> SelectionSetNode:
    """Give what a fetch's operation selects."""
    operations = (
        d for d in parse(fetch.operation, no_location=True).definitions if isinstance(d, OperationDefinitionNode)
    )
    return next(operations).selection_set


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
