"""The clock that all processes of one database share: by it they date what the others compare.

How old an attempt is, what is due and whose lease has run out is judged by whoever looks at it, not by who wrote it
down. Where clocks differ, a request that is on its way looks long past to one process, and the other one looks dead. So
what several processes date, they date by the database's clock, and between two readings of it by time that only passes:
nobody's own clock, and nobody who sets it, has a part in it (decision 39).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeAlias

from sqlalchemy import Connection, func, select

from cooperation.store.store import Store
from legacy_adapters.clock import CITY_ZONE, Clock

ROUND_TRIP_SECONDS = 1.0
"""A reading that took longer says too little: the one before it goes on holding."""
DIFFERENCE_SECONDS = 10.0
"""A process's own clock that is further off is told of: cities' systems are given days and hours by it."""

Reading: TypeAlias = Callable[[Connection], datetime]
"""Gives the moment on the shared clock. Tests hand in one that they move."""

# It goes on while the machine sleeps, where the system has such a clock.
_passed = partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic

_LOG = logging.getLogger("bureaugraph.cooperation")


def read_database_clock(connection: Connection) -> datetime:
    """The moment on the database server's clock, now and not when the transaction began."""
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


class DatabaseClock:
    """A `Clock`: the last reading of the database's clock, and the time that has passed since. Used by any thread.

    `local` is compared with it only.
    """

    __slots__ = ("_is_off", "_last", "_local", "_passed", "_reading", "_store")

    def __init__(
        self,
        store: Store,
        local: Clock,
        reading: Reading = read_database_clock,
        passed: Callable[[], float] = _passed,
    ) -> None:
        self._store = store
        self._local = local
        self._reading = reading
        self._passed = passed
        self._last: tuple[datetime, float] | None = None
        self._is_off = False

    def __call__(self) -> datetime:
        """The present moment on the database's clock, with the cities' offset. Only after a first `renew`."""
        if self._last is None:
            raise RuntimeError("The database's clock was not read yet.")
        moment, read_at = self._last
        return moment + timedelta(seconds=self._passed() - read_at)

    async def renew(self) -> None:
        """Read the database's clock. Raises DatabaseUnavailable."""
        before, moment, after = await self._store.read(self._read)
        if self._last is None or after - before <= ROUND_TRIP_SECONDS:
            self._last = moment.astimezone(CITY_ZONE), (before + after) / 2
            self._compare()

    def _read(self, connection: Connection) -> tuple[float, datetime, float]:
        before = self._passed()
        moment = self._reading(connection)
        return before, moment, self._passed()

    def _compare(self) -> None:
        difference = (self._local() - self()).total_seconds()
        was_off, self._is_off = self._is_off, abs(difference) > DIFFERENCE_SECONDS
        if self._is_off and not was_off:
            _LOG.warning(
                "This process's clock is %+.0f s off the database's, by which operations are dated.", difference
            )


async def open_clock(store: Store, local: Clock, reading: Reading = read_database_clock) -> Clock:
    """The clock for what is kept in `store`: the process's own where it is alone. Raises DatabaseUnavailable."""
    if not store.is_shared:
        return local
    clock = DatabaseClock(store, local, reading)
    await clock.renew()
    return clock


async def renew_clock(clock: Clock) -> None:
    """Read a clock again that is read from the database. Raises DatabaseUnavailable."""
    if isinstance(clock, DatabaseClock):
        await clock.renew()
