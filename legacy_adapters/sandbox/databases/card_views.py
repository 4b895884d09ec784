"""Carries what Hangzhou's core service has changed of cards into the database, whose views show it a little later."""

from __future__ import annotations

import asyncio
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from legacy_adapters.sandbox.databases.hangzhou import show_cards
from legacy_adapters.sandbox.databases.legacy_database import LegacyDatabase
from legacy_adapters.sandbox.population.world import Card
from legacy_adapters.sandbox.services.write_log import Changes, WriteLog

_RETRY_SECONDS = 0.2


class CardViews:
    """Starts with all that was ever changed, so that nothing is lost between service and database."""

    def __init__(self, writes: WriteLog, database: LegacyDatabase) -> None:
        self._database = database
        self._waiting: dict[str, Card] = {card.number: card for card in writes.changed(Card)}
        self._has_news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        writes.on_change(self._take)

    async def start(self) -> None:
        """Bring the database up to date, and go on doing so."""
        await self._carry()
        self._task = asyncio.create_task(self._run(), name="card views")

    async def close(self) -> None:
        """Stop; what was not carried yet is carried by the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _take(self, changes: Changes) -> None:
        self._waiting.update((key, value) for key, value in changes if isinstance(value, Card))
        self._has_news.set()

    async def _run(self) -> None:
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            try:
                await self._carry()
            except (SQLAlchemyError, OSError):
                # It has a fault now, which will pass.
                self._has_news.set()
                await asyncio.sleep(_RETRY_SECONDS)

    async def _carry(self) -> None:
        cards = dict(self._waiting)
        if cards:
            await self._database.transact(partial(show_cards, cards.values()))
        for number, card in cards.items():
            if self._waiting.get(number) is card:
                del self._waiting[number]
