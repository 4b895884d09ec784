"""Prepared envelopes."""

from __future__ import annotations

import pytest
from lxml import etree

from legacy_adapters.soap.envelope import PreparedEnvelope, is_sendable, placeholder, split_at_placeholders

TEMPLATE = f"<a><b>{placeholder(0)}</b><c>{placeholder(1)}</c></a>"


def test_values_are_escaped_into_their_places():
    envelope = PreparedEnvelope(split_at_placeholders(TEMPLATE, 2), "utf-8")
    assert envelope.fill("<&>", "三\r\n") == "<a><b>&lt;&amp;&gt;</b><c>三&#13;\n</c></a>".encode()


def test_a_value_that_looks_like_a_place_is_a_value():
    envelope = PreparedEnvelope(split_at_placeholders(TEMPLATE, 2), "utf-8")
    assert envelope.fill(placeholder(1), "x") == f"<a><b>{placeholder(1)}</b><c>x</c></a>".encode()


def test_a_character_outside_the_charset_is_sent_as_a_reference():
    envelope = PreparedEnvelope(split_at_placeholders(f"<a>{placeholder(0)}</a>", 1), "gbk")
    sent = envelope.fill("王䶮·")
    assert sent == "<a>王".encode("gbk") + b"&#19886;" + b"\xa1\xa4</a>"
    assert etree.fromstring(sent, etree.XMLParser(encoding="gbk")).text == "王䶮·"


def test_as_many_values_as_places():
    envelope = PreparedEnvelope(split_at_placeholders(TEMPLATE, 2), "utf-8")
    with pytest.raises(ValueError, match="longer"):
        envelope.fill("one")


@pytest.mark.parametrize("text", ["<a/>", f"<a>{placeholder(1)}{placeholder(0)}</a>"])
def test_a_template_has_its_places_in_order(text):
    with pytest.raises(ValueError, match="values in order are expected"):
        split_at_placeholders(text, 2)


@pytest.mark.parametrize("value", ["\x00", "a\x0b", "\ud800", "\uffff"])
def test_what_xml_cannot_carry_is_told_before(value):
    assert not is_sendable(value)
    assert is_sendable("H00000001 䶮\t\n")


def test_the_repr_of_an_envelope_shows_no_text():
    assert "<b>" not in repr(PreparedEnvelope(split_at_placeholders(TEMPLATE, 2), "utf-8"))
