"""From a valid operation to its shape: the operation without the values that its text holds.

    { person(id: "1") { name } }    →    query ( $_l0 : ID! ) { person ( id : $_l0 ) { name } }    and    _l0 = "1"

Operations of one shape share a plan. A value becomes a variable of the type that the API schema declares where it
stands, and is sent as exactly the JSON that the literal means. What could mean something else as a variable stays:
`null`, booleans and enum values (there are few), objects (whether a field is absent is part of the shape; the values
inside go), numbers, lists and objects for custom scalars, and what a field set of the supergraph says word for word.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FloatValueNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Token,
    TokenKind,
    ValueNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
    print_ast,
)

from federation.executor.subgraph_client import JsonValue
from federation.gateway.limits import fragments_of
from federation.query_plan.incremental import incremental_directive
from federation.supergraph.supergraph import Supergraph

#: Integers beyond this are not the same number to every JSON reader.
_MAX_EXACT_INTEGER = 2**53 - 1
_VALUE_TOKENS = frozenset({TokenKind.STRING, TokenKind.BLOCK_STRING, TokenKind.INT, TokenKind.FLOAT})
_DATA_NODES = (StringValueNode, IntValueNode, FloatValueNode)


@dataclass(frozen=True, slots=True)
class Shape:
    """An operation without the values in its text.

    Attributes:
        text: a complete document: the operation and the fragments it uses, in one canonical layout, no comments.
        literals: by our variables, the values that stood there.
        coordinates: by our variables, where that was: the argument, then fields and positions inside: `filter.dueBy`.
        is_free_of_values: whether the text holds no value of the client's any more, so that others may share it.
    """

    text: str
    literals: Mapping[str, JsonValue] = field(repr=False)
    coordinates: Mapping[str, str]
    is_free_of_values: bool


class ShapeReader:
    """Reads shapes of operations over one supergraph."""

    def __init__(self, supergraph: Supergraph) -> None:
        self._schema = supergraph.api_schema
        self._constants = frozenset(_constants(supergraph))

    def read(self, document: DocumentNode, operation: OperationDefinitionNode) -> Shape:
        """Give the shape of one operation of a document that is valid for the API schema and has locations."""
        hoister = _Hoister(self._schema, self._constants, _free_prefix(operation))
        fragments = fragments_of(document)
        used: dict[str, None] = {}
        root = self._schema.get_root_type(operation.operation)
        hoister.visit(operation.selection_set, root, used)
        waiting = list(used)
        while waiting:
            fragment = fragments[waiting.pop(0)]
            known = set(used)
            condition = fragment.type_condition.name.value
            hoister.visit(fragment.selection_set, self._schema.type_map[condition], used)
            waiting += [name for name in used if name not in known]
        writer = _ShapeWriter(hoister)
        writer.write_operation(operation)
        for name in used:
            writer.write_fragment(fragments[name])
        return Shape(" ".join(writer.parts), hoister.values, hoister.coordinates, writer.is_free_of_values)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands: in a field (its alias and name), at an argument, then fields and positions inside."""

    field_key: tuple[str, str]
    steps: tuple[str | int, ...]

    def within(self, step: str | int) -> _Place:
        return _Place(self.field_key, (*self.steps, step))


