"""Planning grows with the operation and ends: counted in function calls of the planner, which no machine changes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from graphql import parse

from federation.planner import PlanOptions, QueryPlanningError, plan_operation
from federation.supergraph import Supergraph
from tests.federation.planner.graphs import composed

CYCLE = {
    "a": """type Query { t: T n: N }
        interface N { id: ID! next: N }
        type T implements N @key(fields: "id") { id: ID! next: N t: T x(a: Int): Int }""",
    "b": 'type T @key(fields: "id") { id: ID! b: Int bt: T }',
}


def spread(names: int, each: Callable[[int], str]) -> str:
    return " ".join(each(number) for number in range(names))


def nested(depth: int, opening: str, inner: str, closing: str) -> str:
    return opening * depth + inner + closing * depth


def conditions(count: int) -> str:
    return spread(count, lambda n: f"$v{n}: Boolean!")


def calls(supergraph: Supergraph, query: str) -> int:
    """Count the calls of the planner's functions while it plans."""
    document, count = parse(query), 0

    def note(frame: FrameType, event: str, _: Any) -> None:
        nonlocal count
        count += event == "call" and "planner" in frame.f_code.co_filename

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        plan_operation(supergraph, document)
    finally:
        sys.setprofile(before)
    return count


OPERATIONS: dict[str, Callable[[int], str]] = {
    "aliases with arguments": lambda n: f"{{ t {{ {spread(n, lambda i: f'a{i}: x(a: {i})')} }} }}",
    "root fields with a hop each": lambda n: f"{{ {spread(n, lambda i: f'a{i}: t {{ b }}')} }}",
    "the same field": lambda n: f"{{ t {{ {'b ' * n} }} }}",
    "inline fragments": lambda n: f"{{ t {{ {'... on T { b } ' * n} }} }}",
    "fragments spread twice in each other": lambda n: (
        f"{{ t {{ ...F0 }} }} {spread(n, lambda i: f'fragment F{i} on T {{ ...F{i + 1} ...F{i + 1} id }}')} "
        f"fragment F{n} on T {{ b }}"
    ),
    "fields inside each other": lambda n: f"{{ {nested(n, 't { ', 'b', ' }')} }}",
}


@pytest.mark.parametrize("name", OPERATIONS)
def test_four_times_the_operation_takes_four_times_the_steps(name: str) -> None:
    supergraph = composed(CYCLE)
    small, large = (calls(supergraph, OPERATIONS[name](size)) for size in (12, 48))
    assert large <= 4.4 * small


def test_a_chain_of_hops_takes_no_more_than_the_square_of_its_length() -> None:
    """The depth of operations is limited, and each hop is compared with the ways from all above."""
    supergraph = composed(CYCLE)
    short, long = (calls(supergraph, f"{{ t {{ {nested(n, 'bt { t { ', 'b', ' } }')} }} }}") for n in (8, 32))
    assert long <= 8 * short


def implementations(count: int) -> Supergraph:
    types = spread(count, lambda i: f'type T{i} implements N @key(fields: "id") {{ id: ID! next: N a{i}: Int }}')
    others = spread(count, lambda i: f'type T{i} @key(fields: "id") {{ id: ID! b{i}: Int c: Int }}')
    return composed({"a": f"type Query {{ n: N }} interface N {{ id: ID! next: N }} {types}", "b": others})


@pytest.mark.parametrize(
    "query",
    [
        lambda n: f"{{ n {{ {spread(n, lambda i: f'... on T{i} {{ b{i} c }}')} }} }}",
        lambda n: f"{{ n {{ next {{ next {{ {spread(n, lambda i: f'... on T{i} {{ b{i} }}')} }} }} }} }}",
        lambda n: f"{{ n {{ {spread(n, lambda i: f'... on T{i} {{ next {{ ... on T{(i + 1) % n} {{ c }} }} }}')} }} }}",
        lambda n: "{ n { next { next { id } } } }",
    ],
    ids=["a hop for each", "behind others", "one for each other", "nothing of their own"],
)
def test_implementations_of_an_interface_take_steps_in_proportion(query: Callable[[int], str]) -> None:
    small, large = (calls(implementations(n), query(n)) for n in (25, 100))
    assert large <= 5 * small


def doubling(depth: int) -> str:
    """Each fragment spreads the next under two aliases."""
    fragments = spread(depth, lambda i: f"fragment F{i} on T {{ a: t {{ ...F{i + 1} }} c: t {{ ...F{i + 1} }} }}")
    return f"{{ t {{ ...F0 }} }} {fragments} fragment F{depth} on T {{ b }}"


def chained(depth: int) -> str:
    """Each fragment spreads the next."""
    fragments = spread(depth, lambda i: f"fragment F{i} on T {{ ...F{i + 1} }}")
    return f"{{ t {{ ...F0 }} }} {fragments} fragment F{depth} on T {{ b }}"


def conditional(count: int, depth: int) -> str:
    """Each fragment spreads the next under each of the conditions."""

    def fragment(level: int) -> str:
        fields = spread(count, lambda i: f"t @include(if: $v{i}) {{ ...F{level + 1} }}")
        return f"fragment F{level} on T {{ {fields} }}"

    return f"query({conditions(count)}) {{ t {{ ...F0 }} }} {spread(depth, fragment)} fragment F{depth} on T {{ b }}"


def crossing(count: int) -> str:
    """Fields that are merged, under one condition each, and inside them under others."""

    def field(i: int) -> str:
        second, third = (i + 1) % count, (i + 2) % count
        return f"t @include(if: $v{i}) {{ t @include(if: $v{second}) {{ t @skip(if: $v{third}) {{ x }} }} }}"

    return f"query({conditions(count)}) {{ {spread(count, field)} }}"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (doubling(13), "planning it takes too many steps"),
        (doubling(20), "it is too large"),
        (chained(2000), "its selections are too deep in each other"),
        (crossing(40), "it selects too much of a in one fetch"),
        (conditional(12, 10), "it is too large"),
    ],
    ids=["doubling", "doubling further", "a chain of fragments", "nested conditions", "conditions in fragments"],
)
def test_what_multiplies_with_every_level_ends_with_an_error(query: str, reason: str) -> None:
    with pytest.raises(QueryPlanningError) as raised:
        plan_operation(composed(CYCLE), parse(query))
    assert raised.value.reason == reason


def test_the_steps_of_a_search_are_limited() -> None:
    with pytest.raises(QueryPlanningError) as raised:
        plan_operation(composed(CYCLE), parse("{ t { b bt { b } } }"), None, PlanOptions(max_steps=8))
    assert raised.value.reason == "planning it takes too many steps"
