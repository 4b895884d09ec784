"""What a subgraph may not define or use: names that the supergraph, federation or GraphQL have for themselves."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    ExecutableDefinitionNode,
    ListTypeNode,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    OperationDefinitionNode,
    ScalarTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    TypeNode,
)

from federation.composition.errors import CompositionError, position_of
from federation.composition.links import Links
from federation.composition.locate import coordinate_at
from federation.composition.merge.custom_directives import EXECUTABLE_LOCATIONS
from federation.composition.read_subgraph import MACHINERY_FIELDS, left_out_types
from federation.composition.schema import Subgraph
from federation.composition.specifications import BUILT_IN_SCALARS, PARTITION_ENUMS

_SUPERGRAPH_PREFIX = "join__"
_SUPERGRAPH_TYPES = frozenset(
    {"context__ContextFieldValue", "policy__Policy", "requiresScopes__Scope"}
    | {f"partition__{name}" for name in PARTITION_ENUMS}
)

Problem = tuple[Node, str]
"""A place and the sentence about it."""


def check_reserved_names(subgraph: Subgraph, document: DocumentNode, links: Links) -> list[CompositionError]:
    """Give an INVALID_GRAPHQL error for each definition and use of what is not the subgraph's to define or use."""
    left_out = left_out_types(document, links)
    merged = _merged_directives(document, links)
    # Most subgraphs write none of these names, and then there is no need to look at every type in them.
    written = frozenset(name for name in left_out - BUILT_IN_SCALARS if name in subgraph.sdl)
    return [
        CompositionError(
            "INVALID_GRAPHQL",
            f"[{subgraph.name}] {sentence}",
            coordinate_at(document, node),
            (subgraph.name,),
            position_of(node, subgraph.file),
        )
        for definition in document.definitions
        for node, sentence in (
            *_defined(document, definition, left_out),
            *(_used(document, definition, merged, written) if written else ()),
        )
    ]


def _defined(document: DocumentNode, definition: DefinitionNode, left_out: frozenset[str]) -> Iterator[Problem]:
    match definition:
        case ExecutableDefinitionNode():
            what = "An operation" if isinstance(definition, OperationDefinitionNode) else "A fragment"
            yield definition, f"{what} is no part of a schema. Remove it from the SDL."
        case TypeDefinitionNode() | TypeExtensionNode() if definition.name.value in BUILT_IN_SCALARS:
            if not isinstance(definition, ScalarTypeDefinitionNode) and not _is_extended_scalar(document, definition):
                name = definition.name.value
                yield definition, f'"{name}" is a scalar of GraphQL itself. Give your type another name.'
        case TypeDefinitionNode() | TypeExtensionNode() | DirectiveDefinitionNode():
            name = definition.name.value
            is_reserved = name.startswith(_SUPERGRAPH_PREFIX) or name in _SUPERGRAPH_TYPES - left_out
            is_directive = isinstance(definition, DirectiveDefinitionNode)
            if is_reserved and not (is_directive and name in _SUPERGRAPH_TYPES):
                sentence = f'"{name}" is a name that supergraphs define themselves. Choose another one.'
                yield definition, sentence


def _is_extended_scalar(document: DocumentNode, extension: TypeDefinitionNode | TypeExtensionNode) -> bool:
    """Some subgraphs print built-in scalars; what is printed may be extended."""
    return isinstance(extension, TypeExtensionNode) and any(
        isinstance(other, ScalarTypeDefinitionNode) and other.name.value == extension.name.value
        for other in document.definitions
    )


def _used(
    document: DocumentNode, definition: DefinitionNode, merged: frozenset[str], left_out: frozenset[str]
) -> Iterator[Problem]:
    """The supergraph lacks what only serves federation, so nothing that is in it may be of such a type."""
    name = _name(definition)
    if name not in merged if isinstance(definition, DirectiveDefinitionNode) else name in left_out:
        return
    for named in _named_types(definition):
        if named.name.value in left_out:
            (coordinate,) = coordinate_at(document, named) or ("schema",)
            problem = f'"{coordinate}" uses type "{named.name.value}", which serves federation and is not in the graph.'
            yield named, f"{problem} Use a type of your own."


def _merged_directives(document: DocumentNode, links: Links) -> frozenset[str]:
    """Give the names of the subgraph's own directives whose definitions may come into the supergraph."""
    executable = {
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, DirectiveDefinitionNode)
        and any(location.value in EXECUTABLE_LOCATIONS for location in definition.locations)
    }
    composed = {
        argument.value.value.removeprefix("@")
        for definition in document.definitions
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode)
        for applied in definition.directives or ()
        if links.directives.get(applied.name.value) == "composeDirective"
        for argument in applied.arguments or ()
        if isinstance(argument.value, StringValueNode)
    }
    return frozenset(executable | composed) - set(links.directives)


def _name(definition: DefinitionNode) -> str:
    name = getattr(definition, "name", None)
    return name.value if name is not None else ""


def _named_types(node: Node) -> Iterator[NamedTypeNode]:
    for key in ("interfaces", "types"):
        yield from getattr(node, key, None) or ()
    yield from (operation.type for operation in getattr(node, "operation_types", None) or ())
    for key in ("fields", "arguments"):
        for part in getattr(node, key, None) or ():
            if part.name.value not in MACHINERY_FIELDS:
                yield _innermost(part.type)
                yield from _named_types(part)


def _innermost(node: TypeNode) -> NamedTypeNode:
    while isinstance(node, ListTypeNode | NonNullTypeNode):
        node = node.type
    assert isinstance(node, NamedTypeNode)  # noqa: S101 (nothing else is left)
    return node
