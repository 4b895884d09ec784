"""A subgraph's own definitions of what it links: they may say less than the specification, but nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from graphql import (
    DirectiveDefinitionNode,
    DocumentNode,
    NonNullTypeNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    parse,
    print_ast,
)

from federation.composition.errors import CompositionError, position_of
from federation.composition.links import Links
from federation.composition.schema import Subgraph
from federation.composition.specifications import BUILT_IN_SCALARS, DIRECTIVES, FEDERATION_TYPES
from federation.composition.types import ListOf, Named, NonNull, TypeRef, read_type

# Federation 1 wrote the field set's type as a string or as `_FieldSet`; libraries still print both.
_SCALARS = {*FEDERATION_TYPES, *BUILT_IN_SCALARS, "_FieldSet"}


def check_own_definitions(subgraph: Subgraph, document: DocumentNode, links: Links) -> list[CompositionError]:
    """Give an error for each definition that contradicts the specification."""
    errors: list[CompositionError] = []
    for definition in document.definitions:
        match definition:
            case DirectiveDefinitionNode() if links.directives.get(definition.name.value) in DIRECTIVES:
                name = definition.name.value
                for problem in _problems(definition, links.directives[name], links):
                    message = f"[{subgraph.name}] The definition of @{name} {problem} Correct or remove it."
                    errors.append(_error(subgraph, definition, "DIRECTIVE_DEFINITION_INVALID", message))
            case TypeDefinitionNode() if links.types.get(definition.name.value) in FEDERATION_TYPES:
                if not isinstance(definition, ScalarTypeDefinitionNode):
                    message = f'[{subgraph.name}] "{definition.name.value}" must be a scalar. Correct or remove it.'
                    errors.append(_error(subgraph, definition, "TYPE_DEFINITION_INVALID", message))
    return errors


def _error(
    subgraph: Subgraph, node: DirectiveDefinitionNode | TypeDefinitionNode, code: str, message: str
) -> CompositionError:
    sign = "@" if isinstance(node, DirectiveDefinitionNode) else ""
    coordinate = f"{sign}{node.name.value}"
    return CompositionError(code, message, (coordinate,), (subgraph.name,), position_of(node, subgraph.file))


@cache
def _specified(name: str) -> DirectiveDefinitionNode:
    text = DIRECTIVES[name].definition(name, {type_name: type_name for type_name in FEDERATION_TYPES})
    definition = parse(text, no_location=True).definitions[0]
    assert isinstance(definition, DirectiveDefinitionNode)  # noqa: S101 (the text is ours)
    return definition


def _problems(own: DirectiveDefinitionNode, name: str, links: Links) -> Iterator[str]:
    specified = _specified(name)
    expected = {argument.name.value: argument for argument in specified.arguments or ()}
    given = {argument.name.value: argument for argument in own.arguments or ()}
    for argument_name, argument in given.items():
        if argument_name not in expected:
            yield f'has an unknown argument "{argument_name}".'
        elif not _is_alike(read_type(argument.type), read_type(expected[argument_name].type), links):
            yield f'gives argument "{argument_name}" the type {print_ast(argument.type)}.'
    for argument_name, argument in expected.items():
        if argument_name not in given and isinstance(argument.type, NonNullTypeNode):
            yield f'lacks the argument "{argument_name}".'
    allowed = {location.value for location in specified.locations}
    for location in own.locations:
        if location.value not in allowed:
            yield f"names the location {location.value}, where it has no meaning."
    if own.repeatable and not specified.repeatable:
        yield "is repeatable, which it is not."


def _is_alike(own: TypeRef, specified: TypeRef, links: Links) -> bool:
    """A definition may demand more. For a scalar of federation, any built-in one may stand."""
    match own, specified:
        case (NonNull(inner), NonNull(expected)) | (ListOf(inner), ListOf(expected)):
            return _is_alike(inner, expected, links)
        case NonNull(inner), _:
            return _is_alike(inner, specified, links)
        case Named(name), Named(expected_name):
            canonical = links.types.get(name, name)
            return canonical == expected_name or (expected_name in FEDERATION_TYPES and canonical in _SCALARS)
    return False
