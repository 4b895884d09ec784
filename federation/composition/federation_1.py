"""Upgrading Federation 1 subgraphs: what their directives meant, said in Federation 2.

Federation 1 let a value type be defined by many subgraphs, demanded `@external` where it had no meaning, and let one
subgraph own an entity that others extended. Source: https://specs.apollo.dev/federation/v1.0
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import StringValueNode

from federation.composition.field_sets import (
    FieldCoordinate,
    InvalidFieldSet,
    SelectedField,
    Selection,
    TypeCondition,
    parse_field_set,
    print_field_set,
)
from federation.composition.report import Report
from federation.composition.schema import Applied, Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type
from federation.composition.usage import FieldUsage, field_types, read_usage

_UNMEANT_ON_INTERFACES = ("external", "provides", "requires", "key")


@dataclass(frozen=True, slots=True)
class _Fields:
    """What is known of a subgraph's fields.

    Attributes:
        types: the named type of each.
        external: those of other subgraphs, and fields of interfaces that some implementation has from another one.
    """

    usage: FieldUsage
    types: Mapping[FieldCoordinate, str]
    external: frozenset[FieldCoordinate]


def _read_fields(schema: SubgraphSchema) -> _Fields:
    usage = read_usage(schema)
    implemented = {
        (interface, name)
        for type_name, name in usage.external
        for interface in schema.types[type_name].interfaces
        if interface in schema.types and name in schema.types[interface].fields
    }
    return _Fields(usage, field_types(schema), usage.external | implemented)


def upgrade_federation_1(schemas: Sequence[SubgraphSchema], report: Report) -> tuple[SubgraphSchema, ...]:
    """Give all schemas, those of Federation 1 upgraded. Bases of extensions are looked for in all of them."""
    if all(schema.federation_version is not None for schema in schemas):
        return tuple(schemas)
    bases = {
        definition.name
        for schema in schemas
        for definition in schema.types.values()
        if not definition.is_extension or (schema.federation_version is not None and not definition.is_only_extended)
    }
    _check_interface_objects(schemas, report)
    tags = _read_tags(schemas)
    keys = _read_first_keys(schemas)
    return tuple(
        schema
        if schema.federation_version is not None
        else _upgrade(_without_external_keys(_without_repeated_tags(schema, tags), keys), bases, report)
        for schema in schemas
    )


_Keys = Mapping[str, Sequence[tuple[str, frozenset[str]]]]
"""By type, the fields that the first key of each subgraph selects."""


def _read_first_keys(schemas: Sequence[SubgraphSchema]) -> _Keys:
    keys: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for schema in schemas:
        for definition in schema.types.values():
            for key in definition.applied("key")[:1]:
                keys.setdefault(definition.name, []).append((schema.name, frozenset(_selected_fields(key))))
    return keys


def _selected_fields(key: Applied) -> Iterator[str]:
    try:
        selections = parse_field_set(key.text("fields") or "")
    except InvalidFieldSet:
        return
    yield from (selection.name for selection in selections if isinstance(selection, SelectedField))


def _without_external_keys(schema: SubgraphSchema, keys: _Keys) -> SubgraphSchema:
    """An extension without a key of its own has the fields of the others' keys, `@external` or not."""

    def without(definition: TypeDefinition) -> TypeDefinition:
        if not definition.is_extension or definition.has("key") or definition.name not in keys:
            return definition
        own = {name for owner, names in keys[definition.name] if owner != schema.name for name in names}
        fields = {
            field.name: replace(field, directives=tuple(d for d in field.directives if d.name != "external"))
            if field.name in own
            else field
            for field in definition.fields.values()
        }
        return replace(definition, fields=fields)

    return replace(schema, types={definition.name: without(definition) for definition in schema.types.values()})


_Tags = Mapping[FieldCoordinate, set[tuple[str, str | None]]]
"""By field, subgraph and name of the tags where it is resolved."""


def _read_tags(schemas: Sequence[SubgraphSchema]) -> _Tags:
    tags: dict[FieldCoordinate, set[tuple[str, str | None]]] = {}
    for schema in schemas:
        for definition in schema.types.values():
            for field in definition.fields.values():
                if not field.has("external"):
                    found = {(schema.name, applied.text("name")) for applied in field.applied("tag")}
                    tags.setdefault((definition.name, field.name), set()).update(found)
    return tags


def _without_repeated_tags(schema: SubgraphSchema, tags: _Tags) -> SubgraphSchema:
    """Federation 1 repeated a field's tags on its external copies; one that is not on the field itself is a mistake."""

    def is_kept(definition: TypeDefinition, field: Field, applied: Applied) -> bool:
        elsewhere = {name for owner, name in tags.get((definition.name, field.name), ()) if owner != schema.name}
        return applied.name != "tag" or not field.has("external") or applied.text("name") not in elsewhere

    types = {
        definition.name: replace(
            definition,
            fields={
                field.name: replace(
                    field, directives=tuple(a for a in field.directives if is_kept(definition, field, a))
                )
                for field in definition.fields.values()
            },
        )
        for definition in schema.types.values()
    }
    return replace(schema, types=types)


def _check_interface_objects(schemas: Sequence[SubgraphSchema], report: Report) -> None:
    """A key on an interface of Federation 1 says nothing, so it cannot tell an interface object its types."""
    stand_ins = {d.name for schema in schemas for d in schema.types.values() if d.is_interface_object}
    for schema in schemas:
        for definition in schema.types.values() if schema.federation_version is None else ():
            if definition.kind is Kind.INTERFACE and definition.has("key") and definition.name in stand_ins:
                report.error(
                    "INTERFACE_OBJECT_USAGE_ERROR", definition.name,
                    f'[{schema.name}] "{definition.name}" is an @interfaceObject elsewhere, but its @key in this '
                    "Federation 1 subgraph cannot resolve the types behind it. Link Federation 2 here, or remove @key.",
                    [(schema, definition.node)],
                )  # fmt: skip


