"""Coercing variables, without ever telling their values."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse

from federation.executor import InvalidVariables, coerce_variables, read_operation

SCHEMA = build_schema(
    """
    enum Sex { F M }
    input Filter { city: String! sex: Sex ages: [Int!] inner: Filter }
    type Query { people(idNumber: String, filter: Filter, first: Int): Int }
    """
)
QUERY = """
query People($idNumber: String!, $filter: Filter, $first: Int = 20) {
  people(idNumber: $idNumber, filter: $filter, first: $first)
}
"""
ID_NUMBER = 330199195805120015


def coerce(inputs: dict):
    return coerce_variables(SCHEMA, read_operation(parse(QUERY), "People"), inputs)


def messages(inputs: dict) -> list[str]:
    with pytest.raises(InvalidVariables) as caught:
        coerce(inputs)
    assert [error["extensions"] for error in caught.value.errors] == [{"code": "BAD_USER_INPUT"}] * len(
        caught.value.errors
    )
    assert str(ID_NUMBER) not in str(caught.value)
    return [error["message"] for error in caught.value.errors]


def test_defaults_are_filled_in_and_unknown_inputs_left_out():
    assert coerce({"idNumber": "x", "other": 1}) == {"idNumber": "x", "first": 20}


def test_an_operation_without_variables_takes_none():
    assert coerce_variables(SCHEMA, read_operation(parse("{ people }"), None), {"a": 1}) == {}


def test_a_missing_variable_is_named():
    assert messages({}) == ['Variable "$idNumber" of type "String!" was not provided.']


def test_every_variable_at_fault_is_named_with_the_places_inside_it():
    assert messages(
        {"idNumber": ID_NUMBER, "filter": {"city": "c", "sex": str(ID_NUMBER), "ages": [1, str(ID_NUMBER)]}}
    ) == [
        'Variable "$idNumber" of type "String!" got a value that does not fit.',
        'Variable "$filter" of type "Filter" got a value that does not fit at "sex", "ages.1".',
    ]


def test_an_unknown_input_field_s_name_is_not_repeated():
    """A client that mixes up names and values must not find them in a log."""
    assert messages({"idNumber": "x", "filter": {"city": "c", str(ID_NUMBER): 1}}) == [
        'Variable "$filter" of type "Filter" got a value that does not fit.'
    ]


def test_an_error_points_to_the_variable_s_definition():
    with pytest.raises(InvalidVariables) as caught:
        coerce({"idNumber": None})
    assert caught.value.errors[0]["locations"] == [{"line": 2, "column": 14}]


def test_an_operation_that_the_document_lacks_is_refused():
    with pytest.raises(LookupError):
        read_operation(parse(QUERY), "Other")
