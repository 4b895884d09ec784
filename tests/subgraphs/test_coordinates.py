"""Inputs that do not fit are named by their coordinates, whatever a gateway calls its variables."""

from __future__ import annotations

import pytest
from graphql import build_schema, parse, validate

from subgraphs.shared.coordinates import MOST_COORDINATES, unfit_inputs

SCHEMA = build_schema("""
  type Query { found(number: Int, input: Input, days: [Int!]): Int, nested: Query }
  input Input { day: Int!, days: [Int!], inner: Input }
""")


def unfit(query, variables=None, operation_name=None):
    document = parse(query)
    assert validate(SCHEMA, document) == []
    return unfit_inputs(SCHEMA, document, operation_name, variables or {})


@pytest.mark.parametrize(
    ("query", "variables", "coordinates"),
    [
        ("query($_l0: Int) { found(number: $_l0) }", {"_l0": "x"}, ["number"]),
        ("query($given: Input) { found(input: $given) }", {"given": {"day": "x"}}, ["input.day"]),
        ("query($_l0: Int!) { found(input: {day: $_l0}) }", {"_l0": "x"}, ["input.day"]),
        ("query($i: Input) { found(input: {day: 1, inner: $i}) }", {"i": {"day": 1, "days": [1, "x"]}},
         ["input.inner.days.1"]),
        ("query($_l0: Int!) { found(days: [1, $_l0]) }", {"_l0": "x"}, ["days.1"]),
        ("query($n: Int!) { found(number: $n) nested { found(number: $n, input: {day: $n}) } }", {},
         ["number", "input.day"]),
        ("query($n: Int) { nested { ...F } } fragment F on Query { found(number: $n) }", {"n": "x"}, ["number"]),
        ("query($a: Int, $b: Input) { found(number: $a, input: $b) }", {"a": "x", "b": {}}, ["number", "input"]),
        ("query($i: Input) { found(input: $i) }", {"i": {"day": 1, "330199195805120015": 1}}, ["input"]),
    ],
)  # fmt: skip
def test_an_input_is_named_as_it_stands_in_the_schema(query, variables, coordinates):
    assert unfit(query, variables) == coordinates


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        ("query($n: Int) { found(number: $n) }", {}),
        ("query($n: Int! = 1) { found(number: $n) }", {}),
        ("query($n: Int) { found(number: $n) }", {"n": 1, "unknown": "x"}),
    ],
)
def test_what_fits_is_not_named(query, variables):
    assert unfit(query, variables) == []


def test_only_the_executed_operations_variables_are_looked_at():
    query = "query A($a: Int) { found(number: $a) } query B($b: Int!) { nested { found(days: [$b]) } }"
    assert unfit(query, {"a": "x", "b": "x"}, "B") == ["days.0"]
    assert unfit(query, {"a": "x", "b": "x"}, "C") == []


def test_of_many_some_are_named():
    assert len(unfit("query($d: [Int!]) { found(days: $d) }", {"d": ["x"] * 1000})) == MOST_COORDINATES
