"""`__schema` and `__type`: answered by graphql-core from the API schema alone, apart from everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import cast

import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    experimental_execute_incrementally,
    visit,
)
from graphql.language import Visitor

from federation.executor.encoding import encode
from federation.executor.operation import Operation
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.incremental import without_parts

_FIELDS = frozenset({"__schema", "__type"})
_CACHED_ANSWERS = 16


class Introspection:
    """The introspection part of one operation; answers are kept by the variables it uses."""

    def __init__(self, api_schema: GraphQLSchema, operation: Operation, selections: tuple[SelectionNode, ...]) -> None:
        node = operation.node
        root = OperationDefinitionNode(
            operation=node.operation, directives=(), selection_set=SelectionSetNode(selections=selections)
        )
        self._variables = _used_variables(DocumentNode(definitions=(root, *operation.fragments.values())))
        # Variables of the rest of the operation may be required, and have no value here.
        definitions = tuple(
            each for each in node.variable_definitions or () if each.variable.name.value in self._variables
        )
        root = replace(root, variable_definitions=definitions)
        self._document = without_parts(DocumentNode(definitions=(root, *operation.fragments.values())))
        self._schema = api_schema
        self._answer = lru_cache(_CACHED_ANSWERS)(self._execute)

    def answer(self, variables: Mapping[str, JsonValue]) -> ResponseObject:
        """The data of its root fields by response key; read only. `variables` are those of the request, coerced."""
        return self._answer(encode({name: variables[name] for name in self._variables if name in variables}))

    def _execute(self, variables: bytes) -> ResponseObject:
        # Only this function executes over a schema that has `@defer` and `@stream`; neither is left here.
        result = experimental_execute_incrementally(
            self._schema, self._document, variable_values=orjson.loads(variables)
        )
        data: ResponseObject | None = result.data if isinstance(result, ExecutionResult) else None
        return data or {}


def compile_introspection(api_schema: GraphQLSchema, operation: Operation) -> Introspection | None:
    """The introspection part of `operation`; None when it asks for none."""
    selections = tuple(_introspecting(operation.node.selection_set, operation))
    return Introspection(api_schema, operation, selections) if selections else None


def _introspecting(selection_set: SelectionSetNode, operation: Operation) -> Iterator[SelectionNode]:
    """The root selections that ask for introspection, in fragments too; those keep their conditions."""
    for selection in selection_set.selections:
        if isinstance(selection, FieldNode):
            if selection.name.value in _FIELDS:
                yield selection
            continue
        inner = _fragment_selections(selection, operation)
        selections = tuple(_introspecting(inner, operation))
        if selections:
            yield InlineFragmentNode(
                directives=selection.directives, selection_set=SelectionSetNode(selections=selections)
            )


def _fragment_selections(selection: SelectionNode, operation: Operation) -> SelectionSetNode:
    if isinstance(selection, FragmentSpreadNode):
        return operation.fragments[selection.name.value].selection_set
    return cast("InlineFragmentNode", selection).selection_set


class _VariableNames(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.names.add(node.name.value)

    def enter_variable_definition(self, *_: object) -> object:
        return self.SKIP


def _used_variables(document: DocumentNode) -> tuple[str, ...]:
    names = _VariableNames()
    for definition in document.definitions:
        visit(definition, names)
    return tuple(sorted(names.names))
