"""Answers in which entities repeat: decoded as any other answer, and each different entity only once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.executor.answer_decoder import AnswerDecoder
from federation.executor.encoding import decode, encode
from federation.executor.fetches import compile_fetches
from federation.query_plan.nodes import QueryPlan, RenameKey
from tests.federation.executor.support import entities, fetch, path, plan

OPERATION = """{ reviews { stars product { upc maker { id } parts { id } } } grid { owner { id } }
    ... on Query { ...F } } fragment F on Query { best: product { upc maker { id } parts { id } } }"""
REPEATED = (
    "reviews.@.product",
    "reviews.@.product.maker",
    "reviews.@.product.parts.@",
    "grid.@.@.owner",
    "best.maker",
)


def decoder() -> AnswerDecoder:
    return AnswerDecoder(OPERATION, map(path, REPEATED))


def long(text: str | bytes) -> bytes:
    """An answer that is long enough for the decoder to try."""
    return b" " * 2048 + (text.encode() if isinstance(text, str) else text)


def answer(products: list[Any]) -> bytes:
    return long(json.dumps({"data": {"reviews": [{"product": product} for product in products]}}))


def products_in(read: Any) -> list[Any]:
    return [review["product"] for review in read["data"]["reviews"]]


def some(*right: Any) -> st.SearchStrategy[Any]:
    """Mostly one of a few right values, so that they repeat."""
    return st.sampled_from([*right * 6, None, True, 1.0, 2**70, decode("0.12345678901234567890123"), [], {}, [{}]])


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    whole = st.fixed_dictionaries(fields)
    return st.one_of(whole, whole, st.fixed_dictionaries({}, optional=fields), st.none(), some(7))


def lists(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.lists(items, max_size=4), st.lists(items, max_size=4), st.none())


MAKER = objects(id=some("1", "2", "名"))
PRODUCT = objects(upc=some("1", "2"), maker=MAKER, parts=lists(MAKER))
DATA = objects(
    reviews=lists(objects(stars=some(1, 5), product=PRODUCT)),
    grid=lists(lists(objects(owner=MAKER))),
    best=PRODUCT,
)
ANSWERS = objects(data=DATA, errors=some([{"message": "x"}]), extensions=some({"a": 1}))


@settings(max_examples=200)
@given(ANSWERS, st.sampled_from([b",", b" ,\n\t"]))
def test_an_answer_is_read_as_any_other_json(given, comma):
    """Law: the same values with the same digits, whatever shape they have."""
    body = long(encode(given).replace(b",", comma))
    assert encode(decoder()(body)) == encode(decode(body))


@given(
    st.lists(st.binary(max_size=5) | st.sampled_from([b"\\ud800", b"\xff"]), max_size=3)
    .map(b"".join)
    .filter(lambda text: b'"' not in text)
)
def test_bytes_that_no_decoder_reads_are_not_read_where_entities_repeat_either(text):
    """Law: invalid UTF-8 included, which msgspec does not look for in what it leaves as it is."""
    body = long(b'{"data":{"reviews":[{"product":{"upc":"%b"}}]}}' % text)
    assert is_read(decoder(), body) == is_read(decode, body)


def is_read(read: Callable[[bytes], Any], body: bytes) -> bool:
    try:
        read(body)
    except ValueError:
        return False
    return True


def test_an_entity_in_the_same_bytes_is_one_object():
    products = [{"upc": "1"}, {"upc": "1"}, {"upc": "2"}, {"upc": "1"}]
    first, second, other, again = products_in(decoder()(answer(products)))
    assert first is second is again
    assert (first, other) == ({"upc": "1"}, {"upc": "2"})


def test_what_repeats_inside_a_repeated_entity_is_one_object_too():
    products = [{"upc": str(n % 2), "parts": [{"id": "1"}, {"id": "1"}]} for n in range(6)]
    read = products_in(decoder()(answer(products)))
    assert read == products
    assert len({id(part) for product in read for part in product["parts"]}) == 1


@pytest.mark.parametrize("same", [{"upc": 1}, {"upc": True}, {"upc": 1.0}])
def test_an_entity_in_other_bytes_stays_by_itself(same):
    """Python calls 1, 1.0 and true equal; JSON does not."""
    first, second = products_in(decoder()(answer([{"upc": 1, "maker": None}, same])))
    assert first is not second


def test_entities_that_begin_alike_are_told_apart():
    long_upc = "1" * 300
    products = [{"upc": long_upc + str(n % 2)} for n in range(6)]
    assert products_in(decoder()(answer(products))) == products


def test_answers_after_one_in_which_nothing_repeats_are_decoded_plainly_for_a_while():
    """To look for what repeats takes much longer where nothing does."""
    read = decoder()
    read(answer([{"upc": str(n)} for n in range(9)]))
    repetitive = answer([{"upc": "1"}] * 9)

    different = [len({id(product) for product in products_in(read(repetitive))}) for _ in range(256)]

    assert different == [9] * 255 + [1]


def test_what_the_operation_does_not_ask_for_is_left_out():
    assert decoder()(long('{"data":{"best":{"upc":"1","other":2},"more":[]}}')) == {"data": {"best": {"upc": "1"}}}


def decodes_repeats(query_plan: QueryPlan) -> list[bool]:
    return [fetch.operation.decode is not None for fetch in compile_fetches(query_plan).fetches]


def two_fetches(operation: str, *paths: str, **changes: Any) -> QueryPlan:
    """The second asks for entities, at these paths, of what the first brings."""
    return plan(
        fetch(0, "tree", operation, **changes),
        fetch(1, "products", "{_entities{...on Product{name}}}", entities("Product", "upc", *paths), after=(0,)),
    )


def test_only_answers_that_bring_repeating_entities_are_decoded_in_this_way():
    assert decodes_repeats(two_fetches("{reviews{product{upc}}}", "reviews.@.product")) == [True, False]


def test_keys_that_are_renamed_later_keep_an_answer_as_it_is():
    """They have other names in the answer than in the response tree."""
    rename = RenameKey(path("reviews.@"), "product", "_a_product")
    renamed = two_fetches("{reviews{_a_product:product{upc}}}", "reviews.@.product", output_rewrites=(rename,))
    assert decodes_repeats(renamed) == [False, False]


def test_entities_below_a_type_condition_keep_an_answer_as_it_is():
    """Objects of other types there may be equal, and get other data later."""
    one_type = two_fetches("{pets{__typename ...on Dog{product{upc}}}}", "pets.@.|[Dog].product")
    assert decodes_repeats(one_type) == [False, False]
