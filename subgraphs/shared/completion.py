"""In: a list field's selection. Out: one generated function that completes the whole list.

Where only fields are selected that resolve to an attribute (and objects and lists of such), completing a list needs
no resolver, no info object and no path: it is a loop that reads attributes and builds dictionaries. The function is
written as Python source once per selection:

    def complete(items, column_0):                      # [Person]: id cards { number }
     completed = []
     for item, column_0 in zip(items, column_0):
      if item.__class__ is class_0:
       value_1 = item.id
       ...
       item = {'id': value_1, 'cards': value_2}
      else: raise Unexpected
      completed.append(item)
     return completed

It knows the ordinary case only. Whatever else it meets (null in a non-null place, an exception as a value, an object of
another class) it raises, and graphql-core completes the list from the beginning, with its own errors and null bubbling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
)
from graphql.execution.collect_fields import CollectedFields, FieldDetailsList
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from subgraphs.shared import scalars
from subgraphs.shared.batching import METADATA, Batch

SubfieldCollector: TypeAlias = Callable[[GraphQLObjectType, FieldDetailsList], CollectedFields]

_BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF
_ITEM = "item"
_LARGEST_INT = 2**31 - 1


class NotPlain(Exception):
    """The selection has a field that needs its resolver."""


class Unexpected(Exception):
    """A value is not the ordinary case; graphql-core must say what is wrong with it."""


@dataclass(frozen=True, slots=True)
class BatchedField:
    """One batched field of one object type in a list's selection; its answers are one column beside the items."""

    batch: Batch
    parent_class: type
    parent_name: str
    response_name: str
    field_type: GraphQLOutputType
    details: FieldDetailsList


@dataclass(frozen=True, slots=True)
class ListCompletion:
    """How to complete one list.

    Attributes:
        complete: `(items, *columns) -> list of response objects`; a column has one value per item, None where the
            item has no such field.
        batches: what must be loaded first, one per column.
    """

    complete: Callable[..., list[Any]]
    batches: tuple[BatchedField, ...]


def compile_list(
    schema: GraphQLSchema, item_type: GraphQLOutputType, details: FieldDetailsList, collect: SubfieldCollector
) -> ListCompletion | None:
    """Compile the completion of a list of `item_type` with the selection in `details`; None where it is not plain."""
    writer = _Writer(schema, collect)
    try:
        return writer.list_completion(item_type, details)
    except (NotPlain, SyntaxError, RecursionError):
        # Python refuses source that is nested too deeply; such a selection is nobody's ordinary case.
        return None