class _Hoister:
    """Finds the values that become variables.

    Attributes:
        found: by the offset where a value begins: our variable, and the value's last token.
        constants: offsets of values that are the supergraph's own.
        types, values, coordinates: by our variable.
    """

    def __init__(self, schema: GraphQLSchema, constants: frozenset[tuple[str, str]], prefix: str) -> None:
        self._schema = schema
        self._field_set_uses = constants
        self._names_in_field_sets = frozenset(name for name, _ in constants)
        self._prefix = prefix
        self._variables: dict[object, str] = {}
        self.found: dict[int, tuple[str, Token]] = {}
        self.constants: set[int] = set()
        self.types: dict[str, str] = {}
        self.values: dict[str, JsonValue] = {}
        self.coordinates: dict[str, str] = {}

    def visit(self, selections: SelectionSetNode, parent: GraphQLNamedType | None, spreads: dict[str, None]) -> None:
        """Look through a selection set on `parent`; note the fragments spread in it."""
        for node in selections.selections:
            if (directive := incremental_directive(node)) is not None:  # its label is a name and no value
                self.constants.update(_offset(n) for a in directive.arguments or () for n in _data_nodes(a.value))
            if isinstance(node, FieldNode):
                self._visit_field(node, parent, spreads)
                continue
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                on = parent if condition is None else self._schema.type_map[condition.name.value]
                self.visit(node.selection_set, on, spreads)
            elif isinstance(node, FragmentSpreadNode):
                spreads[node.name.value] = None

    def _visit_field(self, node: FieldNode, parent: GraphQLNamedType | None, spreads: dict[str, None]) -> None:
        fields = parent.fields if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) else {}
        definition = fields.get(node.name.value)  # None for introspection, whose values stay
        if definition is not None and node.arguments:
            if self._stands_in_a_field_set(node):
                self.constants.update(_offset(n) for argument in node.arguments for n in _data_nodes(argument.value))
            else:
                self._hoist_arguments(node, {name: a.type for name, a in definition.args.items()})
        if node.selection_set is not None:
            inner = get_named_type(definition.type) if definition is not None else None
            self.visit(node.selection_set, inner, spreads)

    def _stands_in_a_field_set(self, node: FieldNode) -> bool:
        """Whether a requirement reads the field with the same arguments: as long as both look alike, one is fetched."""
        name = node.name.value
        if name not in self._names_in_field_sets:
            return False
        return (name, _arguments_text(node.arguments or ())) in self._field_set_uses

    def _hoist_arguments(self, node: FieldNode, types: Mapping[str, GraphQLInputType]) -> None:
        # Fields that are to be merged have these in common, so equal values there must get one variable.
        field_key = (node.alias.value if node.alias else "", node.name.value)
        for argument in node.arguments or ():
            self._hoist(argument.value, types[argument.name.value], _Place(field_key, (argument.name.value,)))

    def _hoist(self, node: ValueNode, type_: GraphQLInputType, place: _Place) -> None:
        named = get_named_type(type_)
        if isinstance(node, ObjectValueNode):
            if isinstance(named, GraphQLInputObjectType):
                for member in node.fields:
                    name = member.name.value
                    self._hoist(member.value, named.fields[name].type, place.within(name))
            return
        value = _json_value(node, type_) if any(True for _ in _data_nodes(node)) else _STAYS
        if value is not _STAYS:
            self._add(node, type_, value, place)
        elif isinstance(node, ListValueNode) and is_list_type(nullable := get_nullable_type(type_)):
            for number, item in enumerate(node.values):
                self._hoist(item, nullable.of_type, place.within(number))

    def _add(self, node: ValueNode, type_: GraphQLInputType, value: JsonValue, place: _Place) -> None:
        # A literal is never null, and a non-null variable may stand wherever a nullable one may.
        type_text = str(type_ if isinstance(type_, GraphQLNonNull) else GraphQLNonNull(type_))
        key = (place, type_text, repr(value))
        name = self._variables.get(key)
        if name is None:
            name = self._variables[key] = f"{self._prefix}{len(self._variables)}"
            self.types[name], self.values[name] = type_text, value
            self.coordinates[name] = ".".join(map(str, place.steps))
        assert node.loc is not None  # noqa: S101  (parsed with locations)
        self.found[node.loc.start] = (name, node.loc.end_token)


