"""What a person reads: all errors at once, with places, and a query where a plan is missing."""

from __future__ import annotations

import pytest

from federation.composition import Subgraph, compose
from federation.composition.errors import Position
from tests.federation.composition.scenarios import link, read_scenarios

# No element and no place: the graph as a whole lacks something, or a subgraph's name is wrong.
GRAPHS_OWN = {"NO_QUERIES", "INVALID_SUBGRAPH_NAME"}


def test_all_errors_come_together_with_their_places() -> None:
    first = 'type Query { a: Int }\ntype A @key(fields: "nope") { id: ID! }\n'
    second = 'type Query { b: Int }\n\ntype B @key(fields: "nope") { id: ID! }\n'
    result = compose(
        [
            Subgraph("one", "http://one", link("2.9") + first, file="one.graphql"),
            Subgraph("two", "http://two", link("2.9") + second, file="two.graphql"),
        ]
    )
    assert [(error.code, error.coordinates, error.positions) for error in result.errors] == [
        ("KEY_INVALID_FIELDS", ("A",), (Position("one.graphql", 3, 8),)),
        ("KEY_INVALID_FIELDS", ("B",), (Position("two.graphql", 4, 8),)),
    ]


def test_a_field_out_of_reach_is_shown_by_a_query_and_reasons() -> None:
    one = """
    type Query { item(id: ID!, kind: Kind!): Item }
    enum Kind { BOOK FILM }
    interface Item { id: ID! }
    type Book implements Item @key(fields: "id", resolvable: false) { id: ID! }
    """
    two = 'type Book @key(fields: "isbn") { isbn: ID! pages: Int }'
    result = compose(
        [Subgraph("one", "http://one", link("2.9") + one), Subgraph("two", "http://two", link("2.9") + two)]
    )
    assert [error.code for error in result.errors] == ["SATISFIABILITY_ERROR", "SATISFIABILITY_ERROR"]
    assert (
        result.errors[1].message
        == """\
The API allows this query, but no plan can answer "Book.pages" in it:
query {
  item(id: "…", kind: BOOK) {
    ... on Book {
      pages
    }
  }
}
because
  - subgraph "one" does not resolve "Book.pages"
  - subgraph "two" resolves "Book.pages" but cannot be entered by @key(fields: "isbn"): not all of these fields can be \
fetched on this path"""
    )


def test_a_syntax_error_has_a_place() -> None:
    (error,) = compose([Subgraph("one", "http://one", "type Query {\n  a: }", file="one.graphql")]).errors
    assert (error.code, error.positions) == ("INVALID_GRAPHQL", (Position("one.graphql", 2, 6),))


def test_a_satisfiable_graph_of_a_hundred_subgraphs_is_walked_without_blow_up() -> None:
    """Each entity is in three subgraphs and refers to the next: paths are endless, states are few."""
    count = 100
    subgraphs = []
    for i in range(count):
        types = [
            f'type T{(i + j) % count} @key(fields: "id") {{ id: ID! f{i}: Int next{i}: T{(i + (j + 1) % 3) % count} }}'
            for j in range(3)
        ]
        root = f"type Query {{ q{i}: T{i} }}"
        subgraphs.append(Subgraph(f"s{i}", f"http://s{i}", link("2.9") + "\n".join([*types, root])))
    assert compose(subgraphs).errors == ()


def test_an_error_about_a_merged_element_names_all_its_places() -> None:
    one = "type Query { a: V }\ntype V @shareable { n: Int }\n"
    two = "type Query { b: V }\ntype V @shareable @inaccessible { n: Int }\n"
    (first, second) = compose(
        [
            Subgraph("one", "http://one", link("2.9") + one, file="one.graphql"),
            Subgraph("two", "http://two", link("2.9") + two, file="two.graphql"),
        ]
    ).errors
    assert (first.code, first.coordinates, first.subgraphs, first.positions) == (
        "REFERENCED_INACCESSIBLE", ("Query.a",), ("one",), (Position("one.graphql", 2, 14),),
    )  # fmt: skip
    assert (second.coordinates, second.positions) == (("Query.b",), (Position("two.graphql", 2, 14),))


def test_an_unsatisfiable_field_is_shown_where_it_is_written() -> None:
    one = 'type Query { t: T }\ntype T @key(fields: "id", resolvable: false) { id: ID! }'
    two = 'type T @key(fields: "sku") { sku: ID! n: Int }'
    errors = compose(
        [Subgraph("one", "http://one", link("2.9") + one), Subgraph("two", "http://two", link("2.9") + two, file="t")]
    ).errors
    assert [(error.coordinates, error.positions) for error in errors] == [
        (("T.sku",), (Position("t", 2, 30),)),
        (("T.n",), (Position("t", 2, 39),)),
    ]


@pytest.mark.parametrize(
    ("sdl", "coordinates"),
    [
        ("type Query { a(x: Nope): Int }", ("Query.a(x:)",)),
        ("type Query { a: Int } enum E { A A }", ("E.A",)),
        ("type Query { a: Int } directive @d(x: Nope) on FIELD", ("@d",)),
        ("type Query { a: Int } type T implements Nope { a: Int }", ("T",)),
        ("schema @nope { query: Query } type Query { a: Int }", ()),
    ],
)
def test_an_error_of_the_sdl_names_its_element(sdl: str, coordinates: tuple[str, ...]) -> None:
    errors = compose([Subgraph("one", "http://one", sdl)]).errors
    assert [(error.code, error.coordinates) for error in errors] == [("INVALID_GRAPHQL", coordinates)]


def test_every_error_of_every_scenario_says_in_which_subgraph_and_where() -> None:
    errors = [error for scenario in read_scenarios() for error in compose(scenario.subgraphs).errors]
    assert {error.code for error in errors if not error.subgraphs or not error.positions} == GRAPHS_OWN


@pytest.mark.parametrize(
    ("sdl", "code", "remark"),
    [
        (f'type Query {{ a: T }} type T @key(fields: "{"a{" * 80}b{"}" * 80}") {{ a: T b: ID }}',
         "KEY_INVALID_FIELDS", "more than 50 levels"),
        (f'type Query {{ a: T }} type T @key(fields: "{"a{" * 5000}b{"}" * 5000}") {{ a: T b: ID }}',
         "KEY_INVALID_FIELDS", "nested too deeply"),
        (f"type Query {{ a: {'[' * 60}Int{']' * 60} }}", "INVALID_GRAPHQL", "list of lists more than 50 times"),
        ("type Query { a(b: Float = 1e999): Int }", "INVALID_GRAPHQL", "The default 1e999"),
        (f"type Query {{ a(b: Int = {'1' * 5000}): Int }}", "INVALID_GRAPHQL", "has invalid default value"),
    ],
    ids=["deep key", "very deep key", "deep list", "infinite float", "huge number"],
)  # fmt: skip
def test_what_is_too_deep_or_too_large_is_an_error_like_others(sdl: str, code: str, remark: str) -> None:
    errors = compose([Subgraph("one", "http://one", link("2.9") + sdl)]).errors
    assert [error.code for error in errors] == [code]
    assert remark in errors[0].message
