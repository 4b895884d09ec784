"""A `SubgraphClient` that resolves one subgraph's SDL from a world, refusing what a real subgraph could not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    InlineFragmentNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    SelectionSetNode,
    build_ast_schema,
    execute,
    extend_schema,
    parse,
    validate,
    value_from_ast_untyped,
)
from graphql.language import (
    EnumTypeDefinitionNode,
    InputObjectTypeDefinitionNode,
    ScalarTypeDefinitionNode,
    UnionTypeDefinitionNode,
)

from federation.executor.encoding import decode, encode
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from tests.support.exact_representation import fields_of, is_exactly
from tests.support.world import World, WorldObject, equal, find_record, read_value, resolve_typename, world_root

DEFINITION_OF_EXTENSION = {
    "object_type_extension": ObjectTypeDefinitionNode,
    "interface_type_extension": InterfaceTypeDefinitionNode,
    "union_type_extension": UnionTypeDefinitionNode,
    "enum_type_extension": EnumTypeDefinitionNode,
    "input_object_type_extension": InputObjectTypeDefinitionNode,
    "scalar_type_extension": ScalarTypeDefinitionNode,
}


class MemorySubgraph:
    """One subgraph of a world.

    Attributes:
        requests: the operations it was sent, in order.
        calls: where it notes the root mutation fields it runs, e.g. `a.addA`; shared by the subgraphs of a world.
        broken: when set, every request fails as if the subgraph were down.
    """

    def __init__(
        self,
        name: str,
        sdl: str,
        world: World,
        overridden: Iterable[tuple[str, str]] = (),
        calls: list[str] | None = None,
    ) -> None:
        self.name = name
        self.requests: list[SubgraphRequest] = []
        self.calls = [] if calls is None else calls
        self.broken = False
        self._world = world
        self._overridden = frozenset(overridden)
        self._types, self._schema = _read_sdl(sdl)

    @property
    def fetched_types(self) -> Counter[str]:
        """How many representations of each type it was sent."""
        return Counter(
            representation["__typename"]
            for request in self.requests
            for value in request.variables.values()
            if isinstance(value, list)
            for representation in value
            if isinstance(representation, dict) and "__typename" in representation
        )

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        """Validate and run the operation over the world."""
        self.requests.append(request)
        if self.broken:
            return _failure(self.name, "the subgraph is down")
        document = parse(request.operation.text)
        invalid = validate(self._schema, document)
        if invalid:
            return _failure(self.name, f"invalid operation: {invalid[0].message}: {request.operation.text}")
        result = execute(
            self._schema,
            document,
            root_value=world_root(self._world, request.operation.kind),
            variable_values=decode(encode(dict(request.variables))),
            field_resolver=self._resolve,
            type_resolver=resolve_typename,
        )
        assert not hasattr(result, "__await__")
        errors = tuple(error.formatted for error in result.errors or ())
        # As over HTTP: what is decoded is the caller's own.
        answer = (request.operation.decode or decode)(encode({"data": result.data}))
        return SubgraphResponse(answer["data"], errors, is_exclusive=True)

    def _resolve(self, source: WorldObject, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        if info.field_name == "_entities":
            return [self._enter(representation, info) for representation in arguments["representations"]]
        type_name = info.parent_type.name
        if type_name == "Mutation":
            self.calls.append(f"{self.name}.{info.field_name}")
        directives = self._directives(type_name, info.field_name)
        self._refuse_unreadable(source, type_name, info.field_name, directives)
        for required in directives.get("requires", ()):
            self._check_requirement(source, info.field_name, field_set(required))
        self._refuse_without_context(type_name, info.field_name, arguments)
        value = read_value(self._world, source.record.get(info.field_name), arguments)
        provides = [field_set(directive) for directive in directives.get("provides", ())]
        return _with_provided(value, [*provides, *_provided_below(source, info.field_name)])

    def _directives(self, type_name: str, field_name: str) -> Mapping[str, list[DirectiveNode]]:
        fields = self._types[type_name].fields if type_name in self._types else {}
        return fields.get(field_name, {})

    def _enter(self, representation: Mapping[str, Any], info: GraphQLResolveInfo) -> WorldObject | None:
        type_name = representation["__typename"]
        subgraph_type = self._types[type_name]
        matching = [
            key for key in subgraph_type.resolvable_keys if contains_selection(representation, key, self._world)
        ]
        if not matching:
            msg = f"{self.name} has no resolvable key for {dict(representation)}"
            raise ValueError(msg)
        required = self._required(type_name, info)
        if not any(is_exactly(representation, [key, *required]) for key in matching):
            msg = f"{self.name} was sent more than a key and what is required: {dict(representation)}"
            raise ValueError(msg)
        wanted = project(representation, matching[0])
        found = find_record(self._world, self._candidates(type_name), wanted)
        if found is None:
            return None
        typename = type_name if subgraph_type.is_interface_object else found.typename
        return WorldObject(found.record, typename, None, representation)

    def _required(self, type_name: str, info: GraphQLResolveInfo) -> list[SelectionSetNode]:
        """What the fields require that are selected of an entity."""
        known = self._types[type_name].fields
        asked = (field for node in info.field_nodes for field in fields_of(node.selection_set, info.fragments))
        return [
            field_set(directive) for field in asked for directive in known.get(field.name.value, {}).get("requires", ())
        ]

    def _candidates(self, type_name: str) -> tuple[str, ...]:
        subgraph_type = self._types[type_name]
        if subgraph_type.is_interface_object or subgraph_type.is_interface:
            return tuple(name for name in self._world if name not in {"Query", "Mutation"})
        return (type_name,)

    def _refuse_unreadable(
        self, source: WorldObject, type_name: str, field_name: str, directives: Mapping[str, Any]
    ) -> None:
        if (type_name, field_name) in self._overridden:
            msg = f"{type_name}.{field_name} is overridden elsewhere, {self.name} must not be asked for it"
            raise ValueError(msg)
        if "external" not in directives or type_name not in self._types:
            return
        in_key = any(field_name in top_level(key) for key in self._types[type_name].keys)
        provided = source.provided is not None and field_name in top_level(source.provided, source.typename)
        if not in_key and not provided:
            msg = f"{type_name}.{field_name} is external in {self.name} and not provided here"
            raise ValueError(msg)

    def _refuse_without_context(self, type_name: str, field_name: str, arguments: Mapping[str, Any]) -> None:
        contextual = self._types[type_name].contextual.get(field_name, ()) if type_name in self._types else ()
        for name in contextual:
            if name not in arguments:
                msg = f"{self.name} was not sent the contextual argument {name} of {type_name}.{field_name}"
                raise ValueError(msg)

    def _check_requirement(self, source: WorldObject, field_name: str, required: SelectionSetNode) -> None:
        representation = source.representation
        if representation is None or not contains_selection(
            representation, required, self._world, WorldObject(source.record, source.typename)
        ):
            msg = f"{self.name} was not sent what {field_name} requires"
            raise ValueError(msg)


class SubgraphTypeInfo:
    """What a subgraph's SDL says of one type: keys, field directives and contextual arguments, what kind it is."""

    def __init__(self) -> None:
        self.keys: list[SelectionSetNode] = []
        self.resolvable_keys: list[SelectionSetNode] = []
        self.fields: dict[str, dict[str, list[DirectiveNode]]] = {}
        self.contextual: dict[str, list[str]] = {}
        self.is_interface_object = False
        self.is_interface = False


