"""From a parsed SDL and its links to a `SubgraphSchema`: extensions folded in, names made canonical."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graphql import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DirectiveNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    EnumTypeExtensionNode,
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputObjectTypeExtensionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    InterfaceTypeExtensionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    ScalarTypeDefinitionNode,
    ScalarTypeExtensionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    StringValueNode,
    TypeDefinitionNode,
    TypeExtensionNode,
    UnionTypeDefinitionNode,
    UnionTypeExtensionNode,
)

from federation.composition.links import Links
from federation.composition.schema import (
    Applied,
    DirectiveDefinition,
    EnumValue,
    Field,
    InputValue,
    Kind,
    Subgraph,
    SubgraphSchema,
    TypeDefinition,
)
from federation.composition.specifications import (
    BUILT_IN_DIRECTIVES,
    BUILT_IN_SCALARS,
    FEDERATION_IDENTITY,
    LINK_IDENTITY,
)
from federation.composition.types import TypeRef, named_type, read_type, rename

ROOT_NAMES = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
FEDERATION_MACHINERY = frozenset({"_Any", "_Entity", "_Service"})
MACHINERY_FIELDS = frozenset({"_entities", "_service"})
_ON_ALL_FIELDS = ("shareable", "external")

# Tuples made once: a union of classes written at its use is made anew by each of a large graph's million questions.
_FIELDED = (ObjectTypeDefinitionNode, ObjectTypeExtensionNode, InterfaceTypeDefinitionNode, InterfaceTypeExtensionNode)
_INPUTS = (InputObjectTypeDefinitionNode, InputObjectTypeExtensionNode)
_UNIONS = (UnionTypeDefinitionNode, UnionTypeExtensionNode)
_ENUMS = (EnumTypeDefinitionNode, EnumTypeExtensionNode)

TypeNode = TypeDefinitionNode | TypeExtensionNode


@dataclass(frozen=True, slots=True)
class _Names:
    """How this subgraph's names become the supergraph's, and which directives on a type stand for all its fields."""

    directives: Mapping[str, str]
    types: dict[str, str]
    on_all_fields: tuple[str, ...] = _ON_ALL_FIELDS


def read_subgraph(subgraph: Subgraph, document: DocumentNode, links: Links) -> SubgraphSchema:
    """Give the subgraph's schema. Roots get their usual names; federation's own types and fields are left out."""
    # Federation 1 accepted `@external` on a type and ignored it.
    on_all_fields = _ON_ALL_FIELDS if links.federation_version is not None else ()
    names = _Names(links.directives, root_renames(document), on_all_fields)
    hidden = left_out_types(document, links)
    parts: dict[str, list[TypeNode]] = {}
    for definition in document.definitions:
        if isinstance(definition, TypeDefinitionNode | TypeExtensionNode) and definition.name.value not in hidden:
            parts.setdefault(definition.name.value, []).append(definition)
    types = [_read_type(name, nodes, names) for name, nodes in parts.items()]
    return SubgraphSchema(
        name=subgraph.name,
        url=subgraph.url,
        file=subgraph.file,
        partitions=subgraph.partitions,
        federation_version=links.federation_version,
        features=links.features,
        types={definition.name: definition for definition in types if _is_real(definition)},
        directive_definitions={
            definition.name.value: _read_directive_definition(definition, names)
            for definition in document.definitions
            if isinstance(definition, DirectiveDefinitionNode)
            and definition.name.value not in links.directives
            and definition.name.value != links.link_directive
        },
        schema_directives=tuple(_schema_directives(document, names, links.link_directive)),
        directive_names=links.directives,
    )


def root_renames(document: DocumentNode) -> dict[str, str]:
    """Give the supergraph's name for each root type that the schema definition names otherwise."""
    return {
        operation.type.name.value: ROOT_NAMES[operation.operation.value]
        for definition in document.definitions
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode)
        for operation in definition.operation_types or ()
        if operation.type.name.value != ROOT_NAMES[operation.operation.value]
    }


def left_out_types(document: DocumentNode, links: Links) -> frozenset[str]:
    """Give the types that are no part of the graph: built-in scalars, and what only serves federation or `@link`."""
    prefixes = _machinery_prefixes(links)
    named = (
        definition.name.value
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode | TypeExtensionNode)
    )
    own = (name for name in named if name.startswith(prefixes))
    return FEDERATION_MACHINERY | BUILT_IN_SCALARS | {*links.types, *own, *_machinery_types(document, links)}


def _machinery_prefixes(links: Links) -> tuple[str, ...]:
    """Give how the names of federation's and link's own elements begin, whether or not we know such an element."""
    found = {feature.identity: feature.namespace for feature in links.features}
    return f"{found.get(LINK_IDENTITY, 'link')}__", f"{found.get(FEDERATION_IDENTITY, 'federation')}__"


def _machinery_types(document: DocumentNode, links: Links) -> Iterator[str]:
    """Give the types that serve only a subgraph's own definitions of linked directives, e.g. its `scalar FieldSet`."""
    yield from ("link__Import", "link__Purpose")
    for definition in document.definitions:
        if isinstance(definition, DirectiveDefinitionNode) and (
            definition.name.value in links.directives or definition.name.value == links.link_directive
        ):
            yield from (named_type(read_type(argument.type)) for argument in definition.arguments or ())


def _is_real(definition: TypeDefinition) -> bool:
    """A query type that held nothing but `_service` and `_entities` is no part of the graph, unless it is marked."""
    return definition.name not in ROOT_NAMES.values() or bool(definition.fields or definition.directives)


