"""A subgraph's own definitions of what it links: they may say less than the specification, but nothing else.

Libraries print them, so that a subgraph is valid GraphQL by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    InputValueDefinitionNode,
    NonNullTypeNode,
    ScalarTypeDefinitionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
    parse,
    print_ast,
)

from federation.composition.errors import CompositionError, position_of
from federation.composition.links import Links
from federation.composition.locate import applied_directives
from federation.composition.schema import LinkedFeature, Subgraph
from federation.composition.specifications import (
    BUILT_IN_SCALARS,
    FEDERATION_TYPES,
    LINK_PURPOSES,
    DirectiveSpecification,
    link_directive,
)
from federation.composition.types import ListOf, Named, NonNull, TypeRef, named_type, read_type

_DIRECTIVE = "DIRECTIVE_DEFINITION_INVALID"
_TYPE = "TYPE_DEFINITION_INVALID"
# Federation 1 had no agreed type for `fields`; libraries still print any of these.
_LOOSE_IN_FEDERATION_1 = ("key", "requires", "provides")
_LOOSE_FIELD_SETS = ("String", "_FieldSet", "FieldSet")

Problem = tuple[str, str]
"""A code and the sentence that goes on from the definition's name."""


@dataclass(frozen=True, slots=True)
class _Types:
    """What names of types mean in the subgraph.

    Attributes:
        scalars: its custom scalars.
        defined: all types it defines.
        specified: by its name of one of federation's types, the specification's.
    """

    scalars: frozenset[str]
    defined: frozenset[str]
    specified: Mapping[str, str]


def check_own_definitions(subgraph: Subgraph, document: DocumentNode, links: Links) -> list[CompositionError]:
    """Give an error for each definition that contradicts the specification."""
    types = _read_types(document, links)
    return [
        CompositionError(
            code,
            f"[{subgraph.name}] {_written(definition)} {problem} Correct or remove it.",
            (_name(definition),),
            (subgraph.name,),
            position_of(definition, subgraph.file),
        )
        for definition in document.definitions
        for code, problem in (*_problems(definition, links, types), *_shadows(document, definition, links))
    ]


def _read_types(document: DocumentNode, links: Links) -> _Types:
    defined = [d for d in document.definitions if isinstance(d, TypeDefinitionNode | TypeExtensionNode)]
    return _Types(
        frozenset(d.name.value for d in defined if isinstance(d, ScalarTypeDefinitionNode)),
        frozenset(d.name.value for d in defined) | BUILT_IN_SCALARS,
        links.types,
    )


def _written(definition: DefinitionNode) -> str:
    return f"The definition of {_name(definition)}"


def _name(definition: DefinitionNode) -> str:
    name: str = definition.name.value  # type: ignore[attr-defined]  # only named definitions have problems
    return f"@{name}" if isinstance(definition, DirectiveDefinitionNode) else name


def _problems(definition: DefinitionNode, links: Links, types: _Types) -> Iterator[Problem]:
    match definition:
        case DirectiveDefinitionNode():
            specified = links.specifications.get(definition.name.value)
            if specified is not None and not is_replaced(definition, links):
                yield from _directive_problems(definition, specified, types)
            elif definition.name.value == "link" and links.link_directive == "link" and not links.defines_link:
                yield from _directive_problems(definition, link_directive(), types)
        case TypeDefinitionNode() if types.specified.get(definition.name.value) in FEDERATION_TYPES:
            if not isinstance(definition, ScalarTypeDefinitionNode):
                yield _TYPE, "must define a scalar."
        case TypeDefinitionNode() if not links.defines_link:
            yield from _link_type_problems(definition)


def _link_type_problems(definition: TypeDefinitionNode) -> Iterator[Problem]:
    match definition.name.value:
        case "link__Import" if not isinstance(definition, ScalarTypeDefinitionNode):
            yield _TYPE, "must define a scalar."
        case "link__Purpose":
            values = isinstance(definition, EnumTypeDefinitionNode) and {v.name.value for v in definition.values or ()}
            if values != set(LINK_PURPOSES):
                yield _TYPE, f"must define an enum with the values {' and '.join(LINK_PURPOSES)}."


def is_replaced(own: DirectiveDefinitionNode, links: Links) -> bool:
    """Tell whether the specification's definition stands in for this one, which Federation 1 did not prescribe."""
    specified = links.specifications.get(own.name.value)
    if links.federation_version is not None or specified is None or specified.name not in _LOOSE_IN_FEDERATION_1:
        return False
    arguments = own.arguments or ()
    is_field_set = [a.name.value == "fields" and print_ast(a.type) in _LOOSE_FIELD_SETS for a in arguments]
    return len(arguments) < 2 and all(is_field_set)


