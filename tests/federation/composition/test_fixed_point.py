"""Questions in circles have their least fixed point, in whatever order they are asked."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from random import Random

import pytest

from federation.composition.satisfiability.fixed_point import FixedPoint


@pytest.mark.parametrize("seed", range(40))
def test_what_is_reached_in_a_graph_does_not_depend_on_who_is_asked_first(seed: int) -> None:
    random = Random(seed)
    followers = {node: frozenset(random.choices(range(9), k=random.randrange(4))) for node in range(9)}
    expected = {node: _reached(followers, node) for node in followers}
    for order in [*permutations(range(3)), *(random.sample(range(9), 9) for _ in range(20))]:
        fixed_point = _fixed_point(followers)
        assert [fixed_point.answer(node) for node in order] == [expected[node] for node in order]


def test_a_long_chain_needs_no_recursion() -> None:
    last = 20_000
    fixed_point = _fixed_point({node: frozenset({min(node + 1, last)}) for node in range(last + 1)}, own=last)
    assert fixed_point.answer(0) == {last}


def test_what_is_known_is_not_worked_out_again() -> None:
    evaluated: Counter[str] = Counter()

    def evaluate(question: str) -> frozenset[str]:
        evaluated[question] += 1
        return frozenset({question}) | (fixed_point.answer("b") if question == "a" else frozenset())

    fixed_point = FixedPoint[str, frozenset[str]](lambda _: frozenset(), evaluate)
    assert fixed_point.answer("a") == {"a", "b"}
    before = evaluated.copy()
    assert (fixed_point.answer("a"), fixed_point.answer("b")) == ({"a", "b"}, {"b"})
    assert evaluated == before


def test_nothing_half_answered_is_remembered_where_an_evaluation_fails() -> None:
    broken = True

    def evaluate(question: str) -> frozenset[str]:
        if question == "a":
            return fixed_point.answer("b") | {"a"}
        if broken:
            raise LookupError(question)
        return frozenset({"b"})

    fixed_point = FixedPoint[str, frozenset[str]](lambda _: frozenset(), evaluate)
    with pytest.raises(LookupError):
        fixed_point.answer("a")
    broken = False
    assert fixed_point.answer("a") == {"a", "b"}


def _fixed_point(followers: dict[int, frozenset[int]], own: int | None = None) -> FixedPoint[int, frozenset[int]]:
    """Ask what is reached from a node, itself included; with `own`, only whether that one is."""

    def evaluate(node: int) -> frozenset[int]:
        kept = frozenset({node}) if own in (None, node) else frozenset()
        return kept.union(*(fixed_point.answer(follower) for follower in followers[node]))

    fixed_point = FixedPoint[int, frozenset[int]](lambda _: frozenset(), evaluate)
    return fixed_point


def _reached(followers: dict[int, frozenset[int]], start: int) -> frozenset[int]:
    found, waiting = {start}, [start]
    while waiting:
        more = followers[waiting.pop()] - found
        found |= more
        waiting.extend(more)
    return frozenset(found)
