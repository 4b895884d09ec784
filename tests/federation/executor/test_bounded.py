"""A cache lets go of what was used longest ago, by number and by weight."""

from __future__ import annotations

from federation.executor.bounded import BoundedCache


def keep(cache, **weights):
    for name, weight in weights.items():
        cache.keep(name, name.upper(), weight)


def found(cache, names):
    return [name for name in names if cache.find(name)]


def test_no_more_weight_is_kept_than_allowed():
    cache = BoundedCache(10)
    keep(cache, a=4, b=4, c=4)
    assert found(cache, "abc") == ["b", "c"]


def test_no_more_entries_are_kept_than_allowed():
    cache = BoundedCache(10, max_entries=2)
    keep(cache, a=1, b=1)
    cache.find("a")
    keep(cache, c=1)
    assert (found(cache, "abc"), len(cache)) == (["a", "c"], 2)


def test_what_is_heavier_than_the_whole_cache_costs_the_others_nothing():
    cache = BoundedCache(10)
    keep(cache, a=4, b=11)
    assert found(cache, "ab") == ["a"]


def test_a_value_kept_again_weighs_once():
    cache = BoundedCache(10)
    keep(cache, a=4)
    keep(cache, a=6)
    keep(cache, b=4)
    assert found(cache, "ab") == ["a", "b"]


def test_a_value_is_made_once():
    cache, made = BoundedCache(10), []
    assert [cache.get("a", lambda: made.append(1) or "A") for _ in range(2)] == ["A", "A"]
    assert made == [1]
