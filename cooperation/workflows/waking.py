"""Ends of outages: who sleeps because a city's system did not answer need not sleep on when it answers again.

A pause grows with every turn in vain, and a sleeping workflow cannot be told to wake: it is given up, and the next run
of its delivery begun. One delivery of each kind of write at each city is woken from time to time, as a scout. Once a
scout is through, the others follow in batches, the next one when the first of the last one is through: so a system that
is away, however much is owed to it, is asked once in `SCOUT_SECONDS`, and one that fails again is left alone again.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from cooperation.desk import Desk
from cooperation.store.deliveries import begin_next_run, read_delivery, read_sleeping, read_sleeping_targets
from cooperation.store.rows import DeliveryRow
from cooperation.workflows import engine
from legacy_adapters.operations.outcomes import Reason

SCOUT_SECONDS = 30.0
WOKEN_AT_ONCE = 50

OUTAGES = (Reason.UNREACHABLE, Reason.TIMED_OUT, Reason.BROKEN_OFF, Reason.UNREADABLE, Reason.UNCONFIRMED)
"""What is slept for. Neither closing hours nor a limit of requests: these end when the system has said."""

Target: TypeAlias = tuple[str, str]
"""A city, and a kind of write there."""


class Waker:
    """One process's waking; several of them wake the same without harm."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._scouts: dict[Target, str] = {}
        self._scout_at = time.monotonic() + SCOUT_SECONDS

    async def wake(self) -> None:
        """Wake what follows a scout that is through, and new scouts when it is their time.

        Raises DatabaseUnavailable.
        """
        for target, scout in list(self._scouts.items()):
            if await self._is_through(scout):
                await self._wake_first(target, WOKEN_AT_ONCE)
        if time.monotonic() >= self._scout_at:
            self._scout_at = time.monotonic() + SCOUT_SECONDS
            for target in await self._desk.store.read(
                partial(read_sleeping_targets, reasons=OUTAGES, after=self._soon())
            ):
                await self._wake_first(target, 1)

    async def _is_through(self, delivery_id: str) -> bool:
        """Whether its system has answered, whatever it said."""
        delivery = await self._desk.store.read(lambda connection: read_delivery(connection, delivery_id))
        return delivery.reason not in OUTAGES

    async def _wake_first(self, target: Target, most: int) -> None:
        """Wake those that were accepted first; the first of them is the scout from now on."""
        soon = self._soon()
        sleeping = await self._desk.store.read(lambda c: read_sleeping(c, target, OUTAGES, soon, most))
        self._scouts.pop(target, None)
        for delivery in sleeping:
            if await begin_anew(self._desk, delivery):
                self._scouts.setdefault(target, delivery.id)

    def _soon(self) -> datetime:
        """Who wakes by itself until then is let sleep."""
        return self._desk.clock() + timedelta(seconds=SCOUT_SECONDS)


async def begin_anew(desk: Desk, delivery: DeliveryRow) -> bool:
    """Have a delivery worked at now in another run, in place of its present one. False where it is not owed any more.

    Who dies in between leaves a delivery whose workflow has ended before it: the sweep begins it anew when it is due.
    """
    await engine.give_up_workflow(delivery)
    now = desk.clock()
    begun = await desk.store.transact(lambda connection: begin_next_run(connection, delivery, now))
    # None: it has ended, or begun its next run itself, since it was read.
    if begun is not None:
        await engine.start_delivery(begun)
    return begun is not None
