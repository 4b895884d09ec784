"""Turns join metadata into what each subgraph knows: one `SubgraphSchema` each.

Three rules of the join specification decide who resolves a field:
a field without `@join__field` is resolved by every subgraph that has the type (join v0.1: by the type's owner);
one without a subgraph comes from an interface object; an overridden one is left with `usedOverridden` for keys only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSyntaxError,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    TypeNode,
    get_named_type,
    is_abstract_type,
    parse,
    parse_type,
)
from graphql.language import NamedTypeNode

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.errors import SupergraphError
from federation.supergraph.join import ContextArgument, JoinField, JoinType
from federation.supergraph.read_join import JoinMetadata
from federation.supergraph.subgraph_schema import (
    ContextualArgument,
    Key,
    Subgraph,
    SubgraphField,
    SubgraphSchema,
    SubgraphType,
    SubgraphTypeKind,
)

CompositeType = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def parse_field_set(text: str, place: str) -> SelectionSetNode:
    """Parse a field set, outer braces left out, as `@key` and `@requires` have it."""
    try:
        definitions = parse(f"{{{text}}}", no_location=True).definitions
    except GraphQLSyntaxError as error:
        raise SupergraphError(
            place, f"the field set {text!r} cannot be read", "Correct it and compose again"
        ) from error
    operations = (d for d in definitions if isinstance(d, OperationDefinitionNode))
    return next(operations).selection_set


def read_subgraph_schemas(schema: GraphQLSchema, join: JoinMetadata) -> Mapping[SubgraphName, SubgraphSchema]:
    """Give each subgraph's partial view of `schema`."""
    return {name: _SubgraphReader(schema, join, subgraph).read() for name, subgraph in join.subgraphs.items()}


