"""The rule that a field demands what the fields it is computed from demand: else it would leak what they protect.

Source: https://specs.apollo.dev/federation/v2.9
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.composition.field_sets import (
    FieldCoordinate,
    InvalidFieldSet,
    Selection,
    parse_field_set,
    selected_coordinates,
)
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import split_context_field
from federation.composition.merge.merged import MergedElement, MergedSchema
from federation.composition.merge.requirements import Alternatives, read_alternatives
from federation.composition.schema import Field, SubgraphSchema, TypeDefinition
from federation.composition.usage import field_types

_ARGUMENTS = {"requiresScopes": "scopes", "policy": "policies"}


@dataclass(frozen=True, slots=True)
class _Access:
    """What is demanded: a login, and alternatives of scopes and of policies (None: no demand)."""

    is_authenticated: bool
    alternatives: Mapping[str, tuple[Alternatives, ...]]

    def implies(self, other: _Access) -> bool:
        """Tell whether whoever may pass here may pass there."""
        if other.is_authenticated and not self.is_authenticated:
            return False
        return all(
            any(_implies(own, needed) for own in self.alternatives[name])
            for name in _ARGUMENTS
            for needed in other.alternatives[name]
        )


def check_access(context: MergeContext, merged: MergedSchema) -> None:
    """Report fields that demand less than what they require or take from a context."""
    for subgraph in context.subgraphs:
        types = field_types(subgraph)
        for definition in subgraph.types.values():
            for field in definition.fields.values():
                for directive, parent, selections in _sources(subgraph, definition, field):
                    used = set(selected_coordinates(selections, parent, types))
                    _check_field(context, merged, (subgraph, definition, field), (directive, used))


def _sources(
    subgraph: SubgraphSchema, definition: TypeDefinition, field: Field
) -> Iterator[tuple[str, str, tuple[Selection, ...]]]:
    for applied in field.applied("requires"):
        yield "requires", definition.name, parse_field_set(applied.text("fields") or "")
    for applied in (a for argument in field.arguments.values() for a in argument.applied("fromContext")):
        found = split_context_field(applied.text("field") or "")
        for setter in subgraph.types.values():
            if found and any(context.text("name") == found[0] for context in setter.applied("context")):
                try:
                    yield "fromContext", setter.name, parse_field_set(found[1])
                except InvalidFieldSet:
                    continue


def _check_field(
    context: MergeContext,
    merged: MergedSchema,
    place: tuple[SubgraphSchema, TypeDefinition, Field],
    used: tuple[str, Iterable[FieldCoordinate]],
) -> None:
    subgraph, definition, field = place
    own = _access(merged, (definition.name, field.name))
    directive, coordinates = used
    missing = sorted(".".join(other) for other in coordinates if not own.implies(_access(merged, other)))
    if missing:
        coordinate = f"{definition.name}.{field.name}"
        context.report.error(
            "MISSING_TRANSITIVE_AUTH_REQUIREMENTS", coordinate,
            f'[{subgraph.name}] "{coordinate}" uses {", ".join(missing)} by @{directive} but demands less access. '
            "Repeat their @authenticated, @requiresScopes or @policy on it.",
            [(subgraph, field.node)],
        )  # fmt: skip


def _access(merged: MergedSchema, coordinate: FieldCoordinate) -> _Access:
    """Collect what the field and its type demand together."""
    definition = merged.types.get(coordinate[0])
    field = definition.fields.get(coordinate[1]) if definition is not None else None
    elements: list[MergedElement] = [element for element in (definition, field) if element is not None]
    directives = [directive for element in elements for directive in element.directives]
    return _Access(
        any(directive.name == "authenticated" for directive in directives),
        {
            name: tuple(
                read_alternatives(directive.text(argument) or "[]")
                for directive in directives
                if directive.name == name
            )
            for name, argument in _ARGUMENTS.items()
        },
    )


def _implies(own: Alternatives, needed: Alternatives) -> bool:
    return all(any(choice <= held for choice in needed) for held in own)
