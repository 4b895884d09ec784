"""How many deliveries of this process are worked at in a city's systems at a time; the others wait in their order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cooperation.configuration import CooperationConfig

LONGEST_WAIT_SECONDS = 300.0
"""Who has waited for so long says that it does, or would be taken for stuck, and begins to wait anew."""


class Places:
    """After an outage all that is owed is due at once: a city that has just come back is not hit by all of it."""

    def __init__(self, config: CooperationConfig) -> None:
        self._config = config
        self._places: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def of(self, city: str) -> AsyncIterator[bool]:
        """Hold one of a city's places; False where none became free in `LONGEST_WAIT_SECONDS`."""
        places = self._places.setdefault(city, asyncio.Semaphore(self._config.city_rules(city).deliveries_at_once))
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await places.acquire()
        except TimeoutError:
            yield False
            return
        try:
            yield True
        finally:
            places.release()
