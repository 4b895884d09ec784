"""Names that subgraphs may not have, define or use; and that what composes is valid GraphQL."""

from __future__ import annotations

import pytest
from graphql import build_schema, validate_schema

from federation.composition import CompositionResult, Subgraph, compose
from federation.composition.errors import Position
from federation.supergraph.partitions import Partition
from tests.federation.composition.agreement import KINDS
from tests.federation.composition.scenarios import link

QUERY = "type Query { x: Int }"
LISTS = "type Query { x: [Int] }"


def _assert_valid(result: CompositionResult) -> None:
    """An implementation may be deprecated though its interface is not: graphs rely on that."""
    for sdl in (result.supergraph_sdl, result.api_schema_sdl):
        errors = validate_schema(build_schema(sdl or ""))
        assert [error for error in errors if "must not be deprecated" not in error.message] == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(1000, 1040))
def test_both_schemas_of_a_success_are_valid_graphql(kind: str, seed: int) -> None:
    result = compose(KINDS[kind](seed))
    if not result.errors:
        _assert_valid(result)


@pytest.mark.parametrize(
    "definition",
    [
        "enum join__Graph { A }",
        "type join__Graph { a: Int }",
        "scalar join__FieldSet",
        "scalar join__Other",
        'extend scalar join__FieldSet @tag(name: "a")',
        "scalar policy__Policy",
        "enum requiresScopes__Scope { A }",
        "scalar context__ContextFieldValue",
        "scalar partition__MergeRule",
        "directive @join__type on FIELD",
    ],
)
def test_names_that_supergraphs_define_are_not_a_subgraphs(definition: str) -> None:
    (error,) = compose([Subgraph("a", "http://a", f"{link('2.9')}{QUERY}\n{definition}", file="a.graphql")]).errors
    assert (error.code, error.positions) == ("INVALID_GRAPHQL", (Position("a.graphql", 3, 1),))
    assert error.message.endswith("is a name that supergraphs define themselves. Choose another one.")


@pytest.mark.parametrize(
    ("sdl", "coordinate", "type_name"),
    [
        ("type Query { x: _Service }", "Query.x", "_Service"),
        ("type Query { x: _Service } type _Service { sdl: String }", "Query.x", "_Service"),
        ("type Query { x(a: [_Any!]!): Int }", "Query.x(a:)", "_Any"),
        ("type Query { x(i: I): Int } input I { a: _Any } scalar _Any", "I.a", "_Any"),
        ('type Query { x: [_Entity] } union _Entity = T type T @key(fields: "i") { i: ID }', "Query.x", "_Entity"),
        ("type Query { x: U } type _Service { sdl: String } union U = _Service", "U", "_Service"),
        ("type Query { x: federation__FieldSet }", "Query.x", "federation__FieldSet"),
        ("type Query { x: federation__Foo } scalar federation__Foo", "Query.x", "federation__Foo"),
        ("type Query { x: link__Purpose }", "Query.x", "link__Purpose"),
        ("type Query { x: link__Foo } enum link__Foo { A }", "Query.x", "link__Foo"),
        (f"{QUERY} directive @foo(a: _Any) on FIELD", "@foo", "_Any"),
    ],
)
def test_types_that_only_serve_federation_are_in_no_field(sdl: str, coordinate: str, type_name: str) -> None:
    (error,) = compose([Subgraph("a", "http://a", link("2.9") + sdl)]).errors
    assert (error.code, error.coordinates, len(error.positions)) == ("INVALID_GRAPHQL", (coordinate,), 1)
    assert error.message == (
        f'[a] "{coordinate}" uses type "{type_name}", which serves federation and is not in the graph. '
        "Use a type of your own."
    )


@pytest.mark.parametrize(
    "sdl",
    [
        "type Query { x: _FieldSet } scalar _FieldSet directive @key(fields: _FieldSet!) repeatable on OBJECT",
        "type Query { x: federation__Foo } scalar federation__Foo",
        "schema { query: _Service } type _Service { sdl: String }",
    ],
)
def test_they_are_in_no_field_of_federation_1_either(sdl: str) -> None:
    assert {error.code for error in compose([Subgraph("a", "http://a", sdl)]).errors} == {"INVALID_GRAPHQL"}


