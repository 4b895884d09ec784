"""Which fields a subgraph's keys, `@requires`, `@provides` and interfaces use, and which of its fields are external."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from federation.composition.field_sets import FieldCoordinate, InvalidFieldSet, parse_field_set, selected_coordinates
from federation.composition.schema import Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type


@dataclass(frozen=True, slots=True)
class FieldUsage:
    """Fields of one subgraph by their use; each set holds (type, field).

    Attributes:
        keys: selected by a key, nested ones included.
        interfaces: implement a field of an interface of this subgraph.
        external: marked `@external`, except in keys of extensions, where Federation 1 demanded the mark on each field
            and ignored it.
    """

    keys: frozenset[FieldCoordinate]
    requires: frozenset[FieldCoordinate]
    provides: frozenset[FieldCoordinate]
    interfaces: frozenset[FieldCoordinate]
    contexts: frozenset[FieldCoordinate]
    external: frozenset[FieldCoordinate]

    def is_used(self, coordinate: FieldCoordinate) -> bool:
        """Tell whether anything in the subgraph relies on the field."""
        return (
            coordinate in self.keys
            or coordinate in self.requires
            or coordinate in self.provides
            or coordinate in self.interfaces
            or coordinate in self.contexts
        )


def field_types(schema: SubgraphSchema) -> dict[FieldCoordinate, str]:
    """Give the named type of every field."""
    return {
        (definition.name, field.name): named_type(field.type)
        for definition in schema.types.values()
        for field in definition.fields.values()
    }


def read_externals(schema: SubgraphSchema) -> frozenset[FieldCoordinate]:
    """Give the external fields alone; most subgraphs have none."""
    marked = frozenset(
        (definition.name, field.name)
        for definition in schema.types.values()
        for field in definition.fields.values()
        if field.has("external")
    )
    if not marked:
        return marked
    types = field_types(schema)
    extensions = (definition for definition in schema.types.values() if definition.is_extension)
    ignored = {coordinate for definition in extensions for coordinate in _of_keys(definition, types)}
    return marked - {(owner, name) for owner, name in ignored if _is_marked_itself(schema, owner, name)}


def _is_marked_itself(schema: SubgraphSchema, owner: str, name: str) -> bool:
    """A mark on the type stands for all fields, but it is not theirs."""
    field = schema.types[owner].fields.get(name)
    own = getattr(field.node, "directives", None) or () if field is not None else ()
    return field is not None and any(applied.node in own for applied in field.applied("external"))


def read_usage(schema: SubgraphSchema) -> FieldUsage:
    """Collect the uses; field sets that cannot be parsed count for nothing (they are reported elsewhere)."""
    types = field_types(schema)
    return FieldUsage(
        keys=frozenset(_spread(schema, (c for d in schema.types.values() for c in _of_keys(d, types)))),
        requires=frozenset(_spread(schema, _of_fields(schema, "requires", types))),
        provides=frozenset(_spread(schema, _of_fields(schema, "provides", types))),
        interfaces=frozenset(_of_interfaces(schema)),
        contexts=frozenset(_spread(schema, _of_contexts(schema, types))),
        external=read_externals(schema),
    )


def _of_keys(definition: TypeDefinition, types: dict[FieldCoordinate, str]) -> Iterator[FieldCoordinate]:
    for key in definition.applied("key"):
        yield from _selected(key.text("fields"), definition.name, types)


def _of_fields(schema: SubgraphSchema, directive: str, types: dict[FieldCoordinate, str]) -> Iterator[FieldCoordinate]:
    for definition in schema.types.values():
        for field in definition.fields.values():
            parent = definition.name if directive == "requires" else named_type(field.type)
            for applied in field.applied(directive):
                yield from _selected(applied.text("fields"), parent, types)


def _of_contexts(schema: SubgraphSchema, types: dict[FieldCoordinate, str]) -> Iterator[FieldCoordinate]:
    setters = {
        context.text("name"): definition.name
        for definition in schema.types.values()
        for context in definition.applied("context")
    }
    for definition in schema.types.values():
        for argument in (argument for field in definition.fields.values() for argument in field.arguments.values()):
            for applied in argument.applied("fromContext"):
                name, _, selection = (applied.text("field") or "").strip().removeprefix("$").partition(" ")
                if name in setters:
                    yield from _selected(selection, setters[name], types)


def _selected(text: str | None, parent: str, types: dict[FieldCoordinate, str]) -> Iterator[FieldCoordinate]:
    try:
        yield from selected_coordinates(parse_field_set(text or ""), parent, types)
    except InvalidFieldSet:
        return


def _spread(schema: SubgraphSchema, coordinates: Iterator[FieldCoordinate]) -> Iterator[FieldCoordinate]:
    """A selected interface field uses the field of each implementation too."""
    for type_name, field_name in coordinates:
        yield type_name, field_name
        definition = schema.types.get(type_name)
        if definition is not None and definition.kind is Kind.INTERFACE:
            yield from ((implementation, field_name) for implementation in schema.implementations(type_name))


def _of_interfaces(schema: SubgraphSchema) -> Iterator[FieldCoordinate]:
    for definition in schema.types.values():
        for interface in definition.interfaces:
            if interface in schema.types:
                yield from ((definition.name, field) for field in schema.types[interface].fields)
