"""Numbers keep all their digits on their way through the gateway."""

from __future__ import annotations

import pytest
from graphql import GraphQLFloat

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


@pytest.mark.parametrize(
    "text", ["12345678901234567890123 x", "[" * 1010 + "1" * 20 + "]" * 1010, "1e400", '"\\ud800"']
)
def test_what_is_no_json_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"\w"):
        decode(text)


def test_a_long_decimal_is_still_a_number_to_whoever_adds_or_checks_it():
    [number] = decode("[1.2345678901234567890123]")
    assert (GraphQLFloat.coerce_input_value(number), number + 1) == (1.2345678901234567, 2.2345678901234567)
