"""Numbers keep all their digits on their way through the gateway."""

from __future__ import annotations

import json

import pytest
from graphql import GraphQLFloat
from hypothesis import given
from hypothesis import strategies as st

from federation.executor.encoding import decode, encode

AS_WRITTEN = [
    "12345678901234567890123",
    "-12345678901234567890123",
    "18446744073709551615",
    "1.2345678901234567890123",
    "-0.12345678901234567890123",
    "1234567890.1234567890E+5",
]


@pytest.mark.parametrize("number", AS_WRITTEN)
@pytest.mark.parametrize("form", ["[1,%s]", '{"a":%s}', '{"a":[{"b":%s}]}'])
def test_a_number_goes_out_as_it_came_in(number, form):
    assert encode(decode(form % number)).decode() == form % number


@pytest.mark.parametrize("space", [" ", "\n", "\t", "\r"])
def test_a_number_keeps_its_digits_after_any_space(space):
    assert encode(decode(f'{{"a":{space}12345678901234567890123}}')) == b'{"a":12345678901234567890123}'


@pytest.mark.parametrize("text", ["[1.50]", "[0.30000000000000004]", "[1.00000000000000000000]"])
def test_what_a_double_keeps_is_a_plain_number(text):
    [number] = decode(text)
    assert (type(number), number) == (float, float(text[1:-1]))


def test_long_numbers_in_texts_stay_texts():
    value = {"idNumber": "330199195805120015", "at": "12:00:00, 12345678901234567890"}
    assert decode(encode(value)) == value


def test_large_integers_among_errors_keep_their_digits():
    assert encode({"errors": ({"n": 12345678901234567890123},)}) == b'{"errors":[{"n":12345678901234567890123}]}'


DENSE = "[" + "1.5," * 50
"""So many decimals that they are read in another way."""
NO_JSON = [
    "12345678901234567890123 x",
    "[" * 1010 + "1" * 20 + "]" * 1010,
    "1e400",
    "1" + "0" * 400 + ".0",
    '"\\ud800"',
]


@pytest.mark.parametrize("text", [*NO_JSON, *(f"{DENSE}{text}]" for text in NO_JSON)])
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"\w"):
        decode(text)


@pytest.mark.parametrize("number", AS_WRITTEN)
def test_a_number_keeps_its_digits_among_many_decimals(number):
    assert encode(decode(f"{DENSE}{number}]")).decode() == f"{DENSE}{number}]"


NUMBERS = st.one_of(
    st.integers(), st.integers(-(10**30), 10**30), st.floats(allow_nan=False, allow_infinity=False), st.just(-0.0)
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
)


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_what_json_says_is_read(value, indent, is_dense):
    """Law: as Python's own decoder reads it, which keeps integers of any size."""
    text = json.dumps([value, *([1.5] * 500 if is_dense else ())], indent=indent)
    decoded = decode(text)
    assert (decoded, repr(decoded)) == (json.loads(text), repr(json.loads(text)))


@given(VALUES, st.lists(st.tuples(st.integers(0, 99), st.sampled_from('{}[]:,"\\0.e-+tn x\x00\x1f')), max_size=3))
def test_what_is_refused_does_not_depend_on_the_way_of_reading(value, changes):
    """Law: one decoder is as strict as the other."""
    text = json.dumps(value, ensure_ascii=False)
    for position, character in changes:
        text = text[: position % (len(text) + 1)] + character + text[position % (len(text) + 1) + 1 :]
    assert is_read(text) == is_read(f"{DENSE}{text}]") or "," in text


def is_read(text: str) -> bool:
    try:
        decode(text)
    except ValueError:
        return False
    return True


def test_a_long_decimal_is_still_a_number_to_whoever_adds_or_checks_it():
    [number] = decode("[1.2345678901234567890123]")
    assert (GraphQLFloat.coerce_input_value(number), number + 1) == (1.2345678901234567, 2.2345678901234567)
