"""Fields that an `@interfaceObject` adds to an interface exist on every implementation of it.

Source: https://specs.apollo.dev/federation/v2.3
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from federation.composition.merge.context import MergeContext
from federation.composition.merge.directives import ComposedNames, merge_directives
from federation.composition.merge.merged import MergedDirective, MergedField, MergedType
from federation.composition.merge.sharing import check_shared_stand_ins
from federation.composition.schema import Kind
from federation.composition.specifications import ACCESS_DIRECTIVES


def add_interface_object_fields(context: MergeContext, types: Mapping[str, MergedType]) -> dict[str, MergedType]:
    """Copy each interface object's fields to the implementations that lack them, with a `@join__field` of no graph."""
    added = _interface_object_fields(context, types)
    return {name: _with_fields(context, definition, types, added) for name, definition in types.items()}


def _interface_object_fields(context: MergeContext, types: Mapping[str, MergedType]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            if definition.is_interface_object and definition.name in types:
                found.setdefault(definition.name, set()).update(definition.fields)
    return found


def _with_fields(
    context: MergeContext, definition: MergedType, types: Mapping[str, MergedType], added: Mapping[str, set[str]]
) -> MergedType:
    if definition.kind is not Kind.OBJECT or not any(interface in added for interface in definition.interfaces):
        return definition
    fields: dict[str, MergedField] = dict(definition.fields)
    for interface in definition.interfaces:
        for name, field in types[interface].fields.items() if interface in added else ():
            if name in added[interface] and name not in fields:
                coordinate = f"{definition.name}.{name}"
                directives = _directives(context, coordinate, field)
                check_shared_stand_ins(context, definition.name, name)
                fields[name] = replace(field, joins=("@join__field",), directives=directives)
    return replace(definition, fields=fields)


def _directives(context: MergeContext, coordinate: str, field: MergedField) -> tuple[MergedDirective, ...]:
    """The interface collects access rules of all implementations; each implementation takes its own only."""
    kept = tuple(directive for directive in field.directives if directive.name not in ACCESS_DIRECTIVES)
    return kept + merge_directives(context, coordinate, (), ComposedNames())