@lru_cache(maxsize=32)
def _read_sdl(sdl: str) -> tuple[Mapping[str, SubgraphTypeInfo], GraphQLSchema]:
    document = parse(sdl)
    types = read_types(document)
    return types, executable_schema(document, types)


def read_types(document: DocumentNode) -> dict[str, SubgraphTypeInfo]:
    """The object and interface types of an SDL, definitions and extensions together."""
    types: dict[str, SubgraphTypeInfo] = {}
    for node in document.definitions:
        if node.kind.split("_")[0] not in {"object", "interface"}:
            continue
        info = types.setdefault(node.name.value, SubgraphTypeInfo())
        info.is_interface = info.is_interface or node.kind.startswith("interface")
        type_directives = by_name(node.directives or ())
        info.is_interface_object = info.is_interface_object or "interfaceObject" in type_directives
        for key in type_directives.get("key", ()):
            info.keys.append(field_set(key))
            if _boolean_argument(key, "resolvable", default=True):
                info.resolvable_keys.append(field_set(key))
        for field in node.fields or ():
            directives = by_name([*(field.directives or ()), *_inherited(type_directives)])
            info.fields.setdefault(field.name.value, {}).update(directives)
            info.contextual[field.name.value] = [
                a.name.value for a in field.arguments or () if "fromContext" in by_name(a.directives or ())
            ]
    return types


