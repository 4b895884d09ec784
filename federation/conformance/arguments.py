"""What a field is asked with: the city where it routes, known values, or values that nobody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
)

from federation.conformance.subject import UNKNOWN_VALUE, Subject

_UNKNOWN: Mapping[str, Any] = {
    "Int": 0,
    "Float": 0.0,
    "Boolean": False,
    "Date": "1900-01-01",
    "DateTime": "1900-01-01T00:00:00+00:00",
    "YearMonth": "1900-01",
    "Decimal": "0",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a root field. Its `repr` shows no values.

    Attributes:
        text: of the field with its arguments, without what is asked of it.
        definitions: of the variables.
        variables: their values, read only.
    """

    text: str
    definitions: str
    variables: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"Call({self.text!r})"

    def query(self, selections: str) -> str:
        """The whole operation."""
        below = f" {{ {selections} }}" if selections else ""
        return f"query{self.definitions} {{ {self.text}{below} }}"


def known_call(subject: Subject, name: str, **given: Any) -> Call | None:
    """The field with what is known; None where a required argument is not. `given` stands over all."""
    field = subject.query.fields[name]
    values = {**_known(subject, name, field), **given}
    missing = [each for each in field.args if _is_required(field, each) and each not in values]
    return None if missing else _call(name, field, values)


def missing_arguments(subject: Subject, name: str) -> list[str]:
    """The coordinates of required arguments of which no value is known."""
    field = subject.query.fields[name]
    known = _known(subject, name, field)
    return [f"Query.{name}({each}:)" for each in field.args if _is_required(field, each) and each not in known]


def unknown_call(subject: Subject, name: str, city: str) -> Call:
    """The field with values that nobody has, in this city."""
    field = subject.query.fields[name]
    values = {each: _unknown_value(known.type) for each, known in field.args.items() if _is_required(field, each)}
    return _call(name, field, {**values, **_routed(subject, name, city)})


def is_routed(subject: Subject, name: str) -> bool:
    """Whether an argument of the field says which city is asked."""
    return ("Query", name) in subject.contract.subgraph.routes


def _known(subject: Subject, name: str, field: GraphQLField) -> dict[str, Any]:
    found = {each: subject.known.argument(f"Query.{name}", each) for each in field.args}
    known = {each: value for each, value in found.items() if value is not None}
    return {**_routed(subject, name, subject.city), **known}


def _routed(subject: Subject, name: str, city: str) -> dict[str, Any]:
    """The city where `@route` has it: an argument, a list, or a field of an input object."""
    route = subject.contract.subgraph.routes.get(("Query", name))
    if route is None:
        return {}
    argument, _, inner = route.partition(".")
    type_: GraphQLInputType = subject.query.fields[name].args[argument].type
    if not inner:
        return {argument: _listed(type_, city)}
    owner = get_named_type(type_)
    assert isinstance(owner, GraphQLInputObjectType)  # noqa: S101  (composition refuses another)
    return {argument: {inner: _listed(owner.fields[inner].type, city)}}


def _listed(type_: GraphQLInputType, city: str) -> Any:
    plain = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
    return [city] if isinstance(plain, GraphQLList) else city


def _is_required(field: GraphQLField, argument: str) -> bool:
    known = field.args[argument]
    return isinstance(known.type, GraphQLNonNull) and known.default is None


def _unknown_value(type_: GraphQLInputType) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _unknown_value(type_.of_type)
    if isinstance(type_, GraphQLList):
        return [_unknown_value(type_.of_type)]
    if isinstance(type_, GraphQLEnumType):
        return next(iter(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        required = {name: each for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)}
        return {name: _unknown_value(each.type) for name, each in required.items()}
    return _UNKNOWN.get(type_.name, UNKNOWN_VALUE)


def _call(name: str, field: GraphQLField, values: Mapping[str, Any]) -> Call:
    if not values:
        return Call(name, "", {})
    definitions = ", ".join(f"${each}: {field.args[each].type}" for each in values)
    arguments = ", ".join(f"{each}: ${each}" for each in values)
    return Call(f"{name}({arguments})", f"({definitions})", values)