def _upgrade(schema: SubgraphSchema, bases: set[str], report: Report) -> SubgraphSchema:
    fields = _read_fields(schema)
    types = {
        definition.name: _upgrade_type(schema, definition, fields, bases, report)
        for definition in schema.types.values()
    }
    return replace(schema, types={name: definition for name, definition in types.items() if definition is not None})


def _upgrade_type(
    schema: SubgraphSchema, definition: TypeDefinition, known: _Fields, bases: set[str], report: Report
) -> TypeDefinition | None:
    if definition.kind is Kind.INTERFACE:
        return _without_directives(definition, is_extension=definition.is_extension and definition.name not in bases)
    if definition.kind is not Kind.OBJECT:
        return definition
    fields = {
        field.name: _upgrade_field(schema, definition, field, known)
        for field in definition.fields.values()
        if not _is_unused_external(definition, field, known.usage)
    }
    if definition.fields and not fields:
        if definition.name not in _referenced(schema):
            return None
        report.error(
            "TYPE_WITH_ONLY_UNUSED_EXTERNAL", definition.name,
            f'[{schema.name}] "{definition.name}" has only @external fields that nothing uses. Remove the type.',
            [(schema, definition.node)],
        )  # fmt: skip
        return None
    # `extend type` was only a manner of speech once there is a base; `@extends` stays visible as the reference has it.
    is_extension = definition.is_extension and (definition.has("extends") or definition.name not in bases)
    return replace(definition, fields=fields, is_extension=is_extension)


def _referenced(schema: SubgraphSchema) -> set[str]:
    """Give the types that a field or a union of the subgraph has."""
    fields = (field for definition in schema.types.values() for field in definition.fields.values())
    members = {member for definition in schema.types.values() for member in definition.members}
    return members | {named_type(field.type) for field in fields}


def _without_directives(definition: TypeDefinition, *, is_extension: bool) -> TypeDefinition:
    fields: Mapping[str, Field] = {
        field.name: replace(
            field, directives=tuple(d for d in field.directives if d.name not in _UNMEANT_ON_INTERFACES)
        )
        for field in definition.fields.values()
    }
    directives = tuple(d for d in definition.directives if d.name not in _UNMEANT_ON_INTERFACES)
    return replace(definition, fields=fields, directives=directives, is_extension=is_extension)


def _is_unused_external(definition: TypeDefinition, field: Field, usage: FieldUsage) -> bool:
    coordinate = (definition.name, field.name)
    return coordinate in usage.external and not usage.is_used(coordinate)


def _upgrade_field(schema: SubgraphSchema, definition: TypeDefinition, field: Field, fields: _Fields) -> Field:
    """Drop an `@external` that the subgraph does not mean, since the key of a type it extends is its own."""
    is_own = (definition.name, field.name) not in fields.usage.external
    kept = (directive for directive in field.directives if not (is_own and directive.name == "external"))
    active = (_active_part(schema, definition, field, directive, fields) for directive in kept)
    return replace(field, directives=tuple(directive for directive in active if directive is not None))


def _active_part(
    schema: SubgraphSchema, definition: TypeDefinition, field: Field, applied: Applied, fields: _Fields
) -> Applied | None:
    """Leave out of `@requires` and `@provides` what the subgraph resolves itself; None if nothing is left."""
    if applied.name not in ("requires", "provides"):
        return applied
    parent = definition.name if applied.name == "requires" else named_type(field.type)
    if parent not in schema.types or schema.types[parent].kind in (Kind.SCALAR, Kind.ENUM):
        return None  # there is nothing to provide
    try:
        selections = parse_field_set(applied.text("fields") or "")
    except InvalidFieldSet:
        return applied
    if any(_lacks_selection(schema, fields, coordinate) for coordinate in _leaves(fields, parent, selections)):
        return applied  # which the rules of field sets report
    active = tuple(_external_part(fields, parent, selections))
    if active == selections:
        return applied
    text = StringValueNode(value=print_field_set(active))
    return replace(applied, arguments={**applied.arguments, "fields": text}) if active else None


def _leaves(fields: _Fields, parent: str, selections: Iterable[Selection]) -> Iterator[FieldCoordinate]:
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                yield from _leaves(fields, type_name or parent, below)
            case SelectedField(name, below) if below:
                yield from _leaves(fields, fields.types.get((parent, name), ""), below)
            case SelectedField(name):
                yield parent, name


def _lacks_selection(schema: SubgraphSchema, fields: _Fields, leaf: FieldCoordinate) -> bool:
    target = schema.types.get(fields.types.get(leaf, ""))
    return target is not None and target.kind in (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)


def _external_part(fields: _Fields, parent: str, selections: Iterable[Selection]) -> Iterator[Selection]:
    """Keep unknown fields too: they are reported by the rules of field sets."""
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                kept = tuple(_external_part(fields, type_name or parent, below))
                if kept:
                    yield replace(selection, selections=kept)
            case SelectedField(name, below):
                coordinate = (parent, name)
                if coordinate in fields.external or coordinate not in fields.types:
                    yield selection
                elif kept := tuple(_external_part(fields, fields.types[coordinate], below)):
                    yield replace(selection, selections=kept)