def test_a_composed_directive_takes_no_type_of_federation() -> None:
    links = """
    extend schema
      @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@composeDirective"])
      @link(url: "https://example.dev/foo/v1.0", import: ["@foo"])
      @composeDirective(name: "@foo")
    """
    sdl = f"{links} {QUERY} directive @foo(a: federation__FieldSet) on OBJECT"
    assert [error.coordinates for error in compose([Subgraph("a", "http://a", sdl)]).errors] == [("@foo",)]


@pytest.mark.parametrize(
    "definition",
    [
        "scalar federation__Foo",
        "enum link__Foo { A }",
        "type _Service { sdl: String }",
        "scalar _Any",
        "scalar Int",
        'scalar ID extend scalar ID @tag(name: "a")',
        "directive @foo(a: federation__FieldSet) on OBJECT",
    ],
)
def test_what_a_library_prints_and_nothing_uses_is_left_out(definition: str) -> None:
    result = compose([Subgraph("a", "http://a", f"{link('2.9')}{QUERY} {definition}")])
    assert result.api_schema_sdl == "type Query {\n  x: Int\n}\n"
    _assert_valid(result)


@pytest.mark.parametrize(
    "definition",
    [
        "enum Boolean { A }",
        "type String { a: String }",
        "input Float { a: Int }",
        "extend type Int { a: String }",
        'extend scalar Int @tag(name: "a")',
    ],
)
def test_scalars_of_graphql_are_nothing_else(definition: str) -> None:
    (error,) = compose([Subgraph("a", "http://a", f"{link('2.9')}{QUERY}\n{definition}")]).errors
    name = definition.removeprefix("extend ").split()[1]
    assert (error.code, error.coordinates, error.positions) == ("INVALID_GRAPHQL", (name,), (Position(None, 3, 1),))
    assert error.message == f'[a] "{name}" is a scalar of GraphQL itself. Give your type another name.'


@pytest.mark.parametrize(
    ("sdl", "what", "column"),
    [
        ("type Query{x:Int} query{x}", "An operation", 19),
        ("{x}", "An operation", 1),
        ("type Query{x:Int} fragment F on Query{x}", "A fragment", 19),
    ],
)
def test_what_is_executed_is_no_part_of_a_schema(sdl: str, what: str, column: int) -> None:
    (error,) = compose([Subgraph("a", "http://a", sdl)]).errors
    assert (error.code, error.positions) == ("INVALID_GRAPHQL", (Position(None, 1, column),))
    assert error.message == f"[a] {what} is no part of a schema. Remove it from the SDL."


@pytest.mark.parametrize("url", ["http://a/\x00\x07\n\r\t\x7f\x85", 'http://a/"""\\', "http://a/\u2028\U0001f600"])
def test_an_address_of_odd_characters_is_written_so_that_it_can_be_read(url: str) -> None:
    _assert_valid(compose([Subgraph("a", url, LISTS, (Partition("330100", url, url),))]))


@pytest.mark.parametrize(
    ("subgraph", "code"),
    [
        (Subgraph("a", "http://a\ud800", QUERY), "INVALID_SUBGRAPH_URL"),
        (Subgraph("a", "u", LISTS, (Partition("330100", "n", "http://a\udfff"),)), "INVALID_SUBGRAPH_URL"),
        (Subgraph("a", "u", LISTS, (Partition("330100", "\ud800", "http://a"),)), "INVALID_SUBGRAPH_NAME"),
        (Subgraph("\ud800", "u", QUERY), "INVALID_SUBGRAPH_NAME"),
        (Subgraph("_", "u", QUERY), "INVALID_SUBGRAPH_NAME"),
        (Subgraph("", "u", QUERY), "INVALID_SUBGRAPH_NAME"),
    ],
)
def test_what_a_supergraph_cannot_hold_is_refused_in_words_that_can_be_written(subgraph: Subgraph, code: str) -> None:
    (error,) = compose([subgraph]).errors
    assert error.code == code
    assert str(error).encode("utf-8")