class _ShapeWriter:
    """Writes definitions token by token, with variables in the places of what was hoisted."""

    def __init__(self, hoister: _Hoister) -> None:
        self._hoister = hoister
        self.parts: list[str] = []
        self.is_free_of_values = True

    def write_operation(self, operation: OperationDefinitionNode) -> None:
        """Write an operation, with our variables among its own."""
        own, types = operation.variable_definitions or (), self._hoister.types
        if own or types or operation.name or operation.directives or operation.operation.value != "query":
            self.parts.append(operation.operation.value)
        if operation.name is not None:
            self.parts.append(operation.name.value)
        if own or types:
            self.parts.append("(")
            for definition in own:
                self._write(definition)
            self.parts += [f"${name}:{type_}" for name, type_ in types.items()]
            self.parts.append(")")
        for directive in operation.directives or ():
            self._write(directive)
        self._write(operation.selection_set)

    def write_fragment(self, fragment: Node) -> None:
        """Write a fragment's definition."""
        self._write(fragment)

    def _write(self, node: Node) -> None:
        assert node.loc is not None  # noqa: S101  (parsed with locations)
        body, found, constants = node.loc.source.body, self._hoister.found, self._hoister.constants
        token: Token | None = node.loc.start_token
        last, append = node.loc.end_token, self.parts.append
        while token is not None:
            hoisted = found.get(token.start)
            if hoisted is not None:
                append(f"${hoisted[0]}")
                token = hoisted[1]
            elif token.kind is not TokenKind.COMMENT:
                append(body[token.start : token.end])
                if token.kind in _VALUE_TOKENS and token.start not in constants:
                    self.is_free_of_values = False
            if token is last:
                return
            token = token.next


class _Stays:
    """Stands for "not hoisted", since null is a value."""


_STAYS = _Stays()


def _json_value(node: ValueNode, type_: GraphQLInputType) -> JsonValue:
    """The JSON that means the same as a literal of strings, numbers and lists; `_STAYS` if that is not certain."""
    nullable = get_nullable_type(type_)
    if isinstance(node, NullValueNode):
        return None
    if is_list_type(nullable):
        items = node.values if isinstance(node, ListValueNode) else [node]
        values = [_json_value(item, nullable.of_type) for item in items]
        return _STAYS if _STAYS in values else values
    return _leaf_value(node, get_named_type(type_).name)


def _leaf_value(node: ValueNode, type_name: str) -> JsonValue:
    match node:
        case StringValueNode():
            return node.value  # valid for no other types than String, ID and custom scalars
        case IntValueNode() if type_name == "ID":
            return node.value
        case IntValueNode() if type_name in ("Int", "Float"):
            number = int(node.value)
            return number if abs(number) <= _MAX_EXACT_INTEGER else _finite(node.value)
        case FloatValueNode() if type_name == "Float":
            return _finite(node.value)
        case _:
            return _STAYS


def _finite(text: str) -> JsonValue:
    number = float(text)
    return number if math.isfinite(number) else _STAYS


def _data_nodes(node: ValueNode) -> Iterator[ValueNode]:
    """The strings and numbers in a value."""
    if isinstance(node, _DATA_NODES):
        yield node
    elif isinstance(node, ListValueNode):
        for item in node.values:
            yield from _data_nodes(item)
    elif isinstance(node, ObjectValueNode):
        for member in node.fields:
            yield from _data_nodes(member.value)


def _offset(node: Node) -> int:
    return node.loc.start if node.loc else -1


def _free_prefix(operation: OperationDefinitionNode) -> str:
    """A beginning that no variable of the client's has."""
    names = [definition.variable.name.value for definition in operation.variable_definitions or ()]
    prefix = "_l"
    while any(name.startswith(prefix) for name in names):
        prefix = f"_{prefix}"
    return prefix


def _constants(supergraph: Supergraph) -> Iterator[tuple[str, str]]:
    """The fields with arguments in the supergraph's field sets, with these arguments."""
    for schema in supergraph.subgraph_schemas.values():
        for type_ in schema.types.values():
            for each in type_.fields.values():
                contexts = (argument.selection for argument in each.context_arguments)
                for selections in filter(None, (each.requires, each.provides, *contexts)):
                    yield from _fields_with_arguments(selections)


def _fields_with_arguments(selections: SelectionSetNode) -> Iterator[tuple[str, str]]:
    for node in selections.selections:
        if isinstance(node, FieldNode) and node.arguments:
            yield node.name.value, _arguments_text(node.arguments)
        inner = getattr(node, "selection_set", None)
        if inner is not None:
            yield from _fields_with_arguments(inner)


def _arguments_text(arguments: Iterable[ArgumentNode]) -> str:
    return ", ".join(print_ast(argument) for argument in arguments)
