"""Whether an entity representation carries a key and what is required, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode


def is_exactly(value: Any, selection_sets: Sequence[SelectionSetNode]) -> bool:
    """Whether no object of the value has a field that no selection set names; `__typename` may always be there."""
    if isinstance(value, list):
        return all(is_exactly(item, selection_sets) for item in value)
    if not isinstance(value, Mapping):
        return True
    named: dict[str, list[SelectionSetNode]] = {"__typename": []}
    for field in (field for selections in selection_sets for field in fields_of(selections, {})):
        named.setdefault(field.name.value, []).extend([field.selection_set] if field.selection_set else [])
    # What has no selections is a leaf: the value of a custom scalar may be an object, too.
    return all(name in named and (not named[name] or is_exactly(found, named[name])) for name, found in value.items())


def fields_of(selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields that a selection set names, whatever the types are."""
    for selection in selections.selections:
        match selection:
            case FieldNode():
                yield selection
            case InlineFragmentNode(selection_set=inner):
                yield from fields_of(inner, fragments)
            case FragmentSpreadNode(name=name):
                yield from fields_of(fragments[name.value].selection_set, fragments)
