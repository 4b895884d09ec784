"""Field sets: the selections that `@key`, `@requires`, `@provides` and `@fromContext` carry as strings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    print_ast,
)


@dataclass(frozen=True, slots=True)
class SelectedField:
    """A field of a selection, with the selection below it (empty for a leaf)."""

    name: str
    selections: tuple[Selection, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    has_directives: bool = False


@dataclass(frozen=True, slots=True)
class TypeCondition:
    """A selection that holds for one type only; `type_name` is None for a bare `... { }`."""

    type_name: str | None
    selections: tuple[Selection, ...]
    has_directives: bool = False


Selection = SelectedField | TypeCondition

MAX_DEPTH = 50
"""Levels of a field set; what reads them goes down level by level."""


class InvalidFieldSet(ValueError):
    """The text is no selection set; the message is for people."""


@lru_cache(maxsize=4096)
def parse_field_set(text: str) -> tuple[Selection, ...]:
    """Read a field set; braces around it may be left out. Raises InvalidFieldSet."""
    try:
        document = parse(text if text.lstrip().startswith("{") else f"{{{text}}}", no_location=True)
    except GraphQLSyntaxError as error:
        raise InvalidFieldSet(error.message) from error
    except RecursionError as error:
        raise InvalidFieldSet("It is nested too deeply.") from error
    operation = document.definitions[0]
    if len(document.definitions) != 1 or not isinstance(operation, OperationDefinitionNode):
        raise InvalidFieldSet("It is more than one selection set.")
    selection_set = operation.selection_set
    if not selection_set.selections:
        raise InvalidFieldSet("It selects nothing.")
    return tuple(_selections(selection_set, 1))


def _selections(selection_set: SelectionSetNode | None, depth: int) -> Iterator[Selection]:
    if depth > MAX_DEPTH:
        raise InvalidFieldSet(f"It is nested more than {MAX_DEPTH} levels deep.")
    for node in selection_set.selections if selection_set else ():
        match node:
            case FieldNode():
                if node.alias is not None:
                    raise InvalidFieldSet(f'Cannot use alias "{node.alias.value}": aliases have no meaning here.')
                yield SelectedField(
                    node.name.value,
                    tuple(_selections(node.selection_set, depth + 1)),
                    tuple((argument.name.value, print_ast(argument.value)) for argument in node.arguments or ()),
                    bool(node.directives),
                )
            case InlineFragmentNode():
                condition = node.type_condition.name.value if node.type_condition else None
                yield TypeCondition(condition, tuple(_selections(node.selection_set, depth + 1)), bool(node.directives))
            case _:
                raise InvalidFieldSet("Named fragments cannot be used.")


def print_field_set(selections: tuple[Selection, ...]) -> str:
    """Write the selection in its canonical form, e.g. `id brand { id }`."""
    return " ".join(_print(selection) for selection in selections)


def _print(selection: Selection) -> str:
    match selection:
        case SelectedField(name, below, arguments):
            listed = ", ".join(f"{key}: {value}" for key, value in arguments)
            head = f"{name}({listed})" if listed else name
        case TypeCondition(type_name, below):
            head = f"... on {type_name}" if type_name else "..."
    return f"{head} {{ {print_field_set(below)} }}" if below else head


FieldCoordinate = tuple[str, str]


def selected_coordinates(
    selections: tuple[Selection, ...], parent: str, field_types: Mapping[FieldCoordinate, str]
) -> Iterator[FieldCoordinate]:
    """Iterate over (type, field) of everything selected, as far as `field_types` knows the fields."""
    for selection in selections:
        match selection:
            case SelectedField(name, below):
                yield parent, name
                if below and (parent, name) in field_types:
                    yield from selected_coordinates(below, field_types[parent, name], field_types)
            case TypeCondition(type_name, below):
                yield from selected_coordinates(below, type_name or parent, field_types)
