"""Where the SDL that a city serves is not its domain's contract, by coordinate.

Compared is what queries and merges depend on: types, fields, arguments, values, members, keys, requirements, and our
own directives. Descriptions, order, tags and links say nothing about what is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    FieldDefinitionNode,
    GraphQLSyntaxError,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    StringValueNode,
    TypeNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
    parse,
    print_ast,
)

#: How a partitioned subgraph's answers are merged: the gateway goes by the contract, whatever the city says of them.
_MERGING = frozenset({"merge", "route", "partitionKey"})
_COMPARED = _MERGING | {"key", "requires", "provides", "external", "interfaceObject", "oneOf"}
_DEFAULTS = {("key", "resolvable"): "true", ("merge", "order"): "ASC"}
_MACHINERY = frozenset({"_Service", "_Entity", "_Any", "Query._service", "Query._entities", "_FieldSet", "FieldSet"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that is not as the contract has it.

    Attributes:
        coordinate: e.g. `Card.number`, `Query.card(city:)`, `Card @key`.
        expected: as the contract writes it; None where it has nothing.
        served: as the city's SDL writes it; None where it has nothing.
        is_breaking: whether an operation of the graph could fail for it.
    """

    coordinate: str
    expected: str | None
    served: str | None
    is_breaking: bool


@dataclass(frozen=True, slots=True)
class _Element:
    """A comparable part of a schema: its text, and what kind of a part it is."""

    text: str
    kind: str


def compare_contracts(expected_sdl: str, served_sdl: str) -> tuple[Difference, ...]:
    """All differences, in the contract's order, what the city has besides last. A text that is no SDL differs whole."""
    try:
        served = _elements(parse(served_sdl, no_location=True))
    except GraphQLSyntaxError:
        return (Difference("schema", "SDL", "a text that is not GraphQL", is_breaking=True),)
    expected = _elements(parse(expected_sdl, no_location=True))
    return tuple(_differences(expected, served))


def _differences(expected: Mapping[str, _Element], served: Mapping[str, _Element]) -> Iterator[Difference]:
    for coordinate, element in expected.items():
        found = served.get(coordinate)
        if found is None:
            if not _is_below_missing(coordinate, expected, served):
                yield Difference(coordinate, element.text, None, element.kind not in _MERGING)
        elif found.text != element.text:
            is_breaking = element.kind not in _MERGING and not _is_narrower(element, found)
            yield Difference(coordinate, element.text, found.text, is_breaking)
    for coordinate, element in served.items():
        if coordinate not in expected and not _is_below_missing(coordinate, served, expected):
            is_required = element.kind == "argument" and element.text.endswith("!")
            yield Difference(coordinate, None, element.text, is_required)


def _is_below_missing(coordinate: str, known: Mapping[str, _Element], other: Mapping[str, _Element]) -> bool:
    """Whether an element above is missing already: a type says enough for all its fields."""
    owners = [owner for owner in _owners(coordinate) if owner in known]
    return any(owner not in other for owner in owners)


def _owners(coordinate: str) -> Iterator[str]:
    plain = coordinate.partition(" ")[0]
    if plain != coordinate:
        yield plain
    field = plain.partition("(")[0]
    if field != plain:
        yield field
    if "." in field:
        yield field.partition(".")[0]


def _is_narrower(expected: _Element, served: _Element) -> bool:
    """A field that is never null where the contract allows null; an argument that need not be given, or its default."""
    if expected.kind == "field":
        return served.text == f"{expected.text}!"
    asked, taken = (element.text.partition(" = ")[0] for element in (expected, served))
    return expected.kind == "argument" and asked in (taken, f"{taken}!")


def _elements(document: DocumentNode) -> dict[str, _Element]:
    elements = (element for definition in document.definitions for element in _of_definition(definition))
    return {coordinate: element for coordinate, element in elements if coordinate.partition("(")[0] not in _MACHINERY}


def _of_definition(definition: object) -> Iterator[tuple[str, _Element]]:
    match definition:
        case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode():
            yield from _composite(definition, "type")
        case InterfaceTypeDefinitionNode() | InterfaceTypeExtensionNode():
            yield from _composite(definition, "interface")
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            yield from _type(definition.name.value, "input", definition.directives)
            for field in definition.fields or ():
                yield f"{definition.name.value}.{field.name.value}", _Element(_argument(field), "argument")
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            yield from _type(definition.name.value, "enum", definition.directives)
            for value in definition.values or ():
                yield f"{definition.name.value}.{value.name.value}", _Element("value", "value")
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            yield from _type(definition.name.value, "union", definition.directives)
            for member in definition.types or ():
                yield f"{definition.name.value} = {member.name.value}", _Element("member", "member")
        case ScalarTypeDefinitionNode():
            yield from _type(definition.name.value, "scalar", definition.directives)


_Composite = (
    ObjectTypeDefinitionNode | ObjectTypeExtensionNode | InterfaceTypeDefinitionNode | InterfaceTypeExtensionNode
)


def _composite(definition: _Composite, kind: str) -> Iterator[tuple[str, _Element]]:
    name = definition.name.value
    yield from _type(name, kind, definition.directives)
    for interface in definition.interfaces or ():
        yield f"{name} implements {interface.name.value}", _Element("interface", "implements")
    for field in definition.fields or ():
        yield from _field(name, field)


def _type(name: str, kind: str, directives: Iterable[DirectiveNode] | None) -> Iterator[tuple[str, _Element]]:
    yield name, _Element(kind, "type")
    yield from _directives(name, directives)


def _field(owner: str, field: FieldDefinitionNode) -> Iterator[tuple[str, _Element]]:
    coordinate = f"{owner}.{field.name.value}"
    yield coordinate, _Element(_type_text(field.type), "field")
    yield from _directives(coordinate, field.directives)
    for argument in field.arguments or ():
        yield f"{coordinate}({argument.name.value}:)", _Element(_argument(argument), "argument")


def _directives(owner: str, directives: Iterable[DirectiveNode] | None) -> Iterator[tuple[str, _Element]]:
    for directive in directives or ():
        name = directive.name.value.removeprefix("federation__").removeprefix("partition__")
        if name in _COMPARED:
            text = _directive(name, directive)
            # A type may have several keys.
            yield f"{owner} {text if name == 'key' else f'@{name}'}", _Element(text, name)


def _directive(name: str, directive: DirectiveNode) -> str:
    given = {argument.name.value: argument.value for argument in directive.arguments or ()}
    texts = []
    for argument, value in sorted(given.items()):
        text = f'"{_field_set(value.value)}"' if isinstance(value, StringValueNode) else print_ast(value)
        if _DEFAULTS.get((name, argument)) != text:
            texts.append(f"{argument}: {text}")
    return f"@{name}({', '.join(texts)})" if texts else f"@{name}"


def _field_set(text: str) -> str:
    """The words of a field set, one space between them."""
    return " ".join(text.replace("{", " { ").replace("}", " } ").split())


def _type_text(type_: TypeNode) -> str:
    return print_ast(type_)


def _argument(value: InputValueDefinitionNode) -> str:
    default = "" if value.default_value is None else f" = {print_ast(value.default_value)}"
    return f"{_type_text(value.type)}{default}"