def overridden_fields(sdls: Mapping[str, str], labels: frozenset[str]) -> dict[str, set[tuple[str, str]]]:
    """By subgraph: the fields it must not be asked for, because of `@override` under the labels that hold."""
    result: dict[str, set[tuple[str, str]]] = {name: set() for name in sdls}
    for name, sdl in sdls.items():
        for type_name, info in _read_sdl(sdl)[0].items():
            for field_name, directives in info.fields.items():
                for override in directives.get("override", ()):
                    arguments = {a.name.value: a.value.value for a in override.arguments or ()}
                    is_active = "label" not in arguments or arguments["label"] in labels
                    loser = arguments["from"] if is_active else name
                    if loser in result:
                        result[loser].add((type_name, field_name))
    return result


def executable_schema(document: DocumentNode, types: Mapping[str, SubgraphTypeInfo]) -> GraphQLSchema:
    """graphql-core's schema of a subgraph SDL, federation's own fields included."""
    entities = [name for name, info in types.items() if info.resolvable_keys and not info.is_interface]
    defined: dict[str, Any] = {}
    extensions = []
    for node in document.definitions:
        if node.kind in {"schema_extension", "schema_definition", "directive_definition"}:
            continue
        if node.kind in DEFINITION_OF_EXTENSION and node.name.value not in defined:
            values = {key: getattr(node, key, None) for key in node.keys}
            defined[node.name.value] = DEFINITION_OF_EXTENSION[node.kind](**values)
        elif node.kind in DEFINITION_OF_EXTENSION or node.name.value in defined:
            extensions.append(node)
        else:
            defined[node.name.value] = node
    query = "type Query { _service: _Service! }" if "Query" not in defined else ""
    service = parse(f"{query}\nscalar _Any\ntype _Service {{ sdl: String }}").definitions
    schema = build_ast_schema(
        DocumentNode(definitions=(*defined.values(), *service)), assume_valid=True, assume_valid_sdl=True
    )
    if extensions:
        schema = extend_schema(
            schema, DocumentNode(definitions=tuple(extensions)), assume_valid=True, assume_valid_sdl=True
        )
    if not entities:
        return schema
    entity_sdl = f"""
        union _Entity = {" | ".join(entities)}
        extend type Query {{ _entities(representations: [_Any!]!): [_Entity]! }}
    """
    return extend_schema(schema, parse(entity_sdl), assume_valid=True, assume_valid_sdl=True)


def by_name(directives: Iterable[DirectiveNode]) -> dict[str, list[DirectiveNode]]:
    """Directives by their federation name, without the namespace."""
    result: dict[str, list[DirectiveNode]] = {}
    for directive in directives:
        result.setdefault(directive.name.value.removeprefix("federation__"), []).append(directive)
    return result


def field_set(directive: DirectiveNode) -> SelectionSetNode:
    """The `fields` argument as a selection set."""
    return _parse_fields(next(a.value.value for a in directive.arguments or () if a.name.value == "fields"))


@lru_cache
def _parse_fields(text: str) -> SelectionSetNode:
    return parse(f"{{ {text} }}").definitions[0].selection_set


