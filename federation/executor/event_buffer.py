"""A bounded buffer between an event stream and whoever completes and sends its events."""

from __future__ import annotations

import asyncio
from collections import deque

from federation.executor.subgraph_client import SubgraphResponse


class EventBuffer:
    """Events in order, at most `max_events`; one putter, one taker.

    Attributes:
        has_overflowed: an event found no room. It is lost, and the buffer takes no more.
    """

    __slots__ = ("_changed", "_error", "_events", "_is_ended", "_max_events", "has_overflowed")

    def __init__(self, max_events: int) -> None:
        self._max_events = max_events
        self._events: deque[SubgraphResponse] = deque()
        self._changed = asyncio.Event()
        self._is_ended = False
        self._error: Exception | None = None
        self.has_overflowed = False

    def put(self, event: SubgraphResponse) -> bool:
        """Add an event; False when there is no room for it."""
        if len(self._events) >= self._max_events:
            self.has_overflowed = True
            return False
        self._events.append(event)
        self._changed.set()
        return True

    def end(self, error: Exception | None = None) -> None:
        """Say that no more events come; `error` is raised where the next would be taken."""
        self._is_ended, self._error = True, error
        self._changed.set()

    async def take(self) -> SubgraphResponse | None:
        """The next event, waited for; None after the last. Raises what the buffer was ended with."""
        while not self._events and not self._is_ended:
            self._changed.clear()
            await self._changed.wait()
        if self._events:
            return self._events.popleft()
        if self._error is not None:
            raise self._error
        return None
