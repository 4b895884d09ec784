"""Where variables do not fit, by the coordinate of the input: its argument, and the place inside.

    query ($due: OperationFilter) { operations(filter: $due) { … } }    with    {"due": {"dueBy": "tomorrow"}}
    query ($_l0: Date!) { operations(filter: {dueBy: $_l0}) { … } }     with    {"_l0": "tomorrow"}

Both have `filter.dueBy` at fault: what a gateway calls its variables is not what its client has written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    get_operation_ast,
    is_input_type,
    type_from_ast,
)
from graphql.language import Visitor, visit
from graphql.utilities import validate_input_value

Place: TypeAlias = tuple[str | int, ...]

MOST_COORDINATES = 10
"""So many are told of; a list of a thousand wrong days is wrong in one way."""


def unfit_inputs(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]
) -> list[str]:
    """The coordinates of the inputs that the operation's variables do not fit, each once; the document is valid."""
    operation = get_operation_ast(document, operation_name)
    unfit = {
        definition.variable.name.value: places
        for definition in (operation.variable_definitions or () if operation is not None else ())
        if (places := _unfit_places(schema, definition, variables))
    }
    if not unfit:
        return []
    uses = _Uses()
    visit(document, uses)
    coordinates = ((*use, *place) for name, use in uses.found for place in unfit.get(name, ()))
    return list(dict.fromkeys(".".join(map(str, coordinate)) for coordinate in coordinates))[:MOST_COORDINATES]


def _unfit_places(
    schema: GraphQLSchema, definition: VariableDefinitionNode, variables: Mapping[str, Any]
) -> list[Place]:
    """Where inside a variable's value it does not fit; the value itself is the place `()`."""
    name, type_ = definition.variable.name.value, type_from_ast(schema, definition.type)
    if (name not in variables and definition.default_value is not None) or not is_input_type(type_):
        return []
    found: list[Place] = []

    def note(_: GraphQLError, path: list[str | int]) -> None:
        found.append(tuple(path))

    validate_input_value(variables.get(name), type_, note)
    return found


class _Uses(Visitor):
    """Attributes:
    found: the variables in arguments, each with the argument's name and its place inside.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Place]] = []

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        """Note the variables in an argument."""
        self.found += _variables_in(node.value, (node.name.value,))


def _variables_in(value: ValueNode, place: Place) -> Iterator[tuple[str, Place]]:
    match value:
        case VariableNode():
            yield value.name.value, place
        case ListValueNode():
            for number, item in enumerate(value.values):
                yield from _variables_in(item, (*place, number))
        case ObjectValueNode():
            for member in value.fields:
                yield from _variables_in(member.value, (*place, member.name.value))
