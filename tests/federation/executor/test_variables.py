"""Coercing variables, without ever telling their values."""

from __future__ import annotations

import pytest
from graphql import Undefined, build_schema, parse

from federation.executor import InvalidVariables, coerce_variables, read_operation

SCHEMA = build_schema(
    """
    enum Sex { F M }
    scalar Day
    input Filter { city: String! sex: Sex ages: [Int!] inner: Filter others: [Filter!] one: Only born: Day }
    input Only @oneOf { idNumber: ID cardNumber: String share: Float isLost: Boolean }
    type Query { people(idNumber: String, filter: Filter, first: Int): Int }
    """
)
QUERY = """
query People($idNumber: String!, $filter: Filter, $first: Int = 20) {
  people(idNumber: $idNumber, filter: $filter, first: $first)
}
"""
ID_NUMBER = 330199195805120015
UNFIT_FILTER = 'Variable "$filter" of type "Filter" got a value that does not fit'


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


def test_every_thing_that_is_wrong_is_named_by_its_place_and_what_is_taken_there():
    assert messages(
        {"idNumber": ID_NUMBER, "filter": {"city": "c", "sex": str(ID_NUMBER), "ages": [1, str(ID_NUMBER)]}}
    ) == [
        'Variable "$idNumber" of type "String!" got a value that does not fit: scalar "String" takes a string.',
        f'{UNFIT_FILTER} at "$filter.sex": enum "Sex" takes one of "F", "M".',
        f'{UNFIT_FILTER} at "$filter.ages[1]": scalar "Int" takes a whole number from -2147483648 to 2147483647.',
    ]


def in_filter(**fields: object) -> list[str]:
    """What is said of a filter with these fields, after the words that are always the same."""
    told = messages({"idNumber": "x", "filter": {"city": "c", **fields}})
    always = f'{UNFIT_FILTER} at "$filter.'
    assert all(message.startswith(always) for message in told)
    return [message.removeprefix(always) for message in told]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"city": None}, 'city": type "String!" does not take null.'),
        ({"inner": {}}, 'inner.city": this field is missing; input type "Filter" requires it, of type "String!".'),
        ({"inner": [ID_NUMBER]}, 'inner": input type "Filter" takes an object.'),
        ({"others": {"city": 1}}, 'others.city": scalar "String" takes a string.'),
        ({"others": [{"city": "c"}, None]}, 'others[1]": type "Filter!" does not take null.'),
        ({"one": {"idNumber": 1.5}}, 'one.idNumber": scalar "ID" takes a string or a whole number.'),
        ({"one": {"share": "1"}}, 'one.share": scalar "Float" takes a finite number.'),
        ({"one": {"isLost": 1}}, 'one.isLost": scalar "Boolean" takes true or false.'),
        ({"one": {"idNumber": None}}, 'one.idNumber": input type "Only" takes one field, and not as null.'),
        (
            {"one": {"idNumber": None, "cardNumber": str(ID_NUMBER)}},
            'one": input type "Only" takes exactly one of "idNumber", "cardNumber", "share", "isLost"; null counts.',
        ),
    ],
)
def test_what_is_wrong_is_told_in_the_schema_s_words(fields, told):
    assert in_filter(**fields) == [told]


def test_of_a_long_list_no_more_is_looked_at_than_is_told():
    """A refusal holds up everybody else's requests for as long as it takes."""
    looked_at = []
    schema = build_schema("scalar Day type Query { on(days: [Day]): Int }")
    schema.type_map["Day"].coerce_input_value = lambda value: looked_at.append(value) or Undefined
    operation = read_operation(parse("query ($days: [Day]) { on(days: $days) }"), None)
    with pytest.raises(InvalidVariables):
        coerce_variables(schema, operation, {"days": ["x"] * 1000})
    assert len(looked_at) < 20


def test_what_a_scalar_refuses_by_an_error_of_its_own_is_told_without_the_error_s_words():
    def read(value: str) -> None:
        raise ValueError(f"no day: {value}")

    schema = build_schema("scalar Day type Query { on(day: Day): Int }")
    schema.type_map["Day"].coerce_input_value = read
    with pytest.raises(InvalidVariables) as caught:
        coerce_variables(schema, read_operation(parse("query ($day: Day) { on(day: $day) }"), None), {"day": ID_NUMBER})
    assert [error["message"] for error in caught.value.errors] == [
        'Variable "$day" of type "Day" got a value that does not fit: scalar "Day" does not take this value.'
    ]


def test_an_unknown_input_field_s_name_is_not_repeated():
    """A client that mixes up names and values must not find them in a log."""
    (message,) = messages({"idNumber": "x", "filter": {"city": "c", str(ID_NUMBER): 1}})
    assert message == (
        f'{UNFIT_FILTER}: input type "Filter" does not have field 2 of the 2 given; '
        'its fields are "city", "sex", "ages", "inner", "others", "one", "born".'
    )


def test_of_an_unknown_input_field_it_is_said_what_was_probably_meant():
    """A field that is there already was not meant."""
    assert in_filter(inner={"city": "c", "agess": 1, "sexx": 2}) == [
        'inner": input type "Filter" does not have field 2 of the 3 given; did you mean "ages"?',
        'inner": input type "Filter" does not have field 3 of the 3 given; did you mean "sex"?',
    ]


def test_of_many_names_the_first_are_listed():
    schema = build_schema(
        f"enum Many {{ {' '.join(f'V{number}' for number in range(25))} }} type Query {{ a(m: Many): Int }}"
    )
    with pytest.raises(InvalidVariables) as caught:
        coerce_variables(schema, read_operation(parse("query ($m: Many) { a(m: $m) }"), None), {"m": "W"})
    assert caught.value.errors[0]["message"].endswith('"V18", "V19" and 5 more.')


def test_ten_errors_are_told_of_all_variables_together():
    assert len(messages({"filter": {"city": "c", "ages": ["x"] * 1000}})) == 10
    assert len(messages({"idNumber": "x", "first": "x", "filter": {"ages": ["x"] * 1000}})) == 10


@pytest.mark.parametrize("depth", [201, 1000])
def test_a_value_that_is_nested_too_deeply_is_refused(depth):
    value = {"city": "c"}
    for _ in range(depth):
        value = {"city": "c", "others": value}
    assert messages({"idNumber": "x", "filter": value}) == [f"{UNFIT_FILTER}: more than 200 levels are nested."]


def test_a_type_that_takes_no_value_is_told():
    """A validated document has none."""
    operation = read_operation(parse("query ($q: Query) { people }"), None)
    with pytest.raises(InvalidVariables) as caught:
        coerce_variables(SCHEMA, operation, {"q": ID_NUMBER})
    assert [error["message"] for error in caught.value.errors] == [
        'Variable "$q" of type "Query" got a value that does not fit: the type takes no value.'
    ]


def test_an_error_points_to_the_variable_s_definition():
    with pytest.raises(InvalidVariables) as caught:
        coerce({"idNumber": None})
    assert caught.value.errors[0]["locations"] == [{"line": 2, "column": 14}]


def test_an_operation_that_the_document_lacks_is_refused():
    with pytest.raises(LookupError):
        read_operation(parse(QUERY), "Other")