class _Writer:
    """Writes one function. Statements are lines of source; what they refer to stands in `names`."""

    def __init__(self, schema: GraphQLSchema, collect: SubfieldCollector) -> None:
        self._schema = schema
        self._collect = collect
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"Unexpected": Unexpected, "Undefined": Undefined}
        self._batches: list[BatchedField] = []
        self._numbers = count()

    def list_completion(self, item_type: GraphQLOutputType, details: FieldDetailsList) -> ListCompletion:
        """Write the loop over the items, then its body; the loop's head is known when the body's batches are."""
        self._complete_value(_ITEM, item_type, details, indent=2)
        columns = [f"column_{number}" for number in range(len(self._batches))]
        loop = f"for item, {', '.join(columns)} in zip(items, {', '.join(columns)})" if columns else "for item in items"
        # The loop's own names shadow the parameters': each row has its value of the column.
        source = [
            f"def complete({', '.join(['items', *columns])}):",
            " completed = []",
            f" {loop}:",
            *self._lines,
            "  completed.append(item)",
            " return completed",
        ]
        exec("\n".join(source), self._names)  # noqa: S102  (source made of our own names; selections give only keys)
        return ListCompletion(self._names["complete"], tuple(self._batches))

    def _complete_value(
        self, name: str, graphql_type: GraphQLOutputType, details: FieldDetailsList, indent: int
    ) -> None:
        """Write statements that replace the variable `name`'s value by its completed form."""
        if isinstance(graphql_type, GraphQLNonNull):
            self._complete_present(name, graphql_type.of_type, details, indent)
            return
        self._write(indent, f"if {name} is not None:")
        self._complete_present(name, graphql_type, details, indent + 1)

    def _complete_present(
        self, name: str, graphql_type: GraphQLOutputType, details: FieldDetailsList, indent: int
    ) -> None:
        match graphql_type:
            case GraphQLObjectType():
                self._complete_object(name, [graphql_type], details, indent)
            case GraphQLInterfaceType() | GraphQLUnionType():
                possible = self._schema.get_possible_types(graphql_type)
                self._complete_object(name, possible, details, indent)
            case GraphQLList():
                self._complete_list(name, graphql_type.of_type, details, indent)
            case GraphQLScalarType() | GraphQLEnumType():
                self._complete_leaf(name, graphql_type, indent)
            case _:
                raise NotPlain

    def _complete_list(self, name: str, item_type: GraphQLOutputType, details: FieldDetailsList, indent: int) -> None:
        completed, item = self._fresh("list"), self._fresh("item")
        self._write(indent, f"if {name}.__class__ is not list: raise Unexpected")
        self._write(indent, f"{completed} = []")
        self._write(indent, f"for {item} in {name}:")
        self._complete_value(item, item_type, details, indent + 1)
        self._write(indent + 1, f"{completed}.append({item})")
        self._write(indent, f"{name} = {completed}")

    def _complete_object(
        self, name: str, types: Sequence[GraphQLObjectType], details: FieldDetailsList, indent: int
    ) -> None:
        """Write one branch per possible type; a type whose selection is not plain gets none."""
        branches = 0
        for object_type in types:
            mark, batches = len(self._lines), len(self._batches)
            class_name = self._refer("class", _origin(object_type))
            keyword = "elif" if branches else "if"
            self._write(indent, f"{keyword} {name}.__class__ is {class_name}:")
            try:
                self._complete_fields(name, object_type, details, indent + 1)
            except NotPlain:
                del self._lines[mark:], self._batches[batches:]
            else:
                branches += 1
        if not branches:
            raise NotPlain
        self._write(indent, "else: raise Unexpected")

    def _complete_fields(
        self, name: str, object_type: GraphQLObjectType, details: FieldDetailsList, indent: int
    ) -> None:
        collected = self._collect(object_type, details)
        if collected.new_defer_usages:
            raise NotPlain
        entries = []
        for response_name, field_details in collected.grouped_field_set.items():
            value = self._complete_field(name, object_type, response_name, field_details, indent)
            entries.append(f"{response_name!r}: {value}")
        self._write(indent, f"{name} = {{{', '.join(entries)}}}")

    def _complete_field(
        self, parent: str, object_type: GraphQLObjectType, response_name: str, details: FieldDetailsList, indent: int
    ) -> str:
        """Write what one field of the object in `parent` needs; give the expression of its completed value."""
        node = details[0].node
        if node.name.value == "__typename":
            return repr(object_type.name)
        graphql_field = object_type.fields.get(node.name.value)
        definition = _definition(graphql_field)
        if graphql_field is None or details[0].fragment_variable_values is not None:
            raise NotPlain
        value = self._fresh("value")
        if definition.is_basic_field:
            self._write(indent, f"{value} = {parent}.{definition.python_name}")
        else:
            # Batches are loaded for the list's own items only; what lies deeper is left to the loaders.
            if parent != _ITEM or node.arguments or isinstance(graphql_field.type, GraphQLNonNull):
                raise NotPlain
            self._write(indent, f"{value} = column_{len(self._batches)}")
            origin, batch = _origin(object_type), _batch(definition)
            self._batches.append(
                BatchedField(batch, origin, object_type.name, response_name, graphql_field.type, details)
            )
        self._complete_value(value, graphql_field.type, details, indent)
        return value

    def _complete_leaf(self, name: str, leaf_type: GraphQLScalarType | GraphQLEnumType, indent: int) -> None:
        definition = leaf_type.extensions.get(_BACKREF)
        if isinstance(definition, StrawberryEnumDefinition):
            self._complete_enum(name, _enum_names(leaf_type, definition), definition.wrapped_cls, indent)
        elif _is_text(leaf_type):
            self._write(indent, f"if {name}.__class__ is not str: raise Unexpected")
        elif leaf_type is GraphQLBoolean:
            self._write(indent, f"if {name}.__class__ is not bool: raise Unexpected")
        elif leaf_type is GraphQLInt:
            within = f"-{_LARGEST_INT + 1} <= {name} <= {_LARGEST_INT}"
            self._write(indent, f"if {name}.__class__ is not int or not {within}: raise Unexpected")
        else:
            coerce = self._refer("coerce", leaf_type.coerce_output_value)
            self._write(indent, f"{name} = {coerce}({name})")
            self._write(indent, f"if {name} is None or {name} is Undefined: raise Unexpected")

    def _complete_enum(self, name: str, names: Mapping[Any, str], enum_class: type, indent: int) -> None:
        if all(member.name == graphql_name for member, graphql_name in names.items()):
            # A member's name is an attribute; to look a member up is to hash it, which enums do in Python.
            self._write(indent, f"if {name}.__class__ is not {self._refer('class', enum_class)}: raise Unexpected")
            self._write(indent, f"{name} = {name}._name_")
        else:
            self._write(indent, f"{name} = {self._refer('names', names)}[{name}]")

    def _write(self, indent: int, statement: str) -> None:
        self._lines.append(" " * indent + statement)

    def _fresh(self, kind: str) -> str:
        return f"{kind}_{next(self._numbers)}"

    def _refer(self, kind: str, value: object) -> str:
        name = self._fresh(kind)
        self._names[name] = value
        return name


def _definition(graphql_field: GraphQLField | None) -> StrawberryField:
    definition = graphql_field.extensions.get(_BACKREF) if graphql_field is not None else None
    if not isinstance(definition, StrawberryField) or definition.extensions:
        raise NotPlain
    return definition


def _batch(definition: StrawberryField) -> Batch:
    batch = definition.metadata.get(METADATA)
    if not isinstance(batch, Batch):
        raise NotPlain
    return batch


def _origin(object_type: GraphQLObjectType) -> type:
    definition = object_type.extensions.get(_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_type_of is not None:
        raise NotPlain
    return definition.origin


def _enum_names(
    leaf_type: GraphQLScalarType | GraphQLEnumType, definition: StrawberryEnumDefinition
) -> Mapping[Any, str]:
    assert isinstance(leaf_type, GraphQLEnumType)  # noqa: S101  (only enum types have an enum's definition)
    members: list[Any] = list(definition.wrapped_cls)
    by_value = {value.value: name for name, value in leaf_type.values.items()}
    return {member: by_value[member.value] for member in members if member.value in by_value}


def _is_text(leaf_type: GraphQLScalarType | GraphQLEnumType) -> bool:
    # Texts stay as they are: the built-in scalars of GraphQL, and ours by their serialiser.
    return leaf_type in (GraphQLString, GraphQLID) or getattr(leaf_type, "coerce_output_value", None) is scalars.text


def columns_of(items: Sequence[object], parent_class: type) -> Iterator[tuple[int, Any]]:
    """The items of one class with their places."""
    return ((index, item) for index, item in enumerate(items) if item.__class__ is parent_class)
