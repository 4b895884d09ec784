"""What repeats in a fetch is sent as a fragment where that is shorter; the printed plan shows it in full."""

from __future__ import annotations

from graphql import build_schema, parse, validate
from inline_snapshot import snapshot

from federation.planner import PlanOptions
from federation.query_plan import pretty
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import Supergraph
from tests.federation.planner.graphs import composed, planned

SDL = """
type Query { people: [Person] admins: [Person] media: [Media] named: Named person: Person }
interface Named { name: Name }
type Person implements Named { id: ID! name: Name address: Address friend: Person }
type Name { first: String last: String title: String middle: String }
type Address { street: String number: String city: String post: String }
union Media = Book | Song
type Book { title: String author: Person pages: Int }
type Song { title: String author: Person seconds: Int }
"""
NAME = "name { first last title middle }"
HOME = "address { street number city post }"


def graph() -> Supergraph:
    return composed({"a": SDL, "b": "type Query { other: Int }"})


def operation(query: str, options: PlanOptions | None = None) -> str:
    (fetch,) = planned(graph(), query, options).fetches
    assert validate(build_schema(SDL), parse(fetch.operation)) == []
    return fetch.operation


def test_a_selection_set_that_repeats_is_a_fragment() -> None:
    assert operation(f"{{ people {{ {NAME} }} admins {{ {NAME} id }} person {{ {NAME} }} }}") == snapshot(
        "{people{name{...f0}} admins{name{...f0} id} person{name{...f0}}} fragment f0 on Name{first last title middle}"
    )


def test_what_repeats_as_a_whole_is_one_fragment_and_its_parts_too_where_they_repeat_elsewhere() -> None:
    person = f"{{ id {NAME} {HOME} }}"
    assert operation(
        f"{{ people {person} admins {person} person {{ friend {{ {NAME} }} {HOME} {NAME} }} }}"
    ) == snapshot(
        "{people{...f0} admins{...f0} person{friend{name{...f1}} address{street number city post} name{...f1}}} "
        "fragment f0 on Person{id name{...f1} address{street number city post}} "
        "fragment f1 on Name{first last title middle}"
    )


def test_what_would_not_be_shorter_stays_as_it_is() -> None:
    assert operation("{ people { id } admins { id } person { id friend { id } } }") == (
        "{people{id} admins{id} person{id friend{id}}}"
    )
    assert operation("{ people { name { first } } admins { name { first } } }") == (
        "{people{name{first}} admins{name{first}}}"
    )


def test_equal_text_on_other_types_is_no_repetition() -> None:
    sdl = """type Query { a: [A] b: [B] } type A { firstField: String secondField: String thirdField: String }
        type B { firstField: String secondField: String thirdField: String }"""
    fields = "{firstField secondField thirdField}"
    (fetch,) = planned(composed({"a": sdl}), f"{{ a {fields} b {fields} }}").fetches
    assert fetch.operation == f"{{a{fields} b{fields}}}"


def test_selections_under_conditions_and_type_conditions_are_shared_as_far_as_they_are_alike() -> None:
    author = f"{{ {NAME} id }}"
    query = f"""query($t: Boolean!, $total: Boolean!) {{
        media {{ ... on Book {{ author {author} }} ... on Song {{ author @include(if: $t) {author} }} }}
        people {{ {NAME.replace("name", "name @include(if: $total)")} }}
    }}"""
    assert operation(query) == snapshot(
        "query($t:Boolean!,$total:Boolean!){media{__typename ...on Book{author{name{...f0} id}} "
        "...on Song{author@include(if:$t){name{...f0} id}}} people{__typename name@include(if:$total){...f0}}} "
        "fragment f0 on Name{first last title middle}"
    )


def test_the_printed_plan_shows_it_written_out() -> None:
    query = f"{{ people {{ {NAME} }} admins {{ {NAME} }} person {{ {NAME} }} }}"
    with_fragments = planned(graph(), query)
    without = planned(graph(), query, PlanOptions(without_fragments=frozenset({SubgraphName("a")})))
    assert "fragment" in with_fragments.fetches[0].operation
    assert "fragment" not in without.fetches[0].operation
    assert pretty(with_fragments) == pretty(without)


def test_a_variable_is_declared_by_its_whole_name() -> None:
    """The condition on `$t` is the fetch's own and not in its text; `$total`, which begins alike, is."""
    query = "query($t: Boolean!, $total: Int) { people @include(if: $t) { friends(first: $total) { id } } }"
    sdl = "type Query { people: [Person] } type Person { id: ID friends(first: Int): [Person] }"
    (fetch,) = planned(composed({"a": sdl}), query).fetches
    assert (fetch.operation, fetch.variables) == (
        "query($total:Int){people{friends(first: $total){id}}}",
        ("total",),
    )
