"""`@skip` and `@include` of root fields: which of them an execution answers at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from graphql import DirectiveNode, FieldNode, InlineFragmentNode, SelectionSetNode, ValueNode, value_from_ast_untyped

from federation.executor.subgraph_client import JsonValue
from federation.partition.hidden import response_name_of

#: All must hold: (the directive's value, what it must be).
Conditions: TypeAlias = tuple[tuple[ValueNode, bool], ...]
_EXPECTED = {"skip": False, "include": True}


def root_conditions(selection_set: SelectionSetNode) -> dict[str, list[Conditions]]:
    """By response name of the root fields, in order, the alternatives of conditions under which it is answered."""
    found: dict[str, list[Conditions]] = {}
    _collect(selection_set, (), found)
    return found


def holds(alternatives: list[Conditions], variables: Mapping[str, JsonValue]) -> bool:
    """True if one of the alternatives holds."""
    return any(
        all(value_from_ast_untyped(value, dict(variables)) is expected for value, expected in conditions)
        for conditions in alternatives
    )


def _collect(selection_set: SelectionSetNode, outer: Conditions, found: dict[str, list[Conditions]]) -> None:
    for node in selection_set.selections:
        conditions = (*outer, *map(_condition, _deciding(node.directives)))
        if isinstance(node, FieldNode):
            found.setdefault(response_name_of(node), []).append(conditions)
        elif isinstance(node, InlineFragmentNode):
            _collect(node.selection_set, conditions, found)


def _deciding(directives: tuple[DirectiveNode, ...] | None) -> list[DirectiveNode]:
    return [directive for directive in directives or () if directive.name.value in _EXPECTED]


def _condition(directive: DirectiveNode) -> tuple[ValueNode, bool]:
    (decision,) = directive.arguments or ()
    return decision.value, _EXPECTED[directive.name.value]
