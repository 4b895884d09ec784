"""SDL is parsed and validated faster than graphql-core does it, and with the same outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from random import Random

import pytest
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    Node,
    build_ast_schema,
    parse,
    validate_schema,
)
from graphql.validation.validate import validate_sdl as validate_sdl_by_library

from federation.composition.links import InvalidLinks, read_links
from federation.composition.parse_sdl import parse_sdl
from federation.composition.validate.graphql_rules import complete_document
from federation.composition.validate.sdl_rules import validate_sdl
from federation.composition.validate.telling_part import telling_part
from tests.federation.composition.agreement import KINDS

# What upsets lexers: comments in odd places, strings of all kinds, numbers, line ends, characters that are not allowed.
PIECES = (
    *'{}()[]:=@|&!"#\n\r\t ,.$-01eE\\', '"""', "...", "é", "\ufeff", "\ud800", "\udbff\udc00", "type", "extend", "true",
    '"a\\n"', '"""b\n  c"""', " # c\n", " # c\r", "1.5", "00", "\r\n", '"x""y"', '""""', "# \ud800\n", '"\ud800"',
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "type A { b # comment\n: C # comment\n! d(e: F = 1 g: [H!]! = []): I! @j }",
        '"""block\n  string""" type A @b(c: "d") @e ( f : "" ) { "g" h("i" j: K = "l"): M }',
        "\ufeff# c\r\ntype A { b: C! = 1 }",
        'type A @b(c: "\\u0041", d: """e""") { f: G }',
        'type A @b(c: "d" "e") { f: G }',
        'type A @b(c: "d", e: "f") { g: H }',
        'extend type A @key(fields: "id", resolvable: false) { id: ID! }',
        "type A { b: C!! }",
        "type A { b: }",
        'type A { b: C @d(e: "f" }',
        "input A { b: C! = {d: -1.5e3, e: [null, true, F]} }",
        "",
    ],
)
def test_a_text_is_parsed_as_by_the_library(text: str) -> None:
    assert _outcome(parse_sdl, text) == _outcome(parse, text)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_text_is_parsed_or_refused_as_by_the_library(kind: str, seed: int) -> None:
    random = Random(seed)
    for subgraph in KINDS[kind](seed):
        text = subgraph.sdl
        for _ in range(4):
            assert _outcome(parse_sdl, text) == _outcome(parse, text)
            at = random.randrange(len(text) + 1)
            text = text[:at] + random.choice(PIECES) + text[at + random.randrange(2) :]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_definitions_break_the_rules_of_sdl_as_in_the_library(kind: str, seed: int) -> None:
    for document in _documents(kind, seed):
        ours = validate_sdl(document, document.definitions)
        assert _told(ours) == _told(validate_sdl_by_library(document))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(20))
def test_the_telling_part_is_valid_exactly_if_the_whole_schema_is(kind: str, seed: int) -> None:
    for document in _documents(kind, seed):
        if not validate_sdl_by_library(document):
            part = DocumentNode(definitions=telling_part(document.definitions))
            assert _is_valid(part) == _is_valid(document)


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { a: B } type B { __c: Int }",
        "type Query { a: I } input I { a: Int }",
        "type Query { a(b: T): Int } type T { a: Int }",
        "type Query { a: U } union U = T type T { a: Int } extend type T { b(c: Int = true): Int }",
        "type Query { a: Int } interface N { id: ID! } type T implements N { id: ID }",
        "type Query { a(b: Int = 99999999999): Int }",
        "type Query",
        "type Query { a: T } type T extend type T @deprecated",
        "schema { query: Q } type Q { a: Int }",
        "type Query { a: Int } type Int { b: String } input J { k: T } type T { a: Int }",
    ],
)
def test_the_telling_part_keeps_what_is_not_valid(sdl: str) -> None:
    document = parse(sdl)
    part = DocumentNode(definitions=telling_part(document.definitions))
    assert _is_valid(part) == _is_valid(document)


def _outcome(parser, text: str) -> object:
    try:
        return _flat(parser(text))
    except GraphQLSyntaxError as error:
        return error.message, error.positions, error.locations


def _flat(value: object) -> object:
    """Give a tree that compares names, values and places."""
    if isinstance(value, tuple):
        return [_flat(item) for item in value]
    if not isinstance(value, Node):
        return value
    parts = {key: _flat(getattr(value, key)) for key in value.keys if key != "loc"}
    return type(value).__name__, parts, value.loc and (value.loc.start, value.loc.end)


def _documents(kind: str, seed: int) -> Iterator[DocumentNode]:
    """Give the subgraphs that can be read, with the definitions that are supplied to each."""
    for subgraph in KINDS[kind](seed):
        with suppress(GraphQLSyntaxError, InvalidLinks):
            document = parse_sdl(subgraph.sdl)
            complete, _ = complete_document(document, read_links(subgraph, document))
            yield complete


def _told(errors: list[GraphQLError]) -> list[object]:
    return [(error.message, error.locations) for error in errors]


def _is_valid(document: DocumentNode) -> bool:
    try:
        return not validate_schema(build_ast_schema(document, assume_valid_sdl=True))
    except TypeError:
        return False
