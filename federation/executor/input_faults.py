"""What of an input value does not fit its type: each place, and what the type takes there; never the value itself.

    input Filter { city: String!  ages: [Int!] }    with    {"ages": [1, "x"]}
    → ("city",): this field is missing; input type "Filter" requires it, of type "String!".
    → ("ages", 1): scalar "Int" takes a whole number from -2147483648 to 2147483647.

Only the schema's names are told. A field that the type does not have is told by its number: a client that mixes up
names and values must not find a value in a log.
Source: the sections "Input Coercion" of https://spec.graphql.org/draft/#sec-Types
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, cast

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLScalarType,
    Undefined,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.pyutils import is_iterable, suggestion_list

from federation.executor.subgraph_client import JsonValue, ResponseObject

InputPath: TypeAlias = tuple[str | int, ...]

_LISTED_NAMES = 20
_SUGGESTED_NAMES = 3
_SPECIFIED_SCALARS = {
    "Int": "a whole number from -2147483648 to 2147483647",
    "Float": "a finite number",
    "String": "a string",
    "Boolean": "true or false",
    "ID": "a string or a whole number",
}


@dataclass(frozen=True, slots=True)
class InputFault:
    """One thing that is wrong of an input value.

    Attributes:
        path: where inside the value; that of a missing field is the path it would have.
        remedy: what the type takes there, as a sentence.
    """

    path: InputPath
    remedy: str


def input_faults(of_type: GraphQLInputType, value: JsonValue) -> Iterator[InputFault]:
    """The faults of a value, in the schema's order; none when the value can be coerced to the type.

    They are looked for as they are taken: who takes ten of a thousand has paid for ten.
    """
    try:
        yield from _faults(of_type, value, (), 0)
    except RecursionError:
        yield InputFault((), f"more than {MAX_NESTING_DEPTH} levels are nested.")


def _faults(of_type: GraphQLInputType, value: JsonValue, path: InputPath, depth: int) -> Iterator[InputFault]:
    if depth > MAX_NESTING_DEPTH:  # graphql-core coerces no deeper
        raise RecursionError
    if is_non_null_type(of_type):
        if value is None:
            yield InputFault(path, f'type "{of_type}" does not take null.')
        of_type = of_type.of_type
    if value is None:
        return
    if is_list_type(of_type):
        # What is no list is taken as a list of one.
        places = [(path, value)] if not is_iterable(value) else (((*path, n), item) for n, item in enumerate(value))
        for place, item in places:
            yield from _faults(of_type.of_type, item, place, depth + 1)
    elif not is_input_object_type(of_type):
        yield from _leaf_faults(cast("GraphQLScalarType | GraphQLEnumType", of_type), value, path)
    elif isinstance(value, dict):
        yield from _field_faults(of_type, value, path, depth)
        yield from _unknown_fields(of_type, value, path)
        if of_type.is_one_of:
            yield from _one_of_faults(of_type, value, path)
    else:
        yield InputFault(path, f'input type "{of_type}" takes an object.')


def _leaf_faults(
    of_type: GraphQLScalarType | GraphQLEnumType, value: JsonValue, path: InputPath
) -> Iterator[InputFault]:
    try:
        fits = of_type.coerce_input_value(value) is not Undefined
    except Exception:  # noqa: BLE001 - a scalar may refuse with any; its words may hold the value
        fits = False
    if fits:
        return
    if is_enum_type(of_type):
        yield InputFault(path, f'enum "{of_type}" takes one of {_listed(of_type.values)}.')
    elif of_type.name in _SPECIFIED_SCALARS:
        yield InputFault(path, f'scalar "{of_type}" takes {_SPECIFIED_SCALARS[of_type.name]}.')
    else:
        yield InputFault(path, f'scalar "{of_type}" does not take this value.')


def _field_faults(
    of_type: GraphQLInputObjectType, value: ResponseObject, path: InputPath, depth: int
) -> Iterator[InputFault]:
    for name, field in of_type.fields.items():
        if name in value:
            yield from _faults(field.type, value[name], (*path, name), depth + 1)
        elif is_required_input_field(field):
            yield InputFault(
                (*path, name), f'this field is missing; input type "{of_type}" requires it, of type "{field.type}".'
            )


def _unknown_fields(of_type: GraphQLInputObjectType, value: ResponseObject, path: InputPath) -> Iterator[InputFault]:
    missing: list[str] | None = None
    for number, name in enumerate(value, 1):
        if name in of_type.fields:
            continue
        if missing is None:
            missing = [known for known in of_type.fields if known not in value]
        near = suggestion_list(name, missing)[:_SUGGESTED_NAMES]
        hint = f"did you mean {_listed(near)}?" if near else f"its fields are {_listed(of_type.fields)}."
        yield InputFault(path, f'input type "{of_type}" does not have field {number} of the {len(value)} given; {hint}')


def _one_of_faults(of_type: GraphQLInputObjectType, value: ResponseObject, path: InputPath) -> Iterator[InputFault]:
    given = [name for name in of_type.fields if name in value]
    if len(given) != 1:
        yield InputFault(path, f'input type "{of_type}" takes exactly one of {_listed(of_type.fields)}; null counts.')
    elif value[given[0]] is None:
        yield InputFault((*path, given[0]), f'input type "{of_type}" takes one field, and not as null.')


def _listed(names: Iterable[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    rest = len(quoted) - _LISTED_NAMES
    return ", ".join(quoted[:_LISTED_NAMES]) + (f" and {rest} more" if rest > 0 else "")
