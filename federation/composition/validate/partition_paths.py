"""What the partition directives name: dotted paths of fields and arguments, and connections."""

from __future__ import annotations

from collections.abc import Mapping

from federation.composition.schema import Field, InputValue, Kind, SubgraphSchema
from federation.composition.types import Named, NonNull, TypeRef, is_list, named_type

_NO_CITY = frozenset({"Int", "Float", "Boolean"})


def fields_of(schema: SubgraphSchema, type_name: str) -> Mapping[str, Field]:
    """Give a type's fields; none for a type that has none or is not known."""
    definition = schema.types.get(type_name)
    return definition.fields if definition is not None else {}


def fields_at(schema: SubgraphSchema, type_name: str, path: str) -> tuple[Field, ...] | None:
    """Follow a dotted path of fields; lists on the way lead nowhere, since they hold no single value."""
    found: list[Field] = []
    for name in path.split("."):
        field = fields_of(schema, type_name).get(name)
        if field is None or (found and is_list(found[-1].type)):
            return None
        found.append(field)
        type_name = named_type(field.type)
    return tuple(found)


def inputs_at(schema: SubgraphSchema, field: Field, path: str) -> tuple[InputValue, ...] | None:
    """Follow a dotted path from an argument into input objects."""
    found: list[InputValue] = []
    known = field.arguments
    for name in path.split("."):
        if name not in known:
            return None
        found.append(known[name])
        target = schema.types.get(named_type(known[name].type))
        known = target.inputs if target is not None else {}
    return tuple(found)


def kind_of(schema: SubgraphSchema, type_name: str) -> Kind:
    """Give a type's kind; what is built in is a scalar."""
    definition = schema.types.get(type_name)
    return definition.kind if definition is not None else Kind.SCALAR


def is_leaf(schema: SubgraphSchema, type_ref: TypeRef) -> bool:
    """Tell whether a value is a single scalar or enum value."""
    return not is_list(type_ref) and kind_of(schema, named_type(type_ref)) in (Kind.SCALAR, Kind.ENUM)


def holds_city(schema: SubgraphSchema, type_ref: TypeRef) -> bool:
    """Tell whether a single value can be a city's code: six digits in text, which no enum value is written with."""
    inner = type_ref.item if isinstance(type_ref, NonNull) else type_ref
    return isinstance(inner, Named) and inner.name not in _NO_CITY and kind_of(schema, inner.name) is Kind.SCALAR


def is_connection(schema: SubgraphSchema, type_ref: TypeRef) -> bool:
    """Tell whether a type has the shape of a Relay connection: page info, and rows in edges or alone."""
    fields = fields_of(schema, named_type(type_ref))
    return not is_list(type_ref) and "pageInfo" in fields and ("edges" in fields or "nodes" in fields)


def node_type(schema: SubgraphSchema, type_ref: TypeRef) -> str | None:
    """Give the type of a connection's rows, or None where what pages are made of is missing."""
    fields = fields_of(schema, named_type(type_ref))
    page_info, edges = fields.get("pageInfo"), fields.get("edges")
    if page_info is None or edges is None or not is_list(edges.type):
        return None
    edge = fields_of(schema, named_type(edges.type))
    if "hasNextPage" not in fields_of(schema, named_type(page_info.type)) or not {"cursor", "node"} <= edge.keys():
        return None
    return named_type(edge["node"].type)
