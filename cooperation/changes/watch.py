"""Changes as they happen, in whichever process: one poll of the feed for all who listen, none when nobody does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine

from cooperation.changes.feed import ChangeQuery, last_cursor, read_changes
from cooperation.store.rows import ChangeRow, OperationRow
from cooperation.store.store import DatabaseUnavailable, Store

POLL_SECONDS = 0.25
PAGE = 500
LONGEST_QUEUE = 1000

_LOG = logging.getLogger("bureaugraph.cooperation")


class ListenerTooSlow(Exception):
    """A listener was too far behind; it has to begin anew, and to ask the feed for what it missed."""


class ChangeWatch:
    """Hands every change to everybody who listens."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[asyncio.Queue[ChangeRow | None]] = set()
        self._polling: asyncio.Task[None] | None = None
        # Those who come first come together: a gateway that starts again, and all its clients with it.
        self._joining = asyncio.Lock()
        # By number, since changes were found last.
        self._loads: dict[str, asyncio.Task[OperationRow]] = {}

    async def changes(self) -> AsyncGenerator[ChangeRow, None]:
        """Every change from now on. Raises ListenerTooSlow, DatabaseUnavailable."""
        # One place is for the end.
        queue: asyncio.Queue[ChangeRow | None] = asyncio.Queue(LONGEST_QUEUE + 1)
        async with self._joining:
            if self._polling is None or self._polling.done():
                cursor = await self._store.read(last_cursor)
                self._polling = asyncio.create_task(self._poll(cursor), name="cooperation-changes")
            self._listeners.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
            raise ListenerTooSlow
        finally:
            self._listeners.discard(queue)
            if not self._listeners and self._polling is not None:
                self._polling.cancel()
                self._polling = None
                self._loads = {}

    async def load_once(self, number: str, load: Callable[[str], Coroutine[None, None, OperationRow]]) -> OperationRow:
        """An operation that has changed, loaded once for all who listen; it is as new as what they were told last."""
        loading = self._loads.get(number)
        if loading is None:
            loading = self._loads[number] = asyncio.create_task(load(number), name="cooperation-change")
            loading.add_done_callback(_hear)
        # Who leaves takes it from nobody else.
        return await asyncio.shield(loading)

    async def _poll(self, cursor: int) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            after = cursor
            try:
                found = await self._store.read(
                    lambda connection, after=after: read_changes(connection, ChangeQuery(), after, PAGE)  # type: ignore[misc]  # mypy infers no lambda with a default
                )
            except DatabaseUnavailable:
                _LOG.warning("The cooperation database does not answer; changes are told later.")
                continue
            if found:
                self._loads = {}
            for change in found:
                cursor = change.cursor
                self._tell(change)

    def _tell(self, change: ChangeRow) -> None:
        for queue in tuple(self._listeners):
            if queue.qsize() < LONGEST_QUEUE:
                queue.put_nowait(change)
            else:
                self._listeners.discard(queue)
                queue.put_nowait(None)


def _hear(loading: asyncio.Task[OperationRow]) -> None:
    """Take note of a failure: whoever asked may have left."""
    if not loading.cancelled():
        loading.exception()
