"""The rule that a field demands what the fields it is computed from demand: else it would leak what they protect.

Source: https://specs.apollo.dev/federation/v2.9
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.composition.field_sets import InvalidFieldSet, SelectedField, Selection, TypeCondition, parse_field_set
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import split_context_field
from federation.composition.merge.merged import MergedElement, MergedSchema
from federation.composition.merge.requirements import Alternatives, conjoin
from federation.composition.schema import Field, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type

Element = tuple[str, MergedElement]
"""An element with its coordinate."""

_ARGUMENTS = {"requiresScopes": "scopes", "policy": "policies"}


@dataclass(frozen=True, slots=True)
class _Access:
    """What is demanded: a login, and alternatives of scopes and of policies (one empty alternative: no demand)."""

    is_authenticated: bool
    alternatives: Mapping[str, Alternatives]

    def implies(self, other: _Access) -> bool:
        """Tell whether whoever may pass here may pass there."""
        if other.is_authenticated and not self.is_authenticated:
            return False
        return all(_implies(self.alternatives[name], other.alternatives[name]) for name in _ARGUMENTS)


def check_access(context: MergeContext, merged: MergedSchema) -> None:
    """Report fields that demand less than what they require or take from a context."""
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            for field in definition.fields.values():
                for directive, parent, selections in _sources(subgraph, definition, field):
                    used = list(_used_elements(merged, parent, selections))
                    if directive == "fromContext":
                        used.append((parent, merged.types[parent]))
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
    used: tuple[str, Iterable[Element]],
) -> None:
    subgraph, definition, field = place
    own = _access(merged.types[definition.name], merged.types[definition.name].fields[field.name])
    directive, elements = used
    missing = sorted({written for written, element in elements if not own.implies(_access(element))})
    if missing:
        coordinate = f"{definition.name}.{field.name}"
        context.report.error(
            "MISSING_TRANSITIVE_AUTH_REQUIREMENTS", coordinate,
            f'[{subgraph.name}] "{coordinate}" uses {", ".join(missing)} by @{directive} but demands less access. '
            "Repeat their @authenticated, @requiresScopes or @policy on it.",
            [(subgraph, field.node)],
        )  # fmt: skip


def _used_elements(merged: MergedSchema, parent: str, selections: Iterable[Selection]) -> Iterator[Element]:
    """Give the fields selected, their types, and the types selected on."""
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                if type_name is not None and type_name in merged.types:
                    yield type_name, merged.types[type_name]
                yield from _used_elements(merged, type_name or parent, below)
            case SelectedField(name, below):
                field = merged.types[parent].fields.get(name)
                if field is not None:
                    target = named_type(field.type)
                    yield f"{parent}.{name}", field
                    if target in merged.types:
                        yield target, merged.types[target]
                    yield from _used_elements(merged, target, below)


def _access(*elements: MergedElement) -> _Access:
    """Collect what the elements demand together."""
    directives = [directive for element in elements for directive in element.directives]
    return _Access(
        any(directive.name == "authenticated" for directive in directives),
        {
            name: conjoin([directive.text(argument) or "[]" for directive in directives if directive.name == name])
            for name, argument in _ARGUMENTS.items()
        },
    )


def _implies(own: Alternatives, needed: Alternatives) -> bool:
    return all(any(set(choice) <= set(held) for choice in needed) for held in own)
