"""The schema of a contract as a subgraph serves it, `_service` and `_entities` included.

Source: https://www.apollographql.com/docs/graphos/schema-design/federated-schemas/reference/subgraph-spec
"""

from __future__ import annotations

from collections.abc import Iterable

from graphql import (
    DefinitionNode,
    DocumentNode,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    build_ast_schema,
    parse,
)

_MACHINERY = """
    scalar _Any
    type _Service { sdl: String! }
    type Query { _service: _Service! }
"""
_ENTITIES = """
    union _Entity = %s
    extend type Query { _entities(representations: [_Any!]!): [_Entity]! }
"""


def served_schema(sdl: str) -> GraphQLSchema:
    """Build it from the contract's SDL, whose federation directives need no definitions."""
    document = parse(sdl)
    entities = dict.fromkeys(_entity_names(document.definitions))
    machinery = _MACHINERY if not _has_query(document) else _MACHINERY.replace("type Query", "extend type Query")
    added = machinery + (_ENTITIES % " | ".join(entities) if entities else "")
    definitions = (*document.definitions, *parse(added).definitions)
    # Composition has checked the contract; graphql-core would miss the definitions of federation's directives.
    return build_ast_schema(DocumentNode(definitions=definitions), assume_valid=True)


def _entity_names(definitions: Iterable[DefinitionNode]) -> Iterable[str]:
    for node in definitions:
        if isinstance(node, (ObjectTypeDefinitionNode, ObjectTypeExtensionNode)):
            names = {directive.name.value.rpartition("__")[2] for directive in node.directives or ()}
            if "key" in names:
                yield node.name.value


def _has_query(document: DocumentNode) -> bool:
    return any(
        isinstance(node, ObjectTypeDefinitionNode) and node.name.value == "Query" for node in document.definitions
    )
