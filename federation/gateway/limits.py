"""Limits on one operation that hold whatever the schema is: depth, and whether it may ask for the schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from federation.gateway.errors import RequestCode, refuse

_SCHEMA_FIELDS = frozenset({"__schema", "__type"})


def check_depth(document: DocumentNode, operation: OperationDefinitionNode, max_depth: int) -> None:
    """Refuse an operation whose fields stand deeper in each other than `max_depth` (MAX_DEPTH_EXCEEDED).

    Fragments count where they are spread. The document must be valid: a cycle of fragments would not end.
    """
    depth = _Depths(fragments_of(document)).of(operation.selection_set)
    if depth > max_depth:
        message = f"The operation is {depth} fields deep, the limit is {max_depth}."
        raise refuse(RequestCode.MAX_DEPTH_EXCEEDED, message)


def asks_for_schema(document: DocumentNode, operation: OperationDefinitionNode) -> bool:
    """Whether the operation selects `__schema` or `__type`."""
    names = (field.name.value for field in _fields(operation.selection_set, fragments_of(document)))
    return any(name in _SCHEMA_FIELDS for name in names)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The document's fragments by name."""
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


class _Depths:
    """Depths of selection sets; each fragment is measured once, however often it is spread."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._of_fragments: dict[str, int] = {}

    def of(self, selection_set: SelectionSetNode | None) -> int:
        deepest = 0
        for selection in selection_set.selections if selection_set is not None else ():
            depth = 0
            match selection:
                case FieldNode():
                    depth = 1 + self.of(selection.selection_set)
                case FragmentSpreadNode():
                    depth = self._of_fragment(selection.name.value)
                case InlineFragmentNode():
                    depth = self.of(selection.selection_set)
            deepest = max(deepest, depth)
        return deepest

    def _of_fragment(self, name: str) -> int:
        if name not in self._of_fragments:
            self._of_fragments[name] = self.of(self._fragments[name].selection_set)
        return self._of_fragments[name]


def _fields(selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The root fields of a selection set, those of its fragments included; each fragment is visited once."""
    visited: set[str] = set()
    pending = [selection_set]
    while pending:
        for selection in pending.pop().selections:
            match selection:
                case FieldNode():
                    yield selection
                case FragmentSpreadNode() if selection.name.value not in visited:
                    visited.add(selection.name.value)
                    pending.append(fragments[selection.name.value].selection_set)
                case InlineFragmentNode():
                    pending.append(selection.selection_set)
