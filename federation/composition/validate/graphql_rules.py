"""The first check of a subgraph: is its SDL valid GraphQL once federation's own definitions are added?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    InputValueDefinitionNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    Node,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ObjectValueNode,
    OperationType,
    OperationTypeDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    Undefined,
    Visitor,
    build_ast_schema,
    parse,
    validate_schema,
    value_from_ast,
    visit,
)
from graphql.language import ast

from federation.composition.errors import CompositionError, position_of
from federation.composition.links import Links
from federation.composition.locate import applied_directives, coordinate_at
from federation.composition.schema import Subgraph
from federation.composition.specifications import (
    FEDERATION_TYPES,
    LINK_PURPOSES,
    PARTITION_DIRECTIVES,
    PARTITION_ENUMS,
)
from federation.composition.validate.own_definitions import is_replaced
from federation.composition.validate.sdl_rules import validate_sdl
from federation.composition.validate.telling_part import telling_part

_LINK_DEFINITION = (
    "directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA"
)
# The draft after the October 2021 specification forbids this; other federation tools do not, so graphs rely on it.
_DEPRECATION_RULE = "must not be deprecated"
_MACHINERY = "scalar _Any type _Service {{ sdl: String }} extend type {query} {{ _service: _Service! }}"


def validate_graphql(
    subgraph: Subgraph, document: DocumentNode, links: Links, refused: frozenset[str] = frozenset()
) -> list[CompositionError]:
    """Give an INVALID_GRAPHQL error per breach of the GraphQL specification.

    `refused` are the subgraph's own definitions (`@name`) that are reported already; the specifications' stand in.
    """
    complete, own = complete_document(document, links, refused)
    errors = validate_sdl(complete, own)
    if not errors:
        errors = _validate_schema(complete, own)
    return [_report(subgraph, document, error) for error in errors if _DEPRECATION_RULE not in error.message]


def complete_document(
    document: DocumentNode, links: Links, refused: frozenset[str] = frozenset()
) -> tuple[DocumentNode, tuple[DefinitionNode, ...]]:
    """Give the document with federation's definitions, and which of its definitions are the subgraph's own."""
    supplied = _supplied_definitions(document, links, refused)
    own = tuple(_own_definitions(document, supplied))
    return DocumentNode(definitions=(*own, *supplied)), own


def _validate_schema(document: DocumentNode, own: tuple[DefinitionNode, ...]) -> list[GraphQLError]:
    """Look at the telling part first; only if that is not valid, at all of it, for the errors in their order."""
    try:
        schema = build_ast_schema(DocumentNode(definitions=telling_part(document.definitions)), assume_valid_sdl=True)
        if not validate_schema(schema):
            return list(_invalid_values(schema, own))
        return validate_schema(build_ast_schema(document, assume_valid_sdl=True))
    except GraphQLError as error:
        # graphql-core reads the values of its own directives, e.g. of `@deprecated`, while it builds.
        return [error.__cause__ if isinstance(error.__cause__, GraphQLError) else error]
    except TypeError:
        # graphql-core stops at a default whose type is no input type, before it reports that type.
        bare = visit(document, _WithoutDefaults())
        return validate_schema(build_ast_schema(bare, assume_valid_sdl=True))


def _invalid_values(schema: GraphQLSchema, own: tuple[DefinitionNode, ...]) -> Iterator[GraphQLError]:
    """Look at the values that directives are given: graphql-core's rules for SDL leave them out."""
    valid: set[tuple[str, str, str, object]] = set()  # a subgraph writes the same key and the same tag again and again
    for applied in (applied for definition in own for applied in applied_directives(definition)):
        directive = schema.get_directive(applied.name.value)
        if directive is None:
            continue
        for argument in applied.arguments or ():
            value = argument.value
            written = (applied.name.value, argument.name.value, value.kind, getattr(value, "value", None))
            if written in valid:
                continue
            expected = directive.args[argument.name.value].type
            if value_from_ast(value, expected) is not Undefined:
                if not isinstance(value, ListValueNode | ObjectValueNode):
                    valid.add(written)
            else:
                yield GraphQLError(
                    f"@{applied.name.value}({argument.name.value}:) is no value of type '{expected}'.", argument
                )


class _WithoutDefaults(Visitor):
    def enter_input_value_definition(self, node: InputValueDefinitionNode, *_: object) -> Node | None:
        if node.default_value is None:
            return None
        return InputValueDefinitionNode(**{key: getattr(node, key) for key in node.keys if key != "default_value"})


def _report(subgraph: Subgraph, document: DocumentNode, error: GraphQLError) -> CompositionError:
    node: Node | None = error.nodes[0] if error.nodes else None
    return CompositionError(
        "INVALID_GRAPHQL",
        f"[{subgraph.name}] {error.message} Correct the SDL there.",
        coordinates=coordinate_at(document, node),
        subgraphs=(subgraph.name,),
        positions=position_of(node, subgraph.file),
    )


