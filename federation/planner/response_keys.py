"""Reads the response keys of an operation, before anything else is read of it."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import DocumentNode, FieldNode, SelectionSetNode

_TYPENAME = "__typename"


def find_typename_key(document: DocumentNode) -> str | None:
    """Give a free response key for fields that the client calls `__typename` although they are others.

    `{ item { __typename: id } }` is legal; but objects that are fetched need that key for the name of their type. None
    if the client does no such thing.
    """
    keys: set[str] = set()
    is_needed = False
    for node in _fields(document):
        if node.alias is not None:
            is_needed = is_needed or (node.alias.value == _TYPENAME != node.name.value)
            keys.add(node.alias.value)
    if not is_needed:
        return None
    key = "_t_typename"
    while key in keys:
        key = f"_{key}"
    return key


def _fields(document: DocumentNode) -> Iterator[FieldNode]:
    """All fields that stand in a document; no more than it is long, since fragments are not followed."""
    waiting: list[SelectionSetNode] = [
        definition.selection_set for definition in document.definitions if hasattr(definition, "selection_set")
    ]
    while waiting:
        for node in waiting.pop().selections:
            if isinstance(node, FieldNode):
                yield node
            inner = getattr(node, "selection_set", None)
            if inner is not None:
                waiting.append(inner)
