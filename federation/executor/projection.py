"""Projection: the client's answer out of the fetched data, by the API schema, as generated functions.

For `user { name reviews { body } }` with `reviews: [Review!]` the generated source is, in short,

    def object_1(value, place, key, run):
     if value.__class__ is dict: repeated = None
     elif value.__class__ is Repeated:
      if value.completed_by is object_1: return value.completed
      repeated = value; value = value.fields; troubles = run.troubles
     else: return run.mismatch(place, key, 'User')
     here = (place, key, None)
     try: v0 = value['name']; v1 = value['reviews']
     except KeyError: v0 = value.get('name'); v1 = value.get('reviews')
     if v0.__class__ is not str and v0 is not None: v0 = run.scalar(v0, String, here, 'name')
     if v1 is not None: v1 = list_2(v1, here, 'reviews', run)
     completed = {'name': v0, 'reviews': v1}
     if repeated is not None: completed = run.keep(repeated, object_1, completed, troubles)
     return completed

Each function completes one value: it gives the completed value, or None when that is null or a null below bubbled up
to it. Items of lists of objects are completed inside the list's loop. Functions are shared by positions that select
the same fields of the same type, so the source grows with the operation, not with the paths through it.
Source: https://spec.graphql.org/draft/#sec-Value-Completion
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias, cast

from graphql import (
    FieldNode,
    GraphQLAbstractType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    SelectionSetNode,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from federation.executor.completion import Completion, HiddenTypes
from federation.executor.generated import SourceWriter, build_functions
from federation.executor.leaves import leaf_repair, leaf_test
from federation.executor.operation import FieldCollector
from federation.executor.repeated import Repeated
from federation.executor.subgraph_client import ResponseObject

#: `project(data, place, key, completion)`, with None for place and key at the root.
Project: TypeAlias = Callable[[ResponseObject, None, None, Completion], ResponseObject | None]
Nodes: TypeAlias = tuple[FieldNode, ...]
Types: TypeAlias = tuple[GraphQLObjectType, ...]
Selections: TypeAlias = tuple[SelectionSetNode, ...]


def compile_projection(
    collector: FieldCollector, root_type: GraphQLObjectType, hidden: frozenset[str], typename_key: str | None = None
) -> Project:
    """The function that completes a whole answer.

    `hidden` names the object types that the API schema leaves out; `typename_key` is as in the query plan.
    """
    builder = _ProjectionBuilder(collector, hidden, typename_key)
    name = builder.request_object((root_type,), (collector.operation.node.selection_set,))
    project: Project = builder.build(name)
    return project


@dataclass(frozen=True, slots=True)
class _Field:
    """One field to complete: local `variable`, `key` in the answer (None: a list's item), `coordinate` for messages."""

    variable: str
    key: str | None
    coordinate: str
    type: GraphQLOutputType
    nodes: Nodes


class _ProjectionBuilder:
    """Writes the functions, each once; `_constants` are what they refer to besides each other."""

    def __init__(self, collector: FieldCollector, hidden: frozenset[str], typename_key: str | None) -> None:
        self._collector = collector
        self._typename_key = typename_key
        self._hidden = hidden
        self._names: dict[object, str] = {}
        self._pending: list[Callable[[], None]] = []
        self._out = SourceWriter()
        self._tables: dict[str, dict[str, str]] = {}
        self._field_types: dict[tuple[str, str], str] = {}
        self._constants: dict[str, object] = {"Repeated": Repeated}

    def build(self, name: str) -> Callable[..., Any]:
        """The function requested under `name`, with everything that it calls."""
        while self._pending:
            self._pending.pop()()
        functions: dict[str, Any] = build_functions(self._out.text(), self._constants, "<projection>")
        for table, by_type in self._tables.items():
            functions[table] = {typename: functions[function] for typename, function in by_type.items()}
        built: Callable[..., Any] = functions[name]
        return built

    # What one function asks of another: a name now, the text later.

    def request_object(self, types: Types, selections: Selections) -> str:
        """The function for objects of one of `types`, which must have the same fields."""
        key = (types, _identify(selections))
        return self._request("object", key, partial(self._object, types, selections))

    def _request_value(self, field: _Field, of_type: GraphQLOutputType) -> str:
        """The function for values of a list or composite type."""
        if is_list_type(of_type):
            is_streamed = field.key is not None and any(id(node) in self._collector.streams for node in field.nodes)
            kind, write = ("stream", self._streamed_list) if is_streamed else ("list", self._list)
            return self._request(kind, _list_key(field, of_type), partial(write, field, of_type))
        selections = _selections(field.nodes)
        if is_abstract_type(of_type):
            key = (of_type.name, _identify(selections))
            return self._request("abstract", key, partial(self._abstract, of_type, selections))
        return self.request_object((cast("GraphQLObjectType", of_type),), selections)

    def _request(self, kind: str, key: object, write: Callable[[str], None]) -> str:
        name = self._names.get((kind, key))
        if name is None:
            name = self._names[kind, key] = f"{kind}_{len(self._names)}"
            self._pending.append(partial(write, name))
        return name

    def _constant(self, value: object) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants[name] = value
        return name

    # The functions.

    def _object(self, types: Types, selections: Selections, name: str) -> None:
        label = "|".join(object_type.name for object_type in types)
        with self._out.block(f"def {name}(value, place, key, run):"):
            self._unwrap_repeated("value", name, "return value.completed")
            self._out.line(f"else: return run.mismatch(place, key, {label!r})")
            self._fields("value", "(place, key, None)", "return None", (types, selections))
            self._keep_repeated(name)
            self._out.line("return completed")

    def _unwrap_repeated(self, variable: str, name: str, give_completed: str) -> None:
        """Take the object out of a repeated one, or `give_completed` if this function has completed it before."""
        self._out.line(
            f"if {variable}.__class__ is dict: repeated = None\n"
            f"elif {variable}.__class__ is Repeated:\n"
            f" if {variable}.completed_by is {name}: {give_completed}\n"
            f" repeated = {variable}; {variable} = {variable}.fields; troubles = run.troubles"
        )

    def _keep_repeated(self, name: str) -> None:
        self._out.line(f"if repeated is not None: completed = run.keep(repeated, {name}, completed, troubles)")

    def _abstract(self, abstract_type: GraphQLAbstractType, selections: Selections, name: str) -> None:
        """Dispatch on `__typename`; types whose fields are the same share a function."""
        functions: dict[str, str] = {}
        for types in self._group_types(abstract_type, selections):
            function = self.request_object(types, selections)
            functions.update((object_type.name, function) for object_type in types)
        only = self._function_for_unknown(functions, abstract_type, selections)
        hidden = self._constant(HiddenTypes(abstract_type.name, self._hidden))
        with self._out.block(f"def {name}(value, place, key, run):"):
            self._out.line("fields = value.fields if value.__class__ is Repeated else value")
            self._out.line(f"if fields.__class__ is not dict: return run.mismatch(place, key, {abstract_type.name!r})")
            self._out.line("typename = fields.get('__typename')")
            self._out.line(f"complete = {name}_types.get(typename) if typename.__class__ is str else None")
            self._out.line(f"if typename is None or typename == {abstract_type.name!r}: complete = {only}")
            self._out.line(f"if complete is None: return run.unknown_type(fields, place, key, {hidden})")
            self._out.line("return complete(value, place, key, run)")
        self._tables[f"{name}_types"] = functions

    def _function_for_unknown(
        self, functions: dict[str, str], abstract_type: GraphQLAbstractType, selections: Selections
    ) -> str:
        """The function for an object that was read from an interface object alone and does not tell its type.

        It does not matter where all possible types have the same fields, unless the type's name is asked for.
        """
        if len(functions) > 1 and self._selects_typename(abstract_type, selections):
            return "None"
        shared = set(functions.values())
        return shared.pop() if len(shared) == 1 else "None"

    def _selects_typename(self, abstract_type: GraphQLAbstractType, selections: Selections) -> bool:
        return any(
            nodes[0].name.value == "__typename"
            for types in self._collector.group_alike(abstract_type, selections)
            for nodes in self._collector.collect(types[0], selections).values()
        )

    def _group_types(self, abstract_type: GraphQLAbstractType, selections: Selections) -> list[Types]:
        """The possible types, those together whose fields are the same nodes with the same types."""
        groups: dict[object, list[GraphQLObjectType]] = {}
        for types in self._collector.group_alike(abstract_type, selections):
            collected = self._collector.collect(types[0], selections).values()
            fields = sorted({nodes[0].name.value for nodes in collected})
            selected = tuple(_identify(nodes) for nodes in collected)
            for object_type in types:
                field_types = tuple(self._field_type(object_type, name) for name in fields)
                deferred = self._identify_deferred(object_type, selections)
                groups.setdefault((selected, field_types, deferred), []).append(object_type)
        return [tuple(types) for types in groups.values()]

    def _identify_deferred(self, object_type: GraphQLObjectType, selections: Selections) -> tuple[object, ...]:
        """What is deferred of an object, so that types share a function only if they are alike in that too."""
        return tuple(
            (number, *self._identify_fields(object_type, (selection_set,)))
            for number, selection_set in self._collector.collect_deferred(object_type, selections).items()
        )

    def _identify_fields(self, object_type: GraphQLObjectType, selections: Selections) -> tuple[object, ...]:
        collected = self._collector.collect(object_type, selections).values()
        fields = tuple((_identify(nodes), self._field_type(object_type, nodes[0].name.value)) for nodes in collected)
        return fields, self._identify_deferred(object_type, selections)

    def _field_type(self, object_type: GraphQLObjectType, name: str) -> str:
        """A field's type as text; empty for `__typename`, which is no part of the type."""
        known = self._field_types.get((object_type.name, name))
        if known is None:
            field = object_type.fields.get(name)
            known = self._field_types[object_type.name, name] = str(field.type) if field else ""
        return known

    def _list(self, field: _Field, list_type: GraphQLList[GraphQLOutputType], name: str) -> None:
        line, block = self._out.line, self._out.block
        item_type, is_required = _unwrap(list_type.of_type)
        item = replace(field, variable="item", key=None, type=list_type.of_type)
        with block(f"def {name}(value, place, key, run):"):
            line(f"if value.__class__ is not list: return run.mismatch(place, key, {str(list_type)!r})")
            test = leaf_test(item_type, "item", self._constant)
            if test:
                line(f"for item in value:\n if {test}: break\nelse: return value")
            elif test == "" and not is_required:
                line("return value")
                return
            line("items = []\nappend = items.append\nat = (place, key, items)")
            with block("for item in value:"):
                if is_object_type(item_type):
                    self._object_item(item, item_type, name)
                else:
                    self._value(item, "at", "return None")
                    line("append(item)")
            line("return items")

    def _streamed_list(self, field: _Field, list_type: GraphQLList[GraphQLOutputType], name: str) -> None:
        """Complete the first items of a list where it is streamed, else all; `run` gets the function for the others."""
        key = _list_key(field, list_type)
        whole = self._request("list", key, partial(self._list, field, list_type))
        others = self._request("others", key, partial(self._other_items, field, list_type))
        with self._out.block(f"def {name}(value, place, key, run):"):
            self._out.line(f"if value.__class__ is not list: return run.mismatch(place, key, {str(list_type)!r})")
            self._out.line("count = run.initial_count(place, key)")
            self._out.line(f"if count is None or count >= len(value): return {whole}(value, place, key, run)")
            self._out.line(f"run.stream({others}, value, count, place, key)")
            self._out.line(f"return {whole}(value[:count], place, key, run)")

    def _other_items(self, field: _Field, list_type: GraphQLList[GraphQLOutputType], name: str) -> None:
        """Complete the items after the first `count`: give those before a null that must not be one, and if all are."""
        item_type, _ = _unwrap(list_type.of_type)
        item = replace(field, variable="item", key=None, type=list_type.of_type)
        with self._out.block(f"def {name}(value, count, place, key, run):"):
            self._out.line("items = value[:count]\nappend = items.append\nat = (place, key, items)")
            with self._out.block("for item in value[count:]:"):
                if is_object_type(item_type):
                    self._object_item(item, item_type, name, "return items[count:], False")
                else:
                    self._value(item, "at", "return items[count:], False")
                    self._out.line("append(item)")
            self._out.line("return items[count:], True")

    def _object_item(self, item: _Field, item_type: GraphQLObjectType, name: str, give_up: str = "return None") -> None:
        """An object completed inside the loop of the list function `name`, without a call per item."""
        line, block = self._out.line, self._out.block
        is_required = is_non_null_type(item.type)
        tell_null = f"run.null(at, None, {item.coordinate!r})"
        on_null = f"{tell_null}; {give_up}" if is_required else "append(None); continue"
        self._unwrap_repeated("item", name, "append(item.completed); continue")
        with block("else:"):
            line(f"if item is not None: run.mismatch(at, None, {item_type.name!r})")
            line(on_null)
        self._fields("item", "at", on_null, ((item_type,), _selections(item.nodes)))
        self._keep_repeated(name)
        line("append(completed)")

    # What stands inside a function.

    def _fields(self, parent: str, here: str, on_null: str, selected: tuple[Types, Selections]) -> None:
        """Make `completed` of the selected fields of `parent`, at the place `here`."""
        types, selections = selected
        typename = repr(types[0].name) if len(types) == 1 else f"{parent}['__typename']"
        label = "|".join(object_type.name for object_type in types)
        answer: list[str] = []
        fields: list[_Field] = []
        for number, (key, nodes) in enumerate(self._collector.collect(types[0], selections).items()):
            name = nodes[0].name.value
            if name == "__typename":
                answer.append(f"{key!r}: {typename}")
            elif name in ("__schema", "__type"):
                answer.append(f"{key!r}: run.introspection.get({key!r})")
            else:
                coordinate = f"{label}.{name}"
                fields.append(_Field(f"v{number}", key, coordinate, types[0].fields[name].type, nodes))
                answer.append(f"{key!r}: v{number}")
        self._read(parent, fields)
        deferred = self._collector.collect_deferred(types[0], selections)
        for number, selection_set in deferred.items():
            function = self.request_object(types, (selection_set,))
            self._out.line(f"run.defer({number}, {function}, {here})")
        if not all(is_leaf_type(_unwrap(field.type)[0]) for field in fields):
            # Of an object with leaves alone only an error needs the place.
            self._out.line(f"here = {here}")
            here = "here"
        for field in fields:
            self._value(field, here, on_null, parent)
        self._out.line(f"completed = {{{', '.join(answer)}}}")

    def _read(self, parent: str, fields: list[_Field]) -> None:
        """Subscripts are the fastest way to read; a missing field, as after a failed fetch, is rare and means null."""
        if fields:
            read = [(f.variable, self._typename_key if f.key == "__typename" else f.key) for f in fields]
            self._out.line("try: " + "; ".join(f"{variable} = {parent}[{key!r}]" for variable, key in read))
            self._out.line(
                "except KeyError: " + "; ".join(f"{variable} = {parent}.get({key!r})" for variable, key in read)
            )

    def _value(self, field: _Field, here: str, on_null: str, parent: str = "None") -> None:
        """Complete the value in `field.variable`, in place; run `on_null` when that must not be null but is.

        `parent` is the object whose field it is.
        """
        variable, where = field.variable, f"{here}, {field.key!r}"
        nullable_type, is_required = _unwrap(field.type)
        test = leaf_test(nullable_type, variable, self._constant)
        if test:
            repair = leaf_repair(nullable_type, variable, where, self._constant)
            self._out.line(f"if {test}" + ("" if is_required else f" and {variable} is not None") + ":")
            self._out.line(
                f" if {variable} is not None: {variable} = {repair}" if is_required else f" {variable} = {repair}"
            )
        elif test is None:
            function = self._request_value(field, nullable_type)
            self._out.line(f"if {variable} is not None: {variable} = {function}({variable}, {where}, run)")
        if is_required:
            self._out.line(f"if {variable} is None:\n run.null({where}, {field.coordinate!r}, {parent})\n {on_null}")


def _list_key(field: _Field, list_type: GraphQLList[GraphQLOutputType]) -> object:
    """By which list functions are told apart."""
    return str(list_type), field.coordinate, _identify(field.nodes)


def _unwrap(of_type: GraphQLOutputType) -> tuple[GraphQLOutputType, bool]:
    """The nullable type and whether it was non-null."""
    if is_non_null_type(of_type):
        return of_type.of_type, True
    return of_type, False


def _selections(nodes: Nodes) -> Selections:
    return tuple(node.selection_set for node in nodes if node.selection_set)


def _identify(nodes: Iterable[object]) -> tuple[int, ...]:
    """The nodes' identities: the same nodes select the same fields. They live as long as the operation."""
    return tuple(id(node) for node in nodes)