class _SubgraphReader:
    def __init__(self, schema: GraphQLSchema, join: JoinMetadata, subgraph: Subgraph) -> None:
        self._schema = schema
        self._join = join
        self._subgraph = subgraph
        self._types = {n: t for n, t in schema.type_map.items() if isinstance(t, CompositeType) and self._knows(n)}
        self._readable = self._fields_of_extension_keys()

    def read(self) -> SubgraphSchema:
        types = {name: self._read_type(name, type_) for name, type_ in self._types.items()}
        return SubgraphSchema(
            self._subgraph, types, dict(self._read_enums()), dict(self._read_interface_objects(types))
        )

    def _knows(self, name: str) -> bool:
        joins = self._join.types.get(name, ())
        # A value type of join v0.1 has no @join__type: every subgraph may have it.
        return name[:2] != "__" and (not joins or any(j.subgraph == self._subgraph.name for j in joins))

    def _applications(self, name: str) -> list[JoinType]:
        return [j for j in self._join.types.get(name, ()) if j.subgraph == self._subgraph.name]

    def _read_type(self, name: str, type_: CompositeType) -> SubgraphType:
        joins = self._applications(name)
        is_interface_object = any(j.is_interface_object for j in joins)
        return SubgraphType(
            name,
            _kind(type_, is_interface_object=is_interface_object),
            tuple(Key(j.key, parse_field_set(j.key, name), j.resolvable) for j in joins if j.key),
            is_interface_object,
            any(j.extension for j in joins),
            dict(self._read_fields(type_)),
            frozenset(self._interfaces(name)),
            frozenset(self._possible_types(type_, is_interface_object=is_interface_object)),
        )

    def _interfaces(self, name: str) -> Iterator[str]:
        pairs = self._join.implements.get(name, ())
        if pairs:
            yield from (interface for subgraph, interface in pairs if subgraph == self._subgraph.name)
        elif self._is_without_pairs() and not isinstance(type_ := self._types[name], GraphQLUnionType):
            yield from (i.name for i in type_.interfaces if i.name in self._types)

    def _is_without_pairs(self) -> bool:
        """True for join v0.1, which does not say who implements what."""
        return not any(self._join.implements.values())

    def _possible_types(self, type_: CompositeType, *, is_interface_object: bool) -> Iterator[str]:
        match type_:
            case GraphQLObjectType():
                yield type_.name
            case GraphQLInterfaceType() if is_interface_object:
                yield from (t.name for t in self._schema.get_possible_types(type_))
            case GraphQLInterfaceType():
                for candidate in self._schema.get_possible_types(type_):
                    if candidate.name in self._types and type_.name in self._interfaces(candidate.name):
                        yield candidate.name
            case GraphQLUnionType():
                yield from self._members(type_)

    def _members(self, union: GraphQLUnionType) -> Iterator[str]:
        pairs = self._join.members.get(union.name, ())
        for member in union.types:
            if member.name in self._types and (not pairs or (self._subgraph.name, member.name) in pairs):
                yield member.name

    def _read_fields(self, type_: CompositeType) -> Iterator[tuple[str, SubgraphField]]:
        if not isinstance(type_, GraphQLUnionType):
            for name, field in type_.fields.items():
                if (join := self._join_field(type_.name, name)) is not None:
                    own_type = parse_type(join.type or str(field.type), no_location=True)
                    plain = SubgraphField(name, own_type, _named(own_type))
                    yield name, self._with_join(type_.name, plain, join)

    def _join_field(self, type_name: str, field_name: str) -> JoinField | None:
        """Give what the supergraph says of the field in this subgraph; None if the subgraph does not have it."""
        me = self._subgraph.name
        joins = self._join.fields.get((type_name, field_name), ())
        if not joins:
            owner = self._join.owners.get(type_name)
            is_here = owner is None or owner == me or (type_name, field_name) in self._key_fields(type_name)
            return JoinField(me) if is_here else None
        found = next((j for j in joins if j.subgraph == me), None)
        if found is None:
            is_key_of_v01 = type_name in self._join.owners and (type_name, field_name) in self._key_fields(type_name)
            return JoinField(me) if is_key_of_v01 else None
        return self._with_override(found, joins)

    def _with_override(self, found: JoinField, joins: tuple[JoinField, ...]) -> JoinField:
        """Apply what others override: an unlabelled override makes the field external, a label is carried over."""
        if found.override is not None:
            return found
        overriding = next(
            (j for j in joins if j.override == self._subgraph.name and j.subgraph != found.subgraph), None
        )
        label = found.override_label or (overriding.override_label if overriding else None)
        if label:
            return replace(found, override_label=label)
        return replace(found, external=True) if overriding or found.used_overridden else found

    def _with_join(self, type_name: str, field: SubgraphField, join: JoinField) -> SubgraphField:
        place = f"{type_name}.{field.name}"
        return replace(
            field,
            external=join.external and (type_name, field.name) not in self._readable,
            requires=parse_field_set(join.requires, place) if join.requires else None,
            provides=parse_field_set(join.provides, place) if join.provides else None,
            override_label=join.override_label,
            active_under_label=join.override is not None,
            context_arguments=tuple(self._contextual(argument, place) for argument in join.context_arguments),
        )

    def _contextual(self, argument: ContextArgument, place: str) -> ContextualArgument:
        named = (self._schema.type_map[name] for name in self._join.contexts.get(argument.context, ()))
        set_by = frozenset(t.name for type_ in named for t in _object_types(self._schema, type_))
        text = argument.selection.strip()
        selection = parse_field_set(text[1:-1] if text.startswith("{") else text, place)
        return ContextualArgument(argument.name, argument.type, set_by, selection)

    def _fields_of_extension_keys(self) -> set[tuple[str, str]]:
        """Give the fields that stand in a key of an extension: @external means nothing on them (federation 1 style)."""
        extended = {
            name
            for name in self._types
            if any(j.extension for j in self._applications(name)) or name in self._join.owners
        }
        return {coordinate for name in extended for coordinate in self._key_fields(name)}

    def _key_fields(self, type_name: str) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = set()
        for join in self._applications(type_name):
            if join.key:
                type_ = self._schema.type_map[type_name]
                _collect_fields(self._schema, type_, parse_field_set(join.key, type_name), found)
        return found

    def _read_enums(self) -> Iterator[tuple[str, frozenset[str]]]:
        for name, type_ in self._schema.type_map.items():
            if isinstance(type_, GraphQLEnumType) and self._knows(name):
                known = (
                    value
                    for value in type_.values
                    if self._subgraph.name in (graphs := self._join.enum_values.get((name, value), ())) or not graphs
                )
                yield name, frozenset(known)

    def _read_interface_objects(self, types: Mapping[str, SubgraphType]) -> Iterator[tuple[str, tuple[str, ...]]]:
        standing_for = defaultdict(list)
        for type_ in types.values():
            if type_.is_interface_object:
                for name in type_.possible_types:
                    standing_for[name].append(type_.name)
        return ((name, tuple(interfaces)) for name, interfaces in standing_for.items())


def _kind(type_: CompositeType, *, is_interface_object: bool) -> SubgraphTypeKind:
    if is_interface_object or isinstance(type_, GraphQLObjectType):
        return SubgraphTypeKind.OBJECT
    return SubgraphTypeKind.INTERFACE if isinstance(type_, GraphQLInterfaceType) else SubgraphTypeKind.UNION


def _object_types(schema: GraphQLSchema, type_: GraphQLNamedType) -> tuple[GraphQLNamedType, ...]:
    return tuple(schema.get_possible_types(type_)) if is_abstract_type(type_) else (type_,)


def _named(type_: TypeNode) -> str:
    while not isinstance(type_, NamedTypeNode):
        type_ = type_.type  # type: ignore[attr-defined]  # list and non-null nodes both wrap one type
    return type_.name.value


def _collect_fields(
    schema: GraphQLSchema, parent: GraphQLNamedType, selection: SelectionSetNode, found: set[tuple[str, str]]
) -> None:
    for node in selection.selections:
        if isinstance(node, InlineFragmentNode):
            condition = node.type_condition
            inner = schema.type_map[condition.name.value] if condition else parent
            _collect_fields(schema, inner, node.selection_set, found)
        elif isinstance(node, FieldNode) and isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            found.add((parent.name, node.name.value))
            if node.selection_set and (field := parent.fields.get(node.name.value)):
                _collect_fields(schema, get_named_type(field.type), node.selection_set, found)
            if is_abstract_type(parent):
                found.update((t.name, node.name.value) for t in schema.get_possible_types(parent))
