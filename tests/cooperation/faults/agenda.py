"""The time of a run, and what is going to happen in it, moment by moment."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from legacy_adapters.clock import CITY_ZONE


@dataclass
class RunClock:
    """The run's time."""

    now: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 9, 30, tzinfo=CITY_ZONE))

    def __call__(self) -> datetime:
        return self.now


class Agenda:
    """Happenings by their moments; those of the same moment in the order in which they were put down."""

    def __init__(self) -> None:
        self._entries: list[tuple[datetime, int, Callable[[], Awaitable[None]]]] = []
        self._tick = count()

    def put_down(self, moment: datetime, happens: Callable[[], Awaitable[None]]) -> None:
        """Something happens at a moment."""
        heapq.heappush(self._entries, (moment, next(self._tick), happens))

    def next_moment(self) -> list[datetime]:
        """When the next thing happens; empty where nothing does any more."""
        return [moment for moment, _, _ in self._entries[:1]]

    async def let_happen(self, until: Callable[[], datetime]) -> None:
        """Everything up to a moment, which what happens may put off."""
        while self._entries and self._entries[0][0] <= until():
            await heapq.heappop(self._entries)[2]()