def _own_definitions(document: DocumentNode, supplied: tuple[DefinitionNode, ...]) -> Iterator[DefinitionNode]:
    """The subgraph's own definitions, without those that are supplied; extensions without a base become one."""
    supplied_names = {_key(definition) for definition in supplied} - {None}
    defined = {
        definition.name.value
        for definition in (*document.definitions, *supplied)
        if isinstance(definition, TypeDefinitionNode)
    }
    has_schema_definition = any(isinstance(definition, SchemaDefinitionNode) for definition in document.definitions)
    if not has_schema_definition:
        yield from _extended_schema(document)
    for definition in document.definitions:
        if isinstance(definition, TypeExtensionNode) and definition.name.value not in defined:
            defined.add(definition.name.value)
            yield _as_definition(definition)
        elif isinstance(definition, SchemaExtensionNode) and not has_schema_definition:
            continue
        elif _key(definition) not in supplied_names:
            yield _without_machinery(definition)


def _extended_schema(document: DocumentNode) -> Iterator[DefinitionNode]:
    """Give the schema definition that extensions of the implied schema amount to."""
    extensions = [definition for definition in document.definitions if isinstance(definition, SchemaExtensionNode)]
    if not extensions:
        return
    explicit = [operation for extension in extensions for operation in extension.operation_types or ()]
    named = {operation.operation for operation in explicit}
    known = {d.name.value for d in document.definitions if isinstance(d, TypeDefinitionNode | TypeExtensionNode)}
    implied = [
        OperationTypeDefinitionNode(operation=kind, type=NamedTypeNode(name=NameNode(value=kind.value.capitalize())))
        for kind in OperationType
        if kind not in named and (kind.value.capitalize() in known or kind is OperationType.QUERY)
    ]
    directives = tuple(directive for extension in extensions for directive in extension.directives or ())
    yield SchemaDefinitionNode(directives=directives, operation_types=(*explicit, *implied))


def _supplied_definitions(document: DocumentNode, links: Links, refused: frozenset[str]) -> tuple[DefinitionNode, ...]:
    own = {
        d.name.value
        for d in document.definitions
        if isinstance(d, DirectiveDefinitionNode) and not is_replaced(d, links) and f"@{d.name.value}" not in refused
    }
    texts = [] if links.link_directive in own or links.link_directive != "link" else [_LINK_DEFINITION]
    types = {name: local for local, name in links.types.items()}
    types = {name: f"federation__{name}" for name in FEDERATION_TYPES} | types
    types = {name: f"partition__{name}" for name in PARTITION_ENUMS} | types
    for local, name in links.directives.items():
        if local in own:
            continue
        if local in links.specifications:
            texts.append(links.specifications[local].definition(local, types))
        else:
            signature = PARTITION_DIRECTIVES[name]
            for enum in PARTITION_ENUMS:
                signature = signature.replace(f"${enum}", types[enum])
            texts.append(f"directive @{local}{signature}")
    for name, local in types.items():
        values = PARTITION_ENUMS.get(name)
        texts.append(f"enum {local} {{ {' '.join(values)} }}" if values else f"scalar {local}")
    texts += ["scalar link__Import", f"enum link__Purpose {{ {' '.join(LINK_PURPOSES)} }}", _query_machinery(document)]
    return _parse_definitions("\n".join(texts))


@lru_cache(maxsize=32)
def _parse_definitions(text: str) -> tuple[DefinitionNode, ...]:
    """Subgraphs mostly link alike, so the same text comes again and again."""
    return parse(text, no_location=True).definitions


def _query_machinery(document: DocumentNode) -> str:
    """Every subgraph has a query, if only `_service`, so a subgraph of entities alone is valid."""
    named = next(
        (
            operation.type.name.value
            for definition in document.definitions
            if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode)
            for operation in definition.operation_types or ()
            if operation.operation.value == "query"
        ),
        None,
    )
    known = {d.name.value for d in document.definitions if isinstance(d, TypeDefinitionNode | TypeExtensionNode)}
    if named is not None and named not in known:
        return "scalar _Any type _Service { sdl: String }"  # the schema names a type that is not there
    query = named or "Query"
    return _MACHINERY.format(query=query).replace("extend type", "extend type" if query in known else "type")


def _key(definition: DefinitionNode) -> tuple[str, str] | None:
    if isinstance(definition, DirectiveDefinitionNode):
        return "@", definition.name.value
    if isinstance(definition, TypeDefinitionNode):
        return "type", definition.name.value
    return None


def _as_definition(extension: TypeExtensionNode) -> DefinitionNode:
    definition_class = getattr(ast, type(extension).__name__.replace("Extension", "Definition"))
    values = {key: getattr(extension, key) for key in extension.keys if key != "description"}
    definition: DefinitionNode = _without_machinery(definition_class(**values))
    return definition


def _without_machinery(definition: DefinitionNode) -> DefinitionNode:
    """Leave out `_service` and `_entities`: a subgraph may or may not print them."""
    if not isinstance(definition, ObjectTypeDefinitionNode | ObjectTypeExtensionNode):
        return definition
    if all(field.name.value not in ("_service", "_entities") for field in definition.fields or ()):
        return definition
    fields = tuple(field for field in definition.fields or () if field.name.value not in ("_service", "_entities"))
    values = {key: getattr(definition, key) for key in definition.keys if key != "fields"}
    return type(definition)(**values, fields=fields)
