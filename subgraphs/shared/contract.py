"""A domain's contract and the code that serves it. Out: their differences; none, or the subgraph does not start.

The contract (`schema/subgraphs/<domain>.graphql`) is what is served as `_service { sdl }` and what is composed; the
Strawberry types say how it is answered. Compared are types, fields, arguments, enum values, interfaces and directives,
each by its coordinate; descriptions stand in the contract only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from graphql import parse, print_ast
from graphql.language import (
    ConstDirectiveNode,
    DefinitionNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
)

FEDERATION_TYPES = frozenset({"_Any", "_Entity", "_Service", "_FieldSet"})
FEDERATION_FIELDS = frozenset({"Query._entities", "Query._service"})


class ContractBroken(Exception):
    """The code serves another schema than its contract says; `differences` are sentences with coordinates."""

    def __init__(self, domain: str, differences: Sequence[str]) -> None:
        super().__init__(f"The {domain} subgraph differs from its contract: " + "; ".join(differences))
        self.domain = domain
        self.differences = tuple(differences)


def read_contract(folder: Path, domain: str) -> str:
    """The contract's text, descriptions and directives included."""
    return (folder / f"{domain}.graphql").read_text(encoding="utf-8")


def check_contract(domain: str, contract: str, served: str) -> None:
    """Raise ContractBroken unless both SDL texts describe the same subgraph."""
    differences = contract_differences(contract, served)
    if differences:
        raise ContractBroken(domain, differences)


def contract_differences(contract: str, served: str) -> list[str]:
    """Where two SDL texts differ, e.g. `Card.number: the contract has ID!, the code serves String!`; sorted."""
    wanted, given = _coordinates(contract), _coordinates(served)
    pairs = (
        (name, wanted.get(name, "nothing"), given.get(name, "nothing")) for name in sorted(wanted.keys() | given.keys())
    )
    return [f"{name}: the contract has {want}, the code serves {give}" for name, want, give in pairs if want != give]


def _coordinates(sdl: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for definition in parse(sdl, no_location=True).definitions:
        found.update(_of_definition(definition))
    return found


def _of_definition(definition: DefinitionNode) -> Iterator[tuple[str, str]]:
    if not isinstance(definition, TypeDefinitionNode) or definition.name.value in FEDERATION_TYPES:
        return
    name = definition.name.value
    yield name, definition.kind.removesuffix("_definition") + _directives(definition.directives)
    match definition:
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            yield from _of_fields(name, definition)
        case InputObjectTypeDefinitionNode():
            yield from ((f"{name}.{value.name.value}", _input_value(value)) for value in definition.fields or ())
        case EnumTypeDefinitionNode():
            yield from (
                (f"{name}.{one.name.value}", f"it{_directives(one.directives)}") for one in definition.values or ()
            )
        case UnionTypeDefinitionNode():
            yield from ((f"{name} = {possible.name.value}", "it") for possible in definition.types or ())


def _of_fields(
    name: str, definition: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode
) -> Iterator[tuple[str, str]]:
    yield from ((f"{name} implements {interface.name.value}", "it") for interface in definition.interfaces or ())
    for field in definition.fields or ():
        yield from _of_field(name, field)


def _of_field(type_name: str, field: FieldDefinitionNode) -> Iterator[tuple[str, str]]:
    coordinate = f"{type_name}.{field.name.value}"
    if coordinate in FEDERATION_FIELDS:
        return
    yield coordinate, print_ast(field.type) + _directives(field.directives)
    for argument in field.arguments or ():
        yield f"{coordinate}({argument.name.value}:)", _input_value(argument)


def _input_value(value: InputValueDefinitionNode) -> str:
    default = f" = {print_ast(value.default_value)}" if value.default_value else ""
    return print_ast(value.type) + default + _directives(value.directives)


def _directives(directives: Sequence[ConstDirectiveNode] | None) -> str:
    texts = []
    for directive in directives or ():
        arguments = sorted(
            f"{argument.name.value}: {print_ast(argument.value)}" for argument in directive.arguments or ()
        )
        texts.append(f" @{directive.name.value}({', '.join(arguments)})")
    return "".join(sorted(texts))
