"""The database's address and its transactions."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, text

from cooperation.store.counters import next_number, registered_number
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
