"""The part of a subgraph's schema that can be invalid, so that graphql-core need not build the rest to find out.

Building and validating whole schemas is a sixth of composing a large graph, and a schema's types refer to each other,
so that only garbage collection frees them. Most fields are plain: of a known type, with arguments of known types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from graphql import (
    BooleanValueNode,
    DefinitionNode,
    DirectiveDefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    IntValueNode,
    ListTypeNode,
    NamedTypeNode,
    NameNode,
    NonNullTypeNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    ValueNode,
)

from federation.composition.specifications import BUILT_IN_SCALARS

_INPUTS = (ScalarTypeDefinitionNode, EnumTypeDefinitionNode, InputObjectTypeDefinitionNode)
_OBJECTS = (ObjectTypeDefinitionNode, ObjectTypeExtensionNode)
_ROOTS = ("Query", "Mutation", "Subscription")
_SAFE_DIGITS = 9  # of an Int, which has 32 bits
_STUB = FieldDefinitionNode(
    name=NameNode(value="plain"),
    type=NamedTypeNode(name=NameNode(value="Boolean")),
    description=None,
    arguments=None,
    directives=None,
)

Object = ObjectTypeDefinitionNode | ObjectTypeExtensionNode


@dataclass(frozen=True, slots=True)
class _Types:
    """Names of types that a field may have, and those that an argument may have."""

    outputs: frozenset[str]
    inputs: frozenset[str]


def telling_part(definitions: tuple[DefinitionNode, ...]) -> tuple[DefinitionNode, ...]:
    """Leave out objects and fields that are surely valid. What is left is valid exactly if the whole is.

    An object without any field that tells is left out, or has one field in place of all where something refers to it.
    """
    types = _read_types(definitions)
    whole = {d.name.value for d in definitions if isinstance(d, _OBJECTS) and _is_needed_whole(d)}
    plain: list[ObjectTypeDefinitionNode] = []
    left: list[DefinitionNode] = []
    for definition in definitions:
        if not isinstance(definition, _OBJECTS) or definition.name.value in whole:
            left.append(definition)
        elif fields := tuple(field for field in definition.fields or () if not _is_plain_field(field, types)):
            left.append(_with_fields(definition, fields))
        elif isinstance(definition, ObjectTypeDefinitionNode):
            plain.append(definition)
    referred = {*_ROOTS, *chain.from_iterable(map(_references, left))}
    return (*left, *(_with_fields(definition, (_STUB,)) for definition in plain if definition.name.value in referred))


def _is_needed_whole(definition: Object) -> bool:
    """Interfaces are compared field by field; a type without fields or with a reserved name is not valid."""
    return bool(definition.interfaces) or not definition.fields or definition.name.value.startswith("__")


def _with_fields(definition: Object, fields: tuple[FieldDefinitionNode, ...]) -> Object:
    return type(definition)(name=definition.name, directives=definition.directives, fields=fields, loc=definition.loc)


def _references(definition: DefinitionNode) -> Iterator[str]:
    match definition:
        case SchemaDefinitionNode() | SchemaExtensionNode():
            yield from (operation.type.name.value for operation in definition.operation_types or ())
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            yield from (member.name.value for member in definition.types or ())
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            yield from (_named(value.type) for value in definition.fields or ())
        case DirectiveDefinitionNode():
            yield from (_named(argument.type) for argument in definition.arguments or ())
        case (
            ObjectTypeDefinitionNode()
            | ObjectTypeExtensionNode()
            | InterfaceTypeDefinitionNode()
            | InterfaceTypeExtensionNode()
        ):
            yield definition.name.value  # which an extension needs
            yield from (interface.name.value for interface in definition.interfaces or ())
            for field in definition.fields or ():
                yield _named(field.type)
                yield from (_named(argument.type) for argument in field.arguments or ())


def _read_types(definitions: Iterable[DefinitionNode]) -> _Types:
    outputs, inputs = set(BUILT_IN_SCALARS), set(BUILT_IN_SCALARS)
    for definition in definitions:
        if isinstance(definition, TypeDefinitionNode):
            name = definition.name.value
            (inputs.add if isinstance(definition, _INPUTS) else inputs.discard)(name)
            is_input = isinstance(definition, InputObjectTypeDefinitionNode)
            (outputs.discard if is_input else outputs.add)(name)
    return _Types(frozenset(outputs), frozenset(inputs))


def _is_plain_field(field: FieldDefinitionNode, types: _Types) -> bool:
    return _is_plain(field, types.outputs) and (
        not field.arguments or all(_is_plain_argument(argument, types) for argument in field.arguments)
    )


def _is_plain(node: FieldDefinitionNode | InputValueDefinitionNode, names: frozenset[str]) -> bool:
    """Tell whether name and type are valid. The library evaluates `@deprecated`, so that is left to it."""
    return (
        _named(node.type) in names
        and not node.name.value.startswith("__")
        and (not node.directives or all(directive.name.value != "deprecated" for directive in node.directives))
    )


def _is_plain_argument(argument: InputValueDefinitionNode, types: _Types) -> bool:
    return _is_plain(argument, types.inputs) and (
        argument.default_value is None or _is_plain_default(argument.type, argument.default_value)
    )


def _is_plain_default(expected: TypeNode, value: ValueNode) -> bool:
    match _named(expected), value:
        case "Int", IntValueNode():
            return len(value.value) <= _SAFE_DIGITS
        case ("String", StringValueNode()) | ("Boolean", BooleanValueNode()):
            return True
    return False


def _named(node: TypeNode) -> str:
    while isinstance(node, NonNullTypeNode | ListTypeNode):
        node = node.type
    assert isinstance(node, NamedTypeNode)  # noqa: S101 (there is no other kind)
    return node.name.value