def _directive_problems(
    own: DirectiveDefinitionNode, specified: DirectiveSpecification, types: _Types
) -> Iterator[Problem]:
    definition = _specified(specified)
    expected = {argument.name.value: argument for argument in definition.arguments or ()}
    given = {argument.name.value: argument for argument in own.arguments or ()}
    for name, argument in given.items():
        if name not in expected:
            yield _DIRECTIVE, f'has an unknown argument "{name}".'
        elif named_type(read_type(argument.type)) not in types.defined:
            yield "INVALID_GRAPHQL", f'names the type "{named_type(read_type(argument.type))}", which is not defined.'
        else:
            yield from _argument_problems(argument, expected[name], types)
    for name, argument in expected.items():
        if name not in given and isinstance(argument.type, NonNullTypeNode):
            yield _DIRECTIVE, f'lacks the argument "{name}".'
    allowed = {location.value for location in definition.locations}
    for location in own.locations:
        if location.value not in allowed:
            yield _DIRECTIVE, f"names the location {location.value}, where it has no meaning."
    if own.repeatable and not definition.repeatable:
        yield _DIRECTIVE, "is repeatable, which it is not."


def _argument_problems(
    own: InputValueDefinitionNode, specified: InputValueDefinitionNode, types: _Types
) -> Iterator[Problem]:
    name = own.name.value
    if not _is_alike(own.type, specified.type, types):
        yield _DIRECTIVE, f'gives argument "{name}" the type {print_ast(own.type)}, not {print_ast(specified.type)}.'
    elif not isinstance(own.type, NonNullTypeNode) and _default(own) != _default(specified):
        yield _DIRECTIVE, f'gives argument "{name}" the default {_default(own)}, not {_default(specified)}.'


def _default(argument: InputValueDefinitionNode) -> str:
    return "null" if argument.default_value is None else print_ast(argument.default_value)


@cache
def _specified(specification: DirectiveSpecification) -> DirectiveDefinitionNode:
    text = specification.definition(specification.name, {type_name: type_name for type_name in FEDERATION_TYPES})
    definition = parse(text, no_location=True).definitions[0]
    assert isinstance(definition, DirectiveDefinitionNode)  # noqa: S101 (the text is ours)
    return definition


def _is_alike(own: TypeNode, specified: TypeNode, types: _Types) -> bool:
    """A definition may demand what the specification does not."""
    mine, theirs = read_type(own), read_type(specified)
    if isinstance(mine, NonNull) and not isinstance(theirs, NonNull):
        mine = mine.item
    return _is_same(mine, theirs, types)


def _is_same(own: TypeRef, specified: TypeRef, types: _Types) -> bool:
    """For a scalar of federation anything may stand that is no scalar of the subgraph's own."""
    match own, specified:
        case (NonNull(inner), NonNull(expected)) | (ListOf(inner), ListOf(expected)):
            return _is_same(inner, expected, types)
        case Named(name), Named(expected_name):
            is_scalar = expected_name in FEDERATION_TYPES or expected_name == "link__Import"
            return types.specified.get(name, name) == expected_name or (is_scalar and name not in types.scalars)
    return False


def _shadows(document: DocumentNode, definition: DefinitionNode, links: Links) -> Iterator[Problem]:
    """What is imported has no second name: a directive that is called so would be taken for the feature's."""
    if not isinstance(definition, DirectiveDefinitionNode):
        return
    name = definition.name.value
    for feature in links.features:
        original = _name_in(feature, name)
        local = feature.imports.get(f"@{original}")
        if original is not None and local not in (None, f"@{name}") and _is_applied(document, name):
            yield (
                "INVALID_LINK_DIRECTIVE_USAGE",
                f'stands for "@{original}" of "{feature.url}", which is imported as "{local}". Use that name.',
            )


def _name_in(feature: LinkedFeature, directive: str) -> str | None:
    """Give the feature's name of what the subgraph would call so without any import."""
    if directive == feature.namespace:
        return feature.name
    prefix, separator, rest = directive.partition("__")
    return rest if separator and prefix == feature.namespace else None


def _is_applied(document: DocumentNode, name: str) -> bool:
    return any(
        applied.name.value == name for definition in document.definitions for applied in applied_directives(definition)
    )
