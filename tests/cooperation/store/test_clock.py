"""The clock that all processes of a database share."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import pytest

from cooperation.store.clock import DatabaseClock, open_clock, renew_clock
from cooperation.store.store import Store, database_url
from legacy_adapters.clock import CITY_ZONE, city_clock
from tests.cooperation.support.desks import TestClock


class HandWatch:
    """Shows the seconds that a test has let pass."""

    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> HandWatch:
    return HandWatch()


@pytest.fixture
def database_clock(clock: TestClock, sqlite_store: Store, watch: HandWatch) -> DatabaseClock:
    """The database's clock is the test's; the process's own is right."""
    return DatabaseClock(sqlite_store, clock, lambda _: clock(), watch)


async def test_between_readings_time_passes_and_nobody_sets_it(
    clock: TestClock, watch: HandWatch, database_clock: DatabaseClock
) -> None:
    await database_clock.renew()
    start = clock.now
    clock.forward(hours=1)
    watch.seconds += 7
    assert database_clock() == start + timedelta(seconds=7)
    await database_clock.renew()
    assert database_clock() == start + timedelta(hours=1)


async def test_a_reading_that_took_too_long_is_none_where_there_is_one(
    clock: TestClock, watch: HandWatch, sqlite_store: Store
) -> None:
    seconds = 0.4

    def read(_: object) -> datetime:
        watch.seconds += seconds
        return clock()

    slow = DatabaseClock(sqlite_store, clock, read, watch)
    await slow.renew()
    assert slow() == clock.now + timedelta(seconds=0.2), "it was read in the middle"
    expected, seconds = slow() + timedelta(seconds=1.1), 1.1
    clock.forward(hours=1)
    await slow.renew()
    assert slow() == expected


async def test_a_clock_of_its_own_that_is_far_off_is_told_of_once(
    clock: TestClock, watch: HandWatch, sqlite_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    own = TestClock(clock.now + timedelta(seconds=45))
    shared = DatabaseClock(sqlite_store, own, lambda _: clock(), watch)
    with caplog.at_level(logging.WARNING):
        await shared.renew()
        await shared.renew()
        own.now = clock.now
        await shared.renew()
        own.forward(seconds=-60)
        await shared.renew()
    assert [record.getMessage() for record in caplog.records] == [
        f"This process's clock is {difference} s off the database's, by which operations are dated."
        for difference in ("+45", "-60")
    ]


async def test_who_is_alone_with_its_database_goes_by_its_own_clock(sqlite_store: Store, clock: TestClock) -> None:
    assert await open_clock(sqlite_store, clock) is clock
    await renew_clock(clock)


@pytest.mark.servers
async def test_processes_of_one_database_agree_whatever_their_own_clocks_say(postgresql_url: str) -> None:
    store = Store(database_url(postgresql_url))
    right = await open_clock(store, city_clock)
    wrong = await open_clock(store, lambda: city_clock() + timedelta(hours=3))
    await asyncio.sleep(0.1)
    await renew_clock(wrong)
    assert abs(wrong() - right()) < timedelta(seconds=1)
    assert wrong().utcoffset() == right().utcoffset() == CITY_ZONE.utcoffset(None)
    store.close()
