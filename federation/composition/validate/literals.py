"""Whether a literal is a value of a type: in a subgraph or in the merged schema, whichever its types come from."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal, InvalidOperation
from math import isfinite

from graphql import (
    BooleanValueNode,
    EnumValueNode,
    FloatValueNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    print_ast,
)

from federation.composition.merge.merged import MergedType
from federation.composition.schema import Kind, TypeDefinition
from federation.composition.types import ListOf, NonNull, TypeRef

Value = Hashable
"""What a literal says, comparable: `1` and `1.0` are one number, and the order of an object's fields does not count."""

Types = Mapping[str, MergedType] | Mapping[str, TypeDefinition]

_LITERALS: dict[str, tuple[type[ValueNode], ...]] = {
    "Int": (IntValueNode,),
    "Float": (IntValueNode, FloatValueNode),
    "String": (StringValueNode,),
    "Boolean": (BooleanValueNode,),
    "ID": (IntValueNode, StringValueNode),
}


def literal_value(node: ValueNode) -> Value:
    """Give the value of a constant literal, to be compared with others."""
    match node:
        case IntValueNode() | FloatValueNode():
            return _number(node.value)
        case ListValueNode():
            return tuple(literal_value(item) for item in node.values)
        case ObjectValueNode():
            return frozenset((field.name.value, literal_value(field.value)) for field in node.fields)
        case StringValueNode():
            return ("string", node.value)  # which no enum value is
        case BooleanValueNode():
            return ("boolean", node.value)
    return print_ast(node)


def _number(text: str) -> Value:
    try:
        return Decimal(text)
    except InvalidOperation:  # its exponent is beyond all bounds
        return ("number", text)


def fits(types: Types, expected: TypeRef, value: ValueNode) -> bool:
    """Tell whether the type accepts the literal; a custom scalar accepts any."""
    match expected:
        case NonNull(inner):
            return not isinstance(value, NullValueNode) and fits(types, inner, value)
        case _ if isinstance(value, NullValueNode):
            return True
        case ListOf(item):
            items = value.values if isinstance(value, ListValueNode) else (value,)
            return all(fits(types, item, element) for element in items)
    definition = types.get(expected.name)
    if definition is None:
        is_finite = expected.name != "Float" or not isinstance(value, FloatValueNode) or isfinite(float(value.value))
        return is_finite and isinstance(value, _LITERALS.get(expected.name, (ValueNode,)))
    return _fits_definition(types, definition, value)


def _fits_definition(types: Types, definition: MergedType | TypeDefinition, value: ValueNode) -> bool:
    match definition.kind:
        case Kind.ENUM:
            return isinstance(value, EnumValueNode) and value.value in definition.values
        case Kind.INPUT:
            return isinstance(value, ObjectValueNode) and all(
                field.name.value in definition.inputs
                and fits(types, definition.inputs[field.name.value].type, field.value)
                for field in value.fields
            )
    return True
