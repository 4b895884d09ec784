"""Printing the API schema: what clients of the supergraph see."""

from __future__ import annotations

from dataclasses import replace

from federation.composition.merge.merged import MergedElement, MergedSchema, MergedType
from federation.composition.printing.print_type import print_directive, print_directive_definition, print_type

_EXECUTABLE = frozenset({"QUERY", "MUTATION", "SUBSCRIPTION", "FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"})


def print_api_schema(merged: MergedSchema) -> str:
    """Write what clients see: nothing inaccessible, none of federation's own directives and types."""

    def is_visible(element: MergedElement) -> bool:
        return not element.is_inaccessible

    definitions = [
        print_directive_definition(definition, _api_decoration, is_visible)
        for _, definition in sorted(merged.directive_definitions.items())
        if not definition.is_composed and any(location in _EXECUTABLE for location in definition.locations)
    ]
    visible = {name for name, definition in merged.types.items() if is_visible(definition)}
    types = [
        print_type(_without(definition, visible), _api_decoration, is_visible)
        for name, definition in sorted(merged.types.items())
        if name in visible
    ]
    return "\n\n".join([*definitions, *types]) + "\n"


def _without(definition: MergedType, visible: set[str]) -> MergedType:
    """Leave out interfaces and members that the API does not have."""
    return replace(
        definition,
        interfaces=tuple(name for name in definition.interfaces if name in visible),
        members=tuple(name for name in definition.members if name in visible),
    )


def _api_decoration(element: MergedElement) -> list[str]:
    kept = ("deprecated", "specifiedBy", "oneOf")
    return [print_directive(directive, {}) for directive in element.directives if directive.name in kept]
