"""The shape of an operation: what stays, what becomes a variable, and that both mean the same."""

from __future__ import annotations

import json

import pytest
from graphql import OperationDefinitionNode, execute, get_introspection_query, parse, print_ast, validate
from hypothesis import given
from hypothesis import strategies as st

from federation.composition import Subgraph, compose
from federation.gateway.shape import Shape, ShapeReader
from federation.supergraph import Supergraph, load_supergraph

_SDL = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])
scalar Anything
enum Order { UP DOWN }
input Range @tag { from: Float! = 0.5 to: Float }
input Filter { text: String = "x" ids: [ID!] ranges: [Range] order: Order = UP any: Anything grid: [[Int]] }
interface Node { note(text: String): String }
type Query {
  echo(
    id: ID, int: Int = 3, float: Float, text: String! = "t", flag: Boolean, order: Order, any: Anything, ids: [ID!]!,
    grid: [[Int]], filter: Filter, filters: [Filter!]
  ): String
  node: Node
  thing(id: ID!): Thing
}
type Thing implements Node @key(fields: "id") {
  id: ID! note(text: String): String price(in: String): Int label(in: String): String
}
""".replace(" @tag", "")
_OTHER = """
extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])
type Thing @key(fields: "id") {
  id: ID! price(in: String): Int @external tax: Int @requires(fields: "price(in: \\"CNY\\")")
}
"""


@pytest.fixture(scope="module")
def supergraph() -> Supergraph:
    result = compose([Subgraph("a", "http://a", _SDL), Subgraph("b", "http://b", _OTHER)])
    assert result.supergraph_sdl is not None, result.errors
    return load_supergraph(result.supergraph_sdl)


def shape_of(supergraph: Supergraph, query: str) -> Shape:
    document = parse(query)
    assert validate(supergraph.api_schema, document) == []
    operation = next(d for d in document.definitions if isinstance(d, OperationDefinitionNode))
    return ShapeReader(supergraph).read(document, operation)


def pretty_shape(shape: Shape) -> str:
    return " ".join(print_ast(parse(shape.text)).split())


@pytest.mark.parametrize(
    ("query", "text", "literals"),
    [
        ('{ thing(id: "1") { id } }', "query ($_l0: ID!) { thing(id: $_l0) { id } }", {"_l0": "1"}),
        ("{ thing(id: 12345678901234567890) { id } }", "query ($_l0: ID!) { thing(id: $_l0) { id } }",
         {"_l0": "12345678901234567890"}),
        ('{ echo(ids: ["1", 2]) }', "query ($_l0: [ID!]!) { echo(ids: $_l0) }", {"_l0": ["1", "2"]}),
        ('{ echo(ids: "1") }', "query ($_l0: [ID!]!) { echo(ids: $_l0) }", {"_l0": ["1"]}),
        ("{ echo(ids: [], grid: [[1, null], null, 2]) }",
         "query ($_l0: [[Int]]!) { echo(ids: [], grid: $_l0) }", {"_l0": [[1, None], None, [2]]}),
        ("{ echo(ids: [], float: 3, int: 4) }",
         "query ($_l0: Float!, $_l1: Int!) { echo(ids: [], float: $_l0, int: $_l1) }", {"_l0": 3, "_l1": 4}),
        ("{ echo(ids: [], int: null, flag: true, order: DOWN) }",
         "{ echo(ids: [], int: null, flag: true, order: DOWN) }", {}),
        ('query($t: String, $i: ID!) { echo(ids: ["a", $i], filter: {text: $t, ids: ["b"], order: UP, any: null}) }',
         ("query ($t: String, $i: ID!, $_l0: ID!, $_l1: [ID!]!) "
          "{ echo(ids: [$_l0, $i], filter: { text: $t, ids: $_l1, order: UP, any: null }) }"),
         {"_l0": "a", "_l1": ["b"]}),
        ('{ echo(ids: [], filters: {text: "a", ranges: {from: 1}}) }',
         "query ($_l0: String!, $_l1: Float!) { echo(ids: [], filters: { text: $_l0, ranges: { from: $_l1 } }) }",
         {"_l0": "a", "_l1": 1}),
        ('{ echo(ids: [], any: "2020-01-01") }', "query ($_l0: Anything!) { echo(ids: [], any: $_l0) }",
         {"_l0": "2020-01-01"}),
        ('query($_l0: ID!) { thing(id: $_l0) { note(text: """a\n  b""") } }',
         "query ($_l0: ID!, $__l0: String!) { thing(id: $_l0) { note(text: $__l0) } }", {"__l0": "a\nb"}),
        ('{ node { ...N ... on Thing { id } } } fragment N on Node { note(text: "n") }',
         "query ($_l0: String!) { node { ...N ... on Thing { id } } } fragment N on Node { note(text: $_l0) }",
         {"_l0": "n"}),
    ],
)  # fmt: skip
def test_strings_and_numbers_become_variables_of_the_declared_type(supergraph, query, text, literals) -> None:
    shape = shape_of(supergraph, query)
    assert (pretty_shape(shape), dict(shape.literals)) == (text, literals)
    assert shape.is_free_of_values


@pytest.mark.parametrize(
    "query",
    [
        "{ echo(ids: [], any: 5) }",
        '{ echo(ids: [], any: {a: "b"}) }',
        '{ echo(ids: [], filter: {any: ["a"]}) }',
        'query($t: String! = "x") { echo(ids: [], text: $t) }',
        "{ echo(ids: [], float: 1e999) }",
    ],
)
def test_what_might_mean_something_else_stays_and_then_the_shape_is_nobody_elses(supergraph, query) -> None:
    document = parse(query)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    shape = ShapeReader(supergraph).read(document, operation)
    assert (shape.literals, shape.is_free_of_values) == ({}, False)


def test_layout_comments_and_unused_definitions_are_no_part_of_the_shape(supergraph) -> None:
    one = shape_of(supergraph, '{thing(id:"1"){id,note(text:"a")}}')
    other = shape_of(
        supergraph,
        '# 330199195805120015\n{ thing(id: "2") { id\n # more\n note(text: """b""") } }',
    )
    assert one.text == other.text
    several = 'query A { thing(id: "3") { ...F } } query B { thing(id: "4") { id } } fragment F on Thing { id }'
    assert "4" not in shape_of(supergraph, several).text


def test_introspection_keeps_its_fragments(supergraph) -> None:
    query = get_introspection_query(input_value_deprecation=True)
    shape = shape_of(supergraph, query)
    assert shape.is_free_of_values
    assert validate(supergraph.api_schema, parse(shape.text)) == []
    assert execute(supergraph.api_schema, parse(shape.text)) == execute(supergraph.api_schema, parse(query))


def test_fields_that_are_merged_keep_equal_arguments_and_others_do_not_share_a_variable(supergraph) -> None:
    query = '{ thing(id: "1") { id } thing(id: "1") { tax } other: thing(id: "1") { id } }'
    shape = shape_of(supergraph, query)
    assert pretty_shape(shape) == (
        "query ($_l0: ID!, $_l1: ID!) { thing(id: $_l0) { id } thing(id: $_l0) { tax } other: thing(id: $_l1) { id } }"
    )
    assert validate(supergraph.api_schema, parse(shape.text)) == []


def test_values_are_known_by_where_they_stood(supergraph) -> None:
    query = """query($i: ID!) { thing(id: "1") { id } other: thing(id: "2") { note(text: "a") }
      echo(ids: ["b", $i], filter: {text: "c", ids: ["d"]}, float: 1.5) }"""
    coordinates = shape_of(supergraph, query).coordinates
    assert list(coordinates.values()) == ["id", "id", "text", "ids.0", "filter.text", "filter.ids", "float"]
    assert coordinates.keys() == shape_of(supergraph, query).literals.keys()


def test_arguments_that_a_requirement_has_too_stay(supergraph) -> None:
    """As long as they look alike, the field is fetched once for the client and the requirement."""
    shape = shape_of(supergraph, '{ node { ... on Thing { price(in: "CNY") tax other: price(in: "USD") } } }')
    assert 'price ( in : "CNY" )' in shape.text
    assert dict(shape.literals) == {"_l0": "USD"}
    assert shape.is_free_of_values


_TEXT = st.text(alphabet='ab"\\\n\té张{}$#😀', max_size=6).map(json.dumps)
_INT = st.integers(-(2**31), 2**31 - 1).map(str)
_FLOAT = st.one_of(_INT, st.floats(allow_nan=False, allow_infinity=False).map(repr))
_ID = st.one_of(_TEXT, st.integers(-(10**20), 10**20).map(str))
_FLAG, _ORDER = st.sampled_from(["true", "false"]), st.sampled_from(["UP", "DOWN"])


def _list(items: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(items, max_size=3).map(lambda each: f"[{', '.join(each)}]")


def _object(required: dict[str, st.SearchStrategy[str]], **optional: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    fields = st.fixed_dictionaries(required, optional=optional)
    return fields.map(lambda each: "{" + ", ".join(f"{name}: {value}" for name, value in each.items()) + "}")


def _or_null(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(values, st.just("null"))


_ANYTHING = st.recursive(
    st.one_of(_TEXT, _INT, _FLOAT, _FLAG, st.just("null"), st.just("ENUM")),
    lambda inner: st.one_of(_list(inner), _object({}, a=inner, b=inner)),
    max_leaves=4,
)
_GRID = _or_null(_list(_or_null(st.one_of(_list(_or_null(_INT)), _INT))))
_RANGE = _object({}, **{"from": _FLOAT, "to": _or_null(_FLOAT)})
_FILTER = _object(
    {},
    text=_or_null(_TEXT), ids=_or_null(st.one_of(_list(_ID), _ID)), order=_or_null(_ORDER), any=_ANYTHING, grid=_GRID,
    ranges=_or_null(st.one_of(_list(_or_null(_RANGE)), _RANGE)),
)  # fmt: skip
_ARGUMENTS = _object(
    {"ids": st.one_of(_list(_ID), _ID)},
    id=_or_null(_ID), int=_or_null(_INT), float=_or_null(_FLOAT), text=_TEXT, flag=_or_null(_FLAG), order=_ORDER,
    any=_ANYTHING, grid=_GRID, filter=_or_null(_FILTER), filters=_or_null(st.one_of(_list(_FILTER), _FILTER)),
)  # fmt: skip


@given(arguments=_ARGUMENTS)
def test_a_resolver_gets_the_same_arguments_from_both(supergraph, arguments: str) -> None:
    query = f"{{ echo({arguments[1:-1]}) }}"
    document = parse(query)
    if validate(supergraph.api_schema, document):
        return
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    shape = ShapeReader(supergraph).read(document, operation)
    reparsed = parse(shape.text)
    assert validate(supergraph.api_schema, reparsed) == []
    sent = json.loads(json.dumps(shape.literals))
    assert _received(supergraph, reparsed, sent) == _received(supergraph, document, {})


def _received(supergraph, document, variables) -> str:
    result = execute(
        supergraph.api_schema, document, {"echo": lambda _, **given: repr(sorted(given.items()))},
        variable_values=variables,
    )  # fmt: skip
    assert result.errors is None
    return str(result.data["echo"])
