"""Loaders: one call per batch, one fetch per key, failures that stay with their keys."""

from __future__ import annotations

import asyncio

import pytest

from legacy_adapters.errors import SystemTimeout
from subgraphs.shared.loaders import Partial, RecordLoader
from subgraphs.shared.sources import first_found, in_one_list

LATE = SystemTimeout("first", "330100", "late")
DOWN = SystemTimeout("second", "330100", "down")


class Source:
    def __init__(self, answers=None, failure=None):
        self.answers, self.failure, self.calls = answers or {}, failure, []

    async def fetch(self, keys):
        self.calls.append(list(keys))
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return {key: self.answers[key] for key in keys if key in self.answers}


def loader(source):
    return RecordLoader(source.fetch, lambda records: [record.upper() for record in records], list)


async def test_keys_of_one_moment_are_one_call():
    source = Source({"a": ["x"], "b": ["y"]})
    records = loader(source)
    assert await asyncio.gather(records.load("a"), records.load("b"), records.load("c")) == [["X"], ["Y"], []]
    assert source.calls == [["a", "b", "c"]]


async def test_a_list_of_keys_is_one_call_and_keeps_their_order():
    source = Source({"a": ["x"], "b": ["y"]})
    assert await loader(source).load_all(["b", "a", "c", "b"]) == [["Y"], ["X"], [], ["Y"]]
    assert source.calls == [["b", "a", "c"]]


async def test_what_is_loaded_or_on_its_way_is_not_fetched_again():
    source = Source({"a": ["x"]})
    records = loader(source)
    both = await asyncio.gather(records.load_all(["a", "b"]), records.load_all(["b", "a", "c"]))
    assert both == [[["X"], []], [[], ["X"], []]]
    assert await records.load("a") == ["X"]
    assert sorted(key for call in source.calls for key in call) == ["a", "b", "c"]


async def test_a_key_that_fails_fails_alone():
    records = loader(Source({"a": LATE, "b": ["y"]}))
    assert await records.load_all(["a", "b"]) == [LATE, ["Y"]]
    with pytest.raises(SystemTimeout):
        await records.load("a")
    assert await records.load("b") == ["Y"]


async def test_a_source_that_fails_is_every_keys_failure():
    assert await loader(Source(failure=LATE)).load_all(["a", "b"]) == [LATE, LATE]


async def test_a_defect_of_a_source_is_every_keys_failure_too():
    defect = RuntimeError("a defect")
    assert await loader(Source(failure=defect)).load_all(["a", "b"]) == [defect, defect]


async def test_no_keys_are_no_call():
    source = Source()
    assert await loader(source).load_all([]) == []
    assert source.calls == []


async def test_several_sources_are_asked_at_the_same_time():
    gate = asyncio.Barrier(2)

    async def fetch(keys):
        await gate.wait()
        return {key: ["row"] for key in keys}

    async with asyncio.timeout(5):
        assert await in_one_list([fetch, fetch])(["a"]) == {"a": ["row", "row"]}


async def test_lists_are_concatenated_in_the_sources_order():
    sources = Source({"a": [1], "b": [2]}), Source({"a": [3]})
    assert await in_one_list([source.fetch for source in sources])(["a", "b", "c"]) == {"a": [1, 3], "b": [2], "c": []}


async def test_a_failed_share_is_told_beside_the_rest():
    sources = Source(failure=LATE), Source({"a": [1], "b": DOWN})
    answers = await in_one_list([source.fetch for source in sources])(["a", "b", "c"])
    assert answers == {"a": Partial([1], (LATE,)), "b": LATE, "c": Partial([], (LATE,))}


async def test_the_first_source_that_has_a_record_gives_it():
    sources = Source({"a": "x", "b": LATE}), Source({"a": "y", "b": "z", "c": DOWN})
    answers = await first_found([source.fetch for source in sources])(["a", "b", "c", "d"])
    assert answers == {"a": "x", "b": "z", "c": DOWN}