def _schema_directives(document: DocumentNode, names: _Names, link_directive: str) -> Iterator[Applied]:
    for definition in document.definitions:
        if isinstance(definition, SchemaDefinitionNode | SchemaExtensionNode):
            for applied in _applied(definition.directives or (), names):
                if applied.name != f"@{link_directive}":
                    yield applied


def _read_type(name: str, nodes: list[TypeNode], names: _Names) -> TypeDefinition:
    # A definition's parts come first whatever their order in the file, as the specification reads extensions.
    ordered = sorted(nodes, key=lambda node: isinstance(node, TypeExtensionNode))
    directives = tuple(
        replace(applied, is_on_extension=True) if isinstance(node, TypeExtensionNode) else applied
        for node in ordered
        for applied in _applied(node.directives or (), names)
    )
    return TypeDefinition(
        names.types.get(name, name),
        _description(ordered),
        tuple(applied for applied in directives if applied.name not in _ON_ALL_FIELDS),
        ordered[0],
        kind=_kind(ordered[0]),
        fields={field.name: field for node in ordered for field in _read_fields(node, directives, names)},
        inputs={value.name: value for node in ordered for value in _read_inputs(node, names)},
        interfaces=tuple(dict.fromkeys(name for node in ordered for name in _interfaces(node))),
        members=tuple(dict.fromkeys(name for node in ordered for name in _members(node))),
        values={value.name: value for node in ordered for value in _read_values(node, names)},
        is_extension=isinstance(ordered[0], TypeExtensionNode) or any(d.name == "extends" for d in directives),
    )


def _kind(node: DefinitionNode) -> Kind:
    match node:
        case ObjectTypeDefinitionNode() | ObjectTypeExtensionNode():
            return Kind.OBJECT
        case InterfaceTypeDefinitionNode() | InterfaceTypeExtensionNode():
            return Kind.INTERFACE
        case UnionTypeDefinitionNode() | UnionTypeExtensionNode():
            return Kind.UNION
        case EnumTypeDefinitionNode() | EnumTypeExtensionNode():
            return Kind.ENUM
        case InputObjectTypeDefinitionNode() | InputObjectTypeExtensionNode():
            return Kind.INPUT
        case ScalarTypeDefinitionNode() | ScalarTypeExtensionNode():
            return Kind.SCALAR
    raise TypeError(type(node).__name__)


def _description(nodes: Iterable[TypeNode]) -> str | None:
    for node in nodes:
        description = getattr(node, "description", None)
        if isinstance(description, StringValueNode):
            return description.value
    return None


def _read_fields(node: TypeNode, directives: Sequence[Applied], names: _Names) -> Iterator[Field]:
    """`@shareable` on a part of the type stands for that part's fields, `@external` for those of all parts."""
    if not isinstance(node, _FIELDED):
        return
    spread = tuple(
        applied
        for applied in directives
        if applied.name in names.on_all_fields
        and (applied.name == "external" or applied.node in (node.directives or ()))
    )
    for field in node.fields or ():
        if field.name.value not in MACHINERY_FIELDS:
            yield _read_field(field, spread, names)


def _read_field(node: FieldDefinitionNode, spread: tuple[Applied, ...], names: _Names) -> Field:
    own = tuple(_applied(node.directives, names)) if node.directives else ()
    inherited = tuple(applied for applied in spread if all(applied.name != other.name for other in own))
    return Field(
        node.name.value,
        node.description.value if node.description else None,
        own + inherited,
        node,
        type=_type(node, names),
        arguments={argument.name.value: _read_input(argument, names) for argument in node.arguments or ()},
    )


def _type(node: FieldDefinitionNode | InputValueDefinitionNode, names: _Names) -> TypeRef:
    reference = read_type(node.type)
    return rename(reference, names.types) if names.types else reference


def _read_inputs(node: TypeNode, names: _Names) -> Iterator[InputValue]:
    if isinstance(node, _INPUTS):
        yield from (_read_input(field, names) for field in node.fields or ())


def _read_input(node: InputValueDefinitionNode, names: _Names) -> InputValue:
    return InputValue(
        node.name.value,
        node.description.value if node.description else None,
        tuple(_applied(node.directives, names)) if node.directives else (),
        node,
        type=_type(node, names),
        default=node.default_value,
    )


def _read_directive_definition(node: DirectiveDefinitionNode, names: _Names) -> DirectiveDefinition:
    return DirectiveDefinition(
        node.name.value,
        node.description.value if node.description else None,
        (),
        node,
        arguments={argument.name.value: _read_input(argument, names) for argument in node.arguments or ()},
        is_repeatable=node.repeatable,
        locations=tuple(location.value for location in node.locations),
    )


def _interfaces(node: TypeNode) -> Iterator[str]:
    if isinstance(node, _FIELDED):
        yield from (interface.name.value for interface in node.interfaces or ())


def _members(node: TypeNode) -> Iterator[str]:
    if isinstance(node, _UNIONS):
        yield from (member.name.value for member in node.types or ())


def _read_values(node: TypeNode, names: _Names) -> Iterator[EnumValue]:
    if isinstance(node, _ENUMS):
        for value in node.values or ():
            yield EnumValue(
                value.name.value,
                value.description.value if value.description else None,
                tuple(_applied(value.directives or (), names)),
                value,
            )


def _applied(nodes: Iterable[DirectiveNode], names: _Names) -> Iterator[Applied]:
    for node in nodes:
        local = node.name.value
        name = names.directives.get(local, local if local in BUILT_IN_DIRECTIVES else f"@{local}")
        yield Applied(name, {argument.name.value: argument.value for argument in node.arguments or ()}, node)
