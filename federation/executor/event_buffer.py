"""A bounded buffer between an event stream and whoever completes and sends its events."""

from __future__ import annotations

import asyncio
from collections import deque

from federation.executor.subgraph_client import SubgraphResponse


class EventBuffer:
    """Events in order, at most `max_events`; one putter, one taker.

    Where it is full the putter waits, so that a burst is no reason to lose events. It waits `max_full_seconds` at most,
    reckoned from when the buffer was full first and never empty since.

    Attributes:
        has_overflowed: an event found no room in time. It is lost, and the buffer takes no more.
    """

    __slots__ = (
        "_error",
        "_events",
        "_full_since",
        "_is_ended",
        "_max_events",
        "_max_full_seconds",
        "_something_put",
        "_something_taken",
        "has_overflowed",
    )

    def __init__(self, max_events: int, max_full_seconds: float) -> None:
        self._max_events = max_events
        self._max_full_seconds = max_full_seconds
        self._events: deque[SubgraphResponse] = deque()
        self._something_put = asyncio.Event()
        self._something_taken = asyncio.Event()
        self._full_since: float | None = None
        self._is_ended = False
        self._error: Exception | None = None
        self.has_overflowed = False

    async def put(self, event: SubgraphResponse) -> bool:
        """Add an event; False when there was no room for it in time."""
        if len(self._events) >= self._max_events and not await self._has_room_in_time():
            self.has_overflowed = True
            return False
        self._events.append(event)
        self._something_put.set()
        return True

    def end(self, error: Exception | None = None) -> None:
        """Say that no more events come; `error` is raised where the next would be taken."""
        self._is_ended, self._error = True, error
        self._something_put.set()

    async def take(self) -> SubgraphResponse | None:
        """The next event, waited for; None after the last. Raises what the buffer was ended with."""
        while not self._events and not self._is_ended:
            self._something_put.clear()
            await self._something_put.wait()
        if self._events:
            self._something_taken.set()
            event = self._events.popleft()
            if not self._events:
                self._full_since = None
            return event
        if self._error is not None:
            raise self._error
        return None

    async def _has_room_in_time(self) -> bool:
        if self._full_since is None:
            self._full_since = asyncio.get_running_loop().time()
        self._something_taken.clear()
        try:
            async with asyncio.timeout_at(self._full_since + self._max_full_seconds):
                await self._something_taken.wait()
        except TimeoutError:
            return False
        return True
