"""Which paths of fetched data the client's operation asks for: keys and requirements it may never have heard of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from federation.executor.errors import ErrorPath
from federation.executor.operation import Operation, response_key
from federation.query_plan.nodes import FieldSegment, ResponsePath


def asked_path(operation: Operation, path: ErrorPath) -> ErrorPath:
    """The path as far as the operation selects it; an error further in belongs to the object there."""
    return path[: _asked_length(operation, [step if isinstance(step, str) else None for step in path])]


def asked_response_path(operation: Operation, path: ResponsePath) -> ResponsePath:
    """The same of a path that leads through all items of lists."""
    names = [segment.name if isinstance(segment, FieldSegment) else None for segment in path]
    return path[: _asked_length(operation, names)]


def _asked_length(operation: Operation, names: list[str | None]) -> int:
    selections: list[SelectionSetNode] = [operation.node.selection_set]
    for place, name in enumerate(names):
        if name is None:
            continue
        found = [node for node in _fields(operation, selections, set()) if response_key(node) == name]
        if not found:
            return place
        selections = [node.selection_set for node in found if node.selection_set is not None]
    return len(names)


def _fields(operation: Operation, selection_sets: Iterable[SelectionSetNode], visited: set[str]) -> Iterator[FieldNode]:
    for selection in (selection for selections in selection_sets for selection in selections.selections):
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(operation, [selection.selection_set], visited)
        elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in visited:
            visited.add(selection.name.value)
            yield from _fields(operation, [operation.fragments[selection.name.value].selection_set], visited)
