"""Batches of keys that a system takes one by one."""

from __future__ import annotations

import asyncio

import pytest

from legacy_adapters.batch import ask_each, first_of_each, once_each
from legacy_adapters.errors import BusinessError, SystemTimeout
from legacy_adapters.resilience import Guard, Operation
from tests.legacy_adapters.support.systems import make_system
from tests.support.idle_time import idle_time

READ = Operation("read")
LATE = SystemTimeout("test_system", "330100", "late")
NO = BusinessError("test_system", "330100", "no", "E1")


async def test_every_distinct_key_is_asked_once_and_answered_in_order():
    asked = []

    async def ask(key: str) -> str:
        asked.append(key)
        return key.upper()

    assert list((await ask_each(["b", "a", "b"], ask, 8)).items()) == [("b", "B"), ("a", "A")]
    assert asked == ["b", "a"]
    assert await ask_each([], ask, 8) == {}


async def test_a_batch_far_longer_than_the_systems_time_does_not_time_out():
    guard = Guard(make_system(max_concurrency=2, timeout_seconds=0.2, retries=0))

    async def ask(key: int) -> int:
        await guard.call(READ, lambda: asyncio.sleep(0.02))
        return key

    keys = range(40)
    with idle_time():
        assert await ask_each(keys, ask, 2) == {key: key for key in keys}


async def test_as_many_keys_as_are_allowed_are_asked_side_by_side():
    running, most = 0, 0

    async def ask(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await ask_each(range(20), ask, 3)
    assert most == 3


async def test_a_key_that_fails_fails_alone_and_a_system_that_fails_is_raised():
    async def ask(key: object) -> str:
        if isinstance(key, Exception):
            raise key
        return "answer"

    assert await ask_each([LATE, "a"], ask, 8) == {LATE: LATE, "a": "answer"}
    assert await ask_each([NO], ask, 8) == {NO: NO}
    with pytest.raises(SystemTimeout):
        await ask_each([LATE], ask, 8)


async def test_a_defect_ends_the_whole_batch():
    asked = []

    async def ask(key: int) -> None:
        asked.append(key)
        if key == 1:
            raise ZeroDivisionError
        await asyncio.sleep(0)

    with pytest.raises(ZeroDivisionError):
        await ask_each(range(100), ask, 2)
    await asyncio.sleep(0.01)
    assert len(asked) < 5


def test_the_first_record_of_each_key():
    assert first_of_each({"a": ["x", "y"], "b": [], "c": LATE}) == {"a": "x", "c": LATE}
    assert once_each(["x1", "y1", "x2"], lambda record: record[0]) == {"x": "x1", "y": "y1"}
