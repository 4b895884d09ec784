"""A request's variables, coerced by the API schema, with errors that never tell a value.

Citizens' id numbers travel in variables, and errors travel to logs: so a message names the variable, its type, the
place inside its value and what the schema takes there, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from graphql import GraphQLSchema, VariableDefinitionNode, is_input_type, print_ast, type_from_ast
from graphql.execution.values import get_variable_values

from federation.executor.errors import ErrorCode, InvalidVariables
from federation.executor.input_faults import InputFault, input_faults
from federation.executor.operation import Operation
from federation.executor.subgraph_client import JsonValue, ResponseObject

_MOST_ERRORS = 10
"""So many are told of; a list of a thousand wrong days is wrong in one way."""
#: Of a type that takes no input at all; a validated document has none.
_NO_SUCH_VALUE = InputFault((), "the type takes no value.")


def coerce_variables(
    api_schema: GraphQLSchema, operation: Operation, inputs: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The variables' values for execution, defaults filled in; inputs the operation does not know are left out.

    Raises InvalidVariables (`BAD_USER_INPUT`) with one error for each thing that is wrong, the first ten.
    """
    definitions = operation.node.variable_definitions
    if not definitions:
        return {}
    coerced = _coerced(api_schema, definitions, inputs)
    if coerced is None:
        errors = (error for definition in definitions for error in _errors(api_schema, definition, inputs))
        raise InvalidVariables(tuple(islice(errors, _MOST_ERRORS)))
    return coerced


def _coerced(
    api_schema: GraphQLSchema, definitions: tuple[VariableDefinitionNode, ...], inputs: Mapping[str, JsonValue]
) -> dict[str, JsonValue] | None:
    """The values of these variables, None when something is wrong of them.

    graphql-core stops at the first error: its messages quote values, and of a long list they cost seconds.
    """
    values = get_variable_values(api_schema, definitions, dict(inputs), max_errors=0, hide_suggestions=True)
    return None if isinstance(values, list) else values.coerced


def _errors(
    api_schema: GraphQLSchema, definition: VariableDefinitionNode, inputs: Mapping[str, JsonValue]
) -> Iterator[ResponseObject]:
    """One error for each thing that is wrong of one variable."""
    if _coerced(api_schema, (definition,), inputs) is not None:
        return
    name = definition.variable.name.value
    subject = f'Variable "${name}" of type "{print_ast(definition.type)}"'
    of_type = type_from_ast(api_schema, definition.type)
    if name not in inputs:
        yield _error(definition, f"{subject} was not provided.")
        return
    faults = islice(input_faults(of_type, inputs[name]), _MOST_ERRORS) if is_input_type(of_type) else ()
    for fault in tuple(faults) or (_NO_SUCH_VALUE,):
        yield _error(definition, f"{subject} got a value that does not fit{_place(name, fault)}: {fault.remedy}")


def _place(variable: str, fault: InputFault) -> str:
    """Where inside the variable: ` at "$filter.ages[1]"`; empty when it is the whole value."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in fault.path)
    return f' at "${variable}{steps}"' if steps else ""


def _error(definition: VariableDefinitionNode, message: str) -> ResponseObject:
    location = definition.loc and definition.loc.start_token
    located = {"locations": [{"line": location.line, "column": location.column}]} if location else {}
    return {"message": message, **located, "extensions": {"code": ErrorCode.BAD_USER_INPUT.value}}
