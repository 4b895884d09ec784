"""The planning thread: once, bounded, and nobody waits for it longer than his request lasts."""

from __future__ import annotations

import asyncio
import threading

import pytest

from federation.gateway.errors import HttpRequestError
from federation.gateway.planning import PlanningThread


class Work:
    """Gives its name when it may go on, and counts how often it was begun."""

    def __init__(self, name="a"):
        self.begun = 0
        self.name = name
        self.go = threading.Event()

    def __call__(self):
        self.begun += 1
        self.go.wait(5)
        return self.name


@pytest.fixture
def thread():
    thread = PlanningThread(max_under_way=2)
    yield thread
    thread.close()


def ask(thread, work, *, keep=lambda _: None, seconds=5.0):
    deadline = asyncio.get_running_loop().time() + seconds
    return asyncio.ensure_future(thread.once(work.name, work, keep, deadline))


async def code_of(request):
    with pytest.raises(HttpRequestError) as refused:
        await request
    return refused.value.status, refused.value.codes


async def test_who_asks_for_the_same_gets_the_same_and_it_is_kept_once(thread):
    work, kept = Work(), []
    asked = [ask(thread, work, keep=kept.append) for _ in range(3)]
    await asyncio.sleep(0)
    work.go.set()
    assert await asyncio.gather(*asked) == ["a"] * 3
    assert (work.begun, kept) == (1, ["a"])


async def test_more_than_may_be_under_way_is_refused_at_once(thread):
    running, waiting, more = Work("a"), Work("b"), Work("c")
    asked = [ask(thread, running), ask(thread, waiting)]
    await asyncio.sleep(0)
    assert await code_of(ask(thread, more)) == (503, ("PLANNING_OVERLOADED",))
    for work in (running, waiting, more):
        work.go.set()
    await asyncio.gather(*asked)
    assert await ask(thread, more) == "c"


async def test_nobody_waits_longer_than_his_request_lasts_and_what_is_done_later_is_kept(thread):
    work = Work()
    kept = asyncio.get_running_loop().create_future()
    assert await code_of(ask(thread, work, keep=kept.set_result, seconds=0.02)) == (504, ("PLANNING_TIMEOUT",))
    work.go.set()
    async with asyncio.timeout(5):
        assert await kept == "a"


async def test_what_nobody_waits_for_any_more_is_not_begun(thread):
    running, waiting = Work("a"), Work("b")
    first, abandoned = ask(thread, running), ask(thread, waiting)
    await asyncio.sleep(0)
    abandoned.cancel()
    await asyncio.gather(abandoned, return_exceptions=True)
    again = ask(thread, waiting)
    await asyncio.sleep(0)
    for work in (running, waiting):
        work.go.set()
    assert await asyncio.gather(first, again) == ["a", "b"]
    assert waiting.begun == 1


async def test_what_fails_is_told_to_all_and_tried_again(thread):
    outcomes = [ValueError("x"), "b"]

    def make():
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    deadline = asyncio.get_running_loop().time() + 5
    for expected in (ValueError, str):
        [result] = await asyncio.gather(thread.once("k", make, lambda _: None, deadline), return_exceptions=True)
        assert isinstance(result, expected)
