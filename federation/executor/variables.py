"""A request's variables, coerced by the API schema, with errors that never tell a value.

Citizens' id numbers travel in variables, and errors travel to logs: so a message names the variable, its type and the
place inside its value, nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

from graphql import GraphQLError, GraphQLSchema, VariableDefinitionNode, is_input_type, print_ast, type_from_ast
from graphql.execution.values import get_variable_values
from graphql.utilities import validate_input_value

from federation.executor.errors import ErrorCode, InvalidVariables
from federation.executor.operation import Operation
from federation.executor.subgraph_client import JsonValue, ResponseObject

_REPORTED_PLACES = 10


def coerce_variables(
    api_schema: GraphQLSchema, operation: Operation, inputs: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The variables' values for execution, defaults filled in; inputs the operation does not know are left out.

    Raises InvalidVariables (`BAD_USER_INPUT`) with one error per variable that is missing or does not fit.
    """
    definitions = operation.node.variable_definitions
    if not definitions:
        return {}
    coerced = get_variable_values(api_schema, definitions, dict(inputs))
    if isinstance(coerced, list):
        raise InvalidVariables(_errors(api_schema, definitions, inputs))
    return coerced.coerced


def _errors(
    api_schema: GraphQLSchema, definitions: tuple[VariableDefinitionNode, ...], inputs: Mapping[str, JsonValue]
) -> tuple[ResponseObject, ...]:
    """One error per variable at fault."""
    return tuple(
        _error(api_schema, definition, inputs)
        for definition in definitions
        if isinstance(get_variable_values(api_schema, (definition,), dict(inputs)), list)
    )


def _error(
    api_schema: GraphQLSchema, definition: VariableDefinitionNode, inputs: Mapping[str, JsonValue]
) -> ResponseObject:
    name = definition.variable.name.value
    subject = f'Variable "${name}" of type "{print_ast(definition.type)}"'
    if name not in inputs:
        message = f"{subject} was not provided."
    else:
        places = _places(type_from_ast(api_schema, definition.type), inputs[name])
        message = f"{subject} got a value that does not fit{places}."
    location = definition.loc and definition.loc.start_token
    located = {"locations": [{"line": location.line, "column": location.column}]} if location else {}
    return {"message": message, **located, "extensions": {"code": ErrorCode.BAD_USER_INPUT.value}}


def _places(of_type: object, value: JsonValue) -> str:
    """Where inside the value it does not fit: ` at "filter.registeredIn"`; empty when it is the value itself."""
    found: list[str] = []

    def note(_: GraphQLError, path: list[str | int]) -> None:
        if path:
            found.append('"' + ".".join(map(str, path)) + '"')

    if is_input_type(of_type):
        validate_input_value(value, of_type, note)
    places = list(dict.fromkeys(found))[:_REPORTED_PLACES]
    return f" at {', '.join(places)}" if places else ""
