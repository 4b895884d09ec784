"""How long a PostgreSQL that does not answer is waited for."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from cooperation.store.counters import next_number
from cooperation.store.migrate import LOCK, migrate
from cooperation.store.patience import NET_PARAMETERS
from cooperation.store.store import THREADS, DatabaseUnavailable, Store, database_url
from tests.cooperation.support.silence import Wire

ANSWER_SECONDS = 4.0
"""Longer than a busy machine takes for an answer."""
AT_MOST_SECONDS = 15.0
"""Much less than for ever, and much more than a busy machine takes for that."""


@pytest.fixture
def wire(postgresql_url: str) -> Iterator[Wire]:
    url = make_url(postgresql_url)
    wire = Wire(url.host or "", url.port or 5432)
    yield wire
    wire.close()


@pytest.fixture
def wired(postgresql_url: str, wire: Wire) -> Iterator[Store]:
    """A migrated database behind the wire."""
    url = make_url(postgresql_url).set(host="127.0.0.1", port=wire.port).update_query_dict({"connect_timeout": "2"})
    store = Store(database_url(url.render_as_string(hide_password=False)), ANSWER_SECONDS)
    migrate(store)
    yield store
    store.close()


def number(connection: Connection) -> int:
    return next_number(connection, "n")


def one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


@pytest.mark.servers
async def test_a_database_that_falls_silent_is_told_as_away_to_everybody_and_worked_with_when_it_answers(
    wire: Wire, wired: Store
) -> None:
    """More ask than there are threads: none of these is lost to the silence."""
    given = await asyncio.gather(*(wired.transact(number) for _ in range(THREADS)))
    assert sorted(given) == list(range(1, THREADS + 1))
    wire.is_silent = True
    async with asyncio.timeout(AT_MOST_SECONDS):
        asked = [wired.read(one) if which % 2 else wired.transact(number) for which in range(3 * THREADS)]
        told = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one_told) for one_told in told] == [DatabaseUnavailable] * (3 * THREADS)
    wire.is_silent = False
    async with asyncio.timeout(AT_MOST_SECONDS):
        assert await asyncio.gather(*(wired.read(one) for _ in range(THREADS))) == [1] * THREADS
        assert await wired.transact(number) == THREADS + 1


@pytest.mark.servers
async def test_a_database_that_falls_silent_within_a_transaction_is_told_as_away(wire: Wire, wired: Store) -> None:
    def work(connection: Connection) -> None:
        number(connection)
        wire.is_silent = True

    async with asyncio.timeout(AT_MOST_SECONDS):
        with pytest.raises(DatabaseUnavailable):
            await wired.transact(work)
    wire.is_silent = False
    assert await wired.transact(number) == 1


@pytest.mark.servers
def test_a_thread_is_freed_by_the_time_of_what_it_works_at(wire: Wire, wired: Store) -> None:
    """However many have given up waiting for it."""
    wire.is_silent = True

    async def ask() -> None:
        with pytest.raises(DatabaseUnavailable):
            await wired.read(one)

    begun = time.monotonic()
    asyncio.run(ask())
    wired.close()  # waits for its threads
    assert time.monotonic() - begun < AT_MOST_SECONDS


@pytest.mark.servers
async def test_who_waits_for_a_lock_gives_up(postgresql_url: str) -> None:
    url = make_url(postgresql_url).update_query_dict({"options": "-c lock_timeout=200ms"})
    store = Store(database_url(url.render_as_string(hide_password=False)))
    migrate(store)
    await store.transact(number)

    def hold(connection: Connection) -> None:
        number(connection)
        with pytest.raises(DatabaseUnavailable):
            store.transact_now(number)

    await store.transact(hold)
    assert await store.transact(number) == 3
    store.close()


@pytest.mark.servers
def test_who_migrates_waits_for_another_who_does(postgresql_url: str) -> None:
    url = make_url(postgresql_url).update_query_dict({"options": "-c lock_timeout=50ms -c statement_timeout=50ms"})
    hasty, store = Store(database_url(url.render_as_string(hide_password=False))), Store(database_url(postgresql_url))
    with store.engine.connect() as another:
        another.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        migrating = threading.Thread(target=migrate, args=(hasty,))
        migrating.start()
        time.sleep(0.3)
        another.rollback()
    migrating.join(AT_MOST_SECONDS)
    assert store.transact_now(number) == 1
    hasty.close()
    store.close()


@pytest.mark.servers
def test_what_the_address_names_holds_and_the_rest_has_its_default(postgresql_url: str) -> None:
    named = {"tcp_user_timeout": "7000", "options": "-c lock_timeout=3s"}
    url = make_url(postgresql_url).update_query_dict(named)
    store = Store(database_url(url.render_as_string(hide_password=False)))
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        parameters = driver.info.get_parameters()
        settings = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        held = [connection.exec_driver_sql(f"SHOW {name}").scalar_one() for name in settings]
    store.close()
    assert {name: parameters[name] for name in NET_PARAMETERS} == NET_PARAMETERS | {"tcp_user_timeout": "7000"}
    assert held == ["3s", "25s", "1min"]


def test_a_file_has_no_net() -> None:
    assert not database_url("sqlite:///x.db").query