def top_level(selections: SelectionSetNode, typename: str | None = None) -> set[str]:
    """The fields a selection set names for an object of this type."""
    names: set[str] = set()
    for selection in selections.selections:
        match selection:
            case FieldNode():
                names.add(selection.name.value)
            case InlineFragmentNode(type_condition=condition) if (
                condition is None or typename is None or condition.name.value == typename
            ):
                names |= top_level(selection.selection_set, typename)
    return names


def contains_selection(
    representation: Mapping[str, Any], selections: SelectionSetNode, world: World, source: WorldObject | None = None
) -> bool:
    """Whether the representation carries the selection, with the world's own values where a source is given."""
    for selection in selections.selections:
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            applies = condition is None or source is None or condition.name.value in {source.typename, None}
            if applies and not contains_selection(representation, selection.selection_set, world, source):
                return False
            continue
        assert isinstance(selection, FieldNode)
        name = selection.name.value
        if name not in representation:
            return False
        arguments = {a.name.value: value_from_ast_untyped(a.value) for a in selection.arguments or ()}
        expected = None if source is None else read_value(world, source.record.get(name), arguments)
        if not _contains_value(representation[name], selection.selection_set, world, expected, source is not None):
            return False
    return True


def _contains_value(
    value: Any, selections: SelectionSetNode | None, world: World, expected: Any, is_checked: bool
) -> bool:
    if isinstance(value, list):
        items = expected if isinstance(expected, list) else [None] * len(value)
        return len(items) == len(value) and all(
            _contains_value(item, selections, world, want, is_checked) for item, want in zip(value, items, strict=True)
        )
    if selections is None:
        return not is_checked or equal(world, expected, value)
    if value is None:
        return expected is None
    source = expected if isinstance(expected, WorldObject) else None
    return isinstance(value, dict) and contains_selection(value, selections, world, source)


def project(representation: Mapping[str, Any], selections: SelectionSetNode) -> dict[str, Any]:
    """The part of a representation that a key names."""
    result: dict[str, Any] = {}
    for selection in selections.selections:
        assert isinstance(selection, FieldNode)
        value = representation[selection.name.value]
        if selection.selection_set is not None and isinstance(value, dict):
            value = project(value, selection.selection_set)
        elif selection.selection_set is not None and isinstance(value, list):
            value = [project(item, selection.selection_set) for item in value]
        result[selection.name.value] = value
    return result


def _provided_below(source: WorldObject, field_name: str) -> list[SelectionSetNode]:
    if source.provided is None:
        return []
    return [
        node.selection_set
        for node in _fields_of(source.provided, source.typename)
        if node.name.value == field_name and node.selection_set is not None
    ]


def _fields_of(selections: SelectionSetNode, typename: str | None) -> list[FieldNode]:
    fields: list[FieldNode] = []
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            fields.append(selection)
        elif isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            if condition is None or typename is None or condition.name.value == typename:
                fields.extend(_fields_of(selection.selection_set, typename))
    return fields


def _with_provided(value: Any, provided: list[SelectionSetNode]) -> Any:
    if not provided:
        return value
    if isinstance(value, list):
        return [_with_provided(item, provided) for item in value]
    if isinstance(value, WorldObject):
        merged = SelectionSetNode(selections=tuple(node for part in provided for node in part.selections))
        return WorldObject(value.record, value.typename, merged, value.representation)
    return value


def _inherited(type_directives: Mapping[str, list[DirectiveNode]]) -> list[DirectiveNode]:
    return type_directives.get("external", [])


def _boolean_argument(directive: DirectiveNode, name: str, *, default: bool) -> bool:
    for argument in directive.arguments or ():
        if argument.name.value == name:
            return bool(argument.value.value)
    return default


def _failure(name: str, reason: str) -> SubgraphResponse:
    return SubgraphResponse(
        None, ({"message": reason, "extensions": {"code": "SUBREQUEST_HTTP_ERROR", "service": name}},)
    )
