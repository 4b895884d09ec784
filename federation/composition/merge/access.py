"""Access rules that an element takes over: an interface demands all that any of its implementations demands.

Else a query through the interface would read what a query of the type may not. A field of an interface object belongs
to every implementation, so its rules go there, and to their other interfaces.
Source: https://specs.apollo.dev/federation/v2.12
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from federation.composition.schema import Directed, Kind, SubgraphSchema, TypeDefinition
from federation.composition.specifications import ACCESS_DIRECTIVES
from federation.composition.usage import FieldUsage

AccessSources = Mapping[str, list[tuple[SubgraphSchema, Directed]]]
"""By coordinate, elements of subgraphs whose access rules hold there too; they carry nothing else."""


def read_inherited_access(
    subgraphs: tuple[SubgraphSchema, ...], supertypes: Mapping[str, frozenset[str]], usage: Mapping[str, FieldUsage]
) -> AccessSources:
    """Collect what each interface, and each implementation of an interface object, takes over."""
    interfaces = {d.name for s in subgraphs for d in s.types.values() if d.merged_kind is Kind.INTERFACE}
    implemented = {name: sorted(above & interfaces) for name, above in supertypes.items() if name not in interfaces}
    found: dict[str, list[tuple[SubgraphSchema, Directed]]] = {}
    for subgraph in subgraphs:
        for definition in subgraph.types.values():
            if definition.kind is Kind.OBJECT:
                for coordinate, element in _passed_on(definition, implemented, usage[subgraph.name]):
                    found.setdefault(coordinate, []).append((subgraph, element))
    return found


def _passed_on(
    definition: TypeDefinition, implemented: Mapping[str, list[str]], usage: FieldUsage
) -> Iterator[tuple[str, Directed]]:
    if _has_rules(definition):
        yield from ((interface, _rules(definition)) for interface in implemented.get(definition.name, ()))
    receivers = _receivers(definition, implemented)
    for field in definition.fields.values():
        if _has_rules(field) and (definition.name, field.name) not in usage.external:
            yield from ((f"{name}.{field.name}", _rules(field)) for name in receivers)


def _receivers(definition: TypeDefinition, implemented: Mapping[str, list[str]]) -> list[str]:
    if not definition.is_interface_object:
        return implemented.get(definition.name, [])
    implementations = [name for name, interfaces in implemented.items() if definition.name in interfaces]
    others = {interface for name in implementations for interface in implemented[name]} - {definition.name}
    return [*implementations, *sorted(others)]


def _has_rules(element: Directed) -> bool:
    return any(directive.name in ACCESS_DIRECTIVES for directive in element.directives)


def _rules(element: Directed) -> Directed:
    return replace(element, directives=tuple(d for d in element.directives if d.name in ACCESS_DIRECTIVES))
