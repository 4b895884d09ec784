"""All subscriptions of the gateway: their number, and the end of all of them when the server stops."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from federation.gateway.errors import RequestCode, refuse


class Subscriptions:
    """Counts subscriptions, and tells streams when the server stops.

    Attributes:
        count: how many are running.
    """

    def __init__(self, max_total: int) -> None:
        self._max_total = max_total
        self._streams: set[asyncio.Future[None]] = set()
        self._is_stopping = False
        self._all_gone = asyncio.Event()
        self.count = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """Count one subscription while it runs. Raises GraphQLRequestError (SUBSCRIPTION_LIMIT_EXCEEDED)."""
        if self.count >= self._max_total or self._is_stopping:
            message = "The gateway has as many subscriptions as it may have; subscribe again later."
            raise refuse(RequestCode.SUBSCRIPTION_LIMIT_EXCEEDED, message, 503)
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1

    @contextmanager
    def stop_signal(self) -> Iterator[asyncio.Future[None]]:
        """A future that is done when the server stops; who holds it then ends what it streams and leaves."""
        signal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._streams.add(signal)
        if self._is_stopping:
            signal.set_result(None)
        try:
            yield signal
        finally:
            self._streams.discard(signal)
            if not self._streams:
                self._all_gone.set()

    async def stop(self, timeout_seconds: float) -> None:
        """End all streams, and let no other begin; wait until they are gone, but not longer than told."""
        self._is_stopping = True
        self._all_gone.clear()
        for signal in self._streams:
            if not signal.done():
                signal.set_result(None)
        if self._streams:
            try:
                async with asyncio.timeout(timeout_seconds):
                    await self._all_gone.wait()
            except TimeoutError:
                pass  # the server then cuts them off
