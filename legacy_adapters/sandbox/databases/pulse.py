"""Latency of a database: it is locked, let go for a moment, locked again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

OPEN_SECONDS = 0.15
"""Longer than the longest pause (0.1 s) between two tries of SQLite's busy handler."""


class Pulse:
    """Repeats `acquire`, a pause, `release`, a short pause, until it is stopped; then the lock is released."""

    def __init__(self, acquire: Callable[[], Awaitable[None]], release: Callable[[], Awaitable[None]]) -> None:
        self._acquire = acquire
        self._release = release
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, locked_seconds: float) -> None:
        """Begin; a client waits up to `locked_seconds`."""
        self._stop.clear()
        self._task = asyncio.create_task(self._run(locked_seconds))

    async def stop(self) -> None:
        """End, with the lock released. Not by cancelling: a lock being taken in a thread would stay behind."""
        task, self._task = self._task, None
        if task is not None:
            self._stop.set()
            await task

    async def _run(self, locked_seconds: float) -> None:
        while not self._stop.is_set():
            await self._acquire()
            try:
                await self._pause(locked_seconds)
            finally:
                await self._release()
            await self._pause(OPEN_SECONDS)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
