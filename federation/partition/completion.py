"""Nulls at non-null positions, as the specification completes them: the nearest nullable position becomes null.

The merge leaves a null where no partition gave a value; a router in front would complete it by its own API schema, but
a client of the served subgraph gets what the specification promises.
Source: https://spec.graphql.org/draft/#sec-Handling-Execution-Errors
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
)

from federation.executor.operation import Operation
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.hidden import response_name_of

_BUBBLE = object()


def complete_nulls(
    schema: GraphQLSchema, operation: Operation, root: GraphQLObjectType, data: ResponseObject
) -> ResponseObject | None:
    """`data` of an operation on `root` with nulls only where the schema allows them; None if it allows none."""
    completion = _NullCompletion(schema, operation)
    completed: ResponseObject | None = completion.value(root, data, [operation.node.selection_set])
    return completed


@dataclass(frozen=True, slots=True)
class _NullCompletion:
    schema: GraphQLSchema
    operation: Operation

    def value(self, type_: GraphQLOutputType, value: JsonValue, selections: list[SelectionSetNode]) -> JsonValue:
        """The completed value; `_BUBBLE` where a null is not allowed."""
        if isinstance(type_, GraphQLNonNull):
            completed = self.value(type_.of_type, value, selections)
            return _BUBBLE if completed is None else completed
        if value is None:
            return None
        if isinstance(type_, GraphQLList):
            items = [self.value(type_.of_type, item, selections) for item in value]
            return None if any(item is _BUBBLE for item in items) else items
        if isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)):
            return self._object(self._types(type_, value), value, selections)
        return value

    def _object(
        self, types: list[GraphQLObjectType], value: ResponseObject, selections: list[SelectionSetNode]
    ) -> ResponseObject | None:
        completed = dict(value)
        for name, (type_, below) in self._fields(types, selections).items():
            if name in value:
                completed[name] = self.value(type_, value[name], below)
                if completed[name] is _BUBBLE:
                    return None
        return completed

    def _types(
        self, type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType, value: ResponseObject
    ) -> list[GraphQLObjectType]:
        """The object types the value may be of; an abstract one of which `__typename` was not asked may be of any."""
        if isinstance(type_, GraphQLObjectType):
            return [type_]
        possible = list(self.schema.get_possible_types(type_))
        named = [found for found in possible if found.name == value.get("__typename")]
        return named or possible

    def _fields(
        self, types: list[GraphQLObjectType], selections: list[SelectionSetNode]
    ) -> dict[str, tuple[GraphQLOutputType, list[SelectionSetNode]]]:
        """By response name the field's type, nullable if it is for one of `types`, and its selection sets."""
        fields: dict[str, tuple[GraphQLOutputType, list[SelectionSetNode]]] = {}
        for type_ in types:
            for node in self._nodes(type_, selections):
                definition = self.schema.get_field(type_, node.name.value)
                if definition is None:
                    continue
                known, below = fields.get(response_name_of(node), (definition.type, []))
                if node.selection_set is not None:
                    below.append(node.selection_set)
                narrowest = known if isinstance(definition.type, GraphQLNonNull) else definition.type
                fields[response_name_of(node)] = (narrowest, below)
        return fields

    def _nodes(self, type_: GraphQLObjectType, selections: list[SelectionSetNode]) -> Iterator[FieldNode]:
        for selection_set in selections:
            for node in selection_set.selections:
                if isinstance(node, FieldNode):
                    yield node
                    continue
                condition, inner = None, None
                if isinstance(node, FragmentSpreadNode):
                    fragment = self.operation.fragments[node.name.value]
                    condition, inner = fragment.type_condition.name.value, fragment.selection_set
                elif isinstance(node, InlineFragmentNode):
                    condition = None if node.type_condition is None else node.type_condition.name.value
                    inner = node.selection_set
                if inner is not None and self._applies(type_, condition):
                    yield from self._nodes(type_, [inner])

    def _applies(self, type_: GraphQLObjectType, condition: str | None) -> bool:
        if condition is None or condition == type_.name:
            return True
        abstract = self.schema.type_map.get(condition)
        return isinstance(abstract, (GraphQLInterfaceType, GraphQLUnionType)) and self.schema.is_sub_type(
            abstract, type_
        )
