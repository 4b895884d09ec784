"""The thread in which operations are made ready, so that hard ones hold up neither the event loop nor each other's end.

Work is bounded: so much may be under way, then more is refused. Nobody waits for it beyond the end of his request, and
what nobody waits for is not begun.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from federation.gateway.errors import HttpRequestError, RequestCode

#: Pieces of work that wait or run. Each takes milliseconds, a hostile one about a second.
MAX_UNDER_WAY = 64
_RETRY_LATER = ((b"retry-after", b"1"),)
V = TypeVar("V")


@dataclass(slots=True, eq=False)
class _Work:
    """A piece of work: in its thread, in the event loop, and how many wait for it."""

    future: Future[Any]
    result: asyncio.Future[Any]
    waiting: int = 0


class PlanningThread:
    """Does pieces of work one after the other in a thread; used from one event loop."""

    def __init__(self, max_under_way: int = MAX_UNDER_WAY) -> None:
        self._max_under_way = max_under_way
        self._under_way: dict[Hashable, _Work] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="planning")

    async def once(self, key: Hashable, make: Callable[[], V], keep: Callable[[V], None], deadline: float) -> V:
        """Give what `make` gives; who asks for the same `key` meanwhile gets the same.

        `keep` is called in the event loop, also when all who waited have gone meanwhile. Raises what `make` raises,
        and HttpRequestError (PLANNING_OVERLOADED, PLANNING_TIMEOUT).
        """
        work = self._under_way.get(key) or self._begin(key, make, keep)
        work.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                result: V = await asyncio.shield(work.result)
        except TimeoutError:
            message = "The operation was not planned when the request's time ended."
            raise HttpRequestError(RequestCode.PLANNING_TIMEOUT, message, 504, _RETRY_LATER) from None
        finally:
            self._leave(key, work)
        return result

    def close(self) -> None:
        """Let the thread end; what waits for it is given up."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _begin(self, key: Hashable, make: Callable[[], V], keep: Callable[[V], None]) -> _Work:
        if len(self._under_way) >= self._max_under_way:
            message = "Too many new operations are being planned; send the request again later."
            raise HttpRequestError(RequestCode.PLANNING_OVERLOADED, message, 503, _RETRY_LATER)
        future = self._thread.submit(make)
        work = self._under_way[key] = _Work(future, asyncio.wrap_future(future))
        work.result.add_done_callback(partial(self._end, key, keep))
        return work

    def _leave(self, key: Hashable, work: _Work) -> None:
        work.waiting -= 1
        if not work.waiting and work.future.cancel():  # it had not begun
            self._forget(key, work.result)

    def _end(self, key: Hashable, keep: Callable[[V], None], result: asyncio.Future[V]) -> None:
        self._forget(key, result)
        # Everybody who waited may be gone: then nobody else takes note of an exception.
        if not result.cancelled() and result.exception() is None:
            keep(result.result())

    def _forget(self, key: Hashable, result: asyncio.Future[Any]) -> None:
        work = self._under_way.get(key)
        if work is not None and work.result is result:
            del self._under_way[key]
