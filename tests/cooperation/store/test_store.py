"""The database's address and its transactions."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import Connection, text

from cooperation.store import store as store_module
from cooperation.store.counters import next_number, registered_number
from cooperation.store.migrate import migrate
from cooperation.store.store import DatabaseInvalid, DatabaseUnavailable, Store, database_url


@pytest.mark.parametrize("address", ["mysql://user:secret@host/db", "no address", "oracle://x"])
def test_other_databases_are_refused_without_showing_their_password(address: str) -> None:
    with pytest.raises(DatabaseInvalid) as caught:
        database_url(address)
    assert "secret" not in str(caught.value)


def test_an_address_gets_the_driver_that_is_installed() -> None:
    assert database_url("postgresql+asyncpg://u@h/d").drivername == "postgresql+psycopg"
    assert database_url("sqlite:///x.db").drivername == "sqlite"


async def test_numbers_have_no_gap_and_are_given_once_whoever_asks(store: Store) -> None:
    numbers = await asyncio.gather(*(store.transact(lambda c: next_number(c, "n")) for _ in range(40)))
    assert sorted(numbers) == list(range(1, 41))


async def test_writers_of_one_process_wait_for_one_another_not_for_the_files_lock(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's lock gives up at once here: nobody may come to it while another one holds it."""
    monkeypatch.setattr(store_module, "BUSY_SECONDS", 0)
    store = Store(database_url(sqlite_url))
    migrate(store)

    def slowly(connection: Connection) -> int:
        number = next_number(connection, "n")
        time.sleep(0.01)
        return number

    numbers = await asyncio.gather(*(store.transact(slowly) for _ in range(16)))
    assert sorted(numbers) == list(range(1, 17))
    store.close()


async def test_who_only_reads_waits_for_no_writer_and_sees_what_was_committed(store: Store) -> None:
    await store.transact(lambda connection: next_number(connection, "n"))

    def write_while_another_reads(connection: Connection) -> tuple[int, int]:
        written = next_number(connection, "n")
        statement = text("SELECT value FROM counters WHERE name = 'n'")
        return written, store.transact_now(lambda other: other.execute(statement).scalar_one(), is_reading=True)

    assert await store.transact(write_while_another_reads) == (2, 1)
    assert await store.read(lambda connection: connection.execute(text("SELECT value FROM counters")).scalar_one()) == 2


async def test_a_register_counts_by_city_and_year(store: Store) -> None:
    def work(connection: Connection) -> list[str]:
        return [
            registered_number(connection, "S", city, year)
            for city, year in (("330100", 2026), ("330100", 2026), ("341000", 2026), ("330100", 2027))
        ]

    assert await store.transact(work) == [
        "S330100-2026-000001",
        "S330100-2026-000002",
        "S341000-2026-000001",
        "S330100-2027-000001",
    ]


async def test_a_failed_transaction_leaves_nothing(store: Store) -> None:
    def work(connection: Connection) -> None:
        next_number(connection, "n")
        raise LookupError

    with pytest.raises(LookupError):
        await store.transact(work)
    assert await store.transact(lambda connection: next_number(connection, "n")) == 1


async def test_a_database_that_is_away_is_said_to_be_away() -> None:
    store = Store(database_url("postgresql://nobody@127.0.0.1:1/none"))
    with pytest.raises(DatabaseUnavailable):
        await store.transact(lambda connection: connection.execute(text("SELECT 1")))
    store.close()
