"""The supergraph's schemas: without the machinery of linked features, and without what is inaccessible to clients.

Source: https://specs.apollo.dev/inaccessible/v0.2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    GraphQLDeferDirective,
    GraphQLSchema,
    GraphQLStreamDirective,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    UnionTypeDefinitionNode,
    build_ast_schema,
)
from graphql.language import EnumValueDefinitionNode

from federation.supergraph.ast_values import has_directive
from federation.supergraph.errors import SupergraphError
from federation.supergraph.features import INACCESSIBLE, Feature

_Element = TypeVar("_Element", FieldDefinitionNode, InputValueDefinitionNode, EnumValueDefinitionNode)


def without_machinery(document: DocumentNode, features: Mapping[str, Feature]) -> DocumentNode:
    """Give the supergraph's own definitions, those of linked features left out."""
    return DocumentNode(definitions=tuple(d for d in document.definitions if not _is_machinery(d, features)))


def build_schema(document: DocumentNode) -> GraphQLSchema:
    """Build a schema from definitions that were composed; directives of features stay on the AST nodes.

    Raises SupergraphError if the definitions do not make a schema.
    """
    try:
        return build_ast_schema(document, assume_valid=True, assume_valid_sdl=True)
    except (TypeError, ValueError) as error:
        raise SupergraphError("schema", str(error).rstrip("."), "Compose the supergraph again") from error


def without_inaccessible(document: DocumentNode, features: Mapping[str, Feature]) -> DocumentNode:
    """Give the definitions that clients see."""
    feature = features.get(INACCESSIBLE)
    if feature is None:
        return document
    directive = feature.directive("inaccessible")
    hidden = {
        d.name.value for d in document.definitions if isinstance(d, TypeDefinitionNode) and has_directive(d, directive)
    }
    kept = (
        _accessible(d, directive, hidden)
        for d in document.definitions
        if not (isinstance(d, TypeDefinitionNode) and d.name.value in hidden)
    )
    return DocumentNode(definitions=tuple(kept))


def with_parts(schema: GraphQLSchema) -> GraphQLSchema:
    """Give the API schema with `@defer` and `@stream`, which the gateway honours itself.

    Whatever subgraphs define by these names is left out.
    """
    own = (GraphQLDeferDirective, GraphQLStreamDirective)
    others = (each for each in schema.directives if each.name not in {directive.name for directive in own})
    return GraphQLSchema(**schema.to_kwargs() | {"directives": (*others, *own)})


def _is_machinery(definition: DefinitionNode, features: Mapping[str, Feature]) -> bool:
    if isinstance(definition, SchemaExtensionNode):
        return True
    if isinstance(definition, DirectiveDefinitionNode):
        return any(f.owns_directive(definition.name.value) for f in features.values())
    if isinstance(definition, TypeDefinitionNode):
        return any(f.owns_type(definition.name.value) for f in features.values())
    return False


def _accessible(definition: DefinitionNode, directive: str, hidden: set[str]) -> DefinitionNode:
    match definition:
        case SchemaDefinitionNode():
            return replace(
                definition,
                operation_types=tuple(o for o in definition.operation_types if o.type.name.value not in hidden),
            )
        case ObjectTypeDefinitionNode() | InterfaceTypeDefinitionNode():
            fields = _visible(definition.fields, directive)
            return replace(
                definition,
                interfaces=_named(definition.interfaces, hidden),
                fields=tuple(replace(f, arguments=_visible(f.arguments, directive)) for f in fields),
            )
        case InputObjectTypeDefinitionNode():
            return replace(definition, fields=_visible(definition.fields, directive))
        case EnumTypeDefinitionNode():
            return replace(definition, values=_visible(definition.values, directive))
        case UnionTypeDefinitionNode():
            return replace(definition, types=_named(definition.types, hidden))
        case DirectiveDefinitionNode():
            return replace(definition, arguments=_visible(definition.arguments, directive))
        case _:
            return definition


def _visible(elements: Sequence[_Element] | None, directive: str) -> tuple[_Element, ...]:
    return tuple(e for e in elements or () if not has_directive(e, directive))


def _named(types: Sequence[NamedTypeNode] | None, hidden: set[str]) -> tuple[NamedTypeNode, ...]:
    return tuple(t for t in types or () if t.name.value not in hidden)
