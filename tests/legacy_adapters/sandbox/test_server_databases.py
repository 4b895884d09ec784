"""The same databases on PostgreSQL and MariaDB, each test in a database of its own."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from legacy_adapters.records.cards import CardFunctionStatus
from legacy_adapters.sandbox.databases.definition import DatabaseDefinition
from legacy_adapters.sandbox.databases.hangzhou import show_cards
from legacy_adapters.sandbox.databases.legacy_database import LegacyDatabase
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, open_database
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.world import World
from tests.support.requirements import required_variable

HANGZHOU, HUANGSHAN, LABOUR = DEFINITIONS
STAMP = "made for a test"
SERVERS = {
    "postgresql": "BUREAUGRAPH_TEST_POSTGRESQL_URL",
    "mariadb": "BUREAUGRAPH_TEST_MARIADB_URL",
}
Open: TypeAlias = Callable[[DatabaseDefinition], LegacyDatabase]

pytestmark = pytest.mark.servers


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> URL:
    return make_url(required_variable(SERVERS[request.param]))


@pytest.fixture
async def url(server: URL) -> AsyncIterator[URL]:
    """A database that does not exist yet, and is gone afterwards."""
    name = f"sandbox_{secrets.token_hex(6)}"
    yield server.set(database=name)
    engine = create_async_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        # A statement that was given up may be under way there still.
        force = " WITH (FORCE)" if server.get_backend_name() == "postgresql" else ""
        await connection.execute(text(f"DROP DATABASE IF EXISTS {name}{force}"))
    await engine.dispose()


@pytest.fixture
async def opened(url: URL) -> AsyncIterator[Open]:
    databases: list[LegacyDatabase] = []

    def open_there(definition: DatabaseDefinition) -> LegacyDatabase:
        database = open_database(definition, url.render_as_string(hide_password=False), Path())
        databases.append(database)
        return database

    yield open_there
    for database in databases:
        await database.close()


async def count(url: URL, definition: DatabaseDefinition) -> list[int]:
    """How many rows each table has, asked as a client does."""
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return [
                (await connection.execute(select(func.count()).select_from(table))).scalar_one()
                for table in definition.tables
            ]
    finally:
        await engine.dispose()


async def is_refused(ask: Awaitable[object]) -> bool:
    try:
        await asyncio.wait_for(ask, 0.8)
    except (SQLAlchemyError, TimeoutError):
        return True
    return False


@pytest.mark.parametrize("definition", DEFINITIONS, ids=lambda definition: definition.system)
async def test_every_row_arrives_and_the_database_is_current_afterwards(
    url: URL, opened: Open, world: World, definition: DatabaseDefinition
) -> None:
    database = opened(definition)
    assert not await database.is_current(STAMP)
    await database.load(lambda: world, STAMP)
    assert await database.is_current(STAMP)
    assert not await database.is_current("another")
    assert await count(url, definition) == [len(list(rows)) for _, rows in definition.export(world)]


async def test_loading_again_replaces_what_was_there(url: URL, opened: Open, world: World) -> None:
    database = opened(LABOUR)
    await database.load(lambda: world, "before")
    await database.load(lambda: world, STAMP)
    assert await count(url, LABOUR) == [len(list(rows)) for _, rows in LABOUR.export(world)]


@pytest.mark.parametrize("kind", [FaultKind.HANG, FaultKind.REFUSE, FaultKind.MAINTENANCE])
async def test_a_fault_reaches_every_client_and_is_undone(
    url: URL, opened: Open, world: World, kind: FaultKind
) -> None:
    database = opened(LABOUR)
    await database.load(lambda: world, STAMP)
    before = await count(url, LABOUR)
    await database.set_fault(Fault(kind))
    assert await is_refused(count(url, LABOUR))
    await database.set_fault(None)
    assert await count(url, LABOUR) == before
    await database.probe()


async def test_latency_makes_a_client_wait_but_answers(url: URL, opened: Open, world: World) -> None:
    database = opened(LABOUR)
    await database.load(lambda: world, STAMP)
    await database.set_fault(Fault(FaultKind.LATENCY, seconds=0.4))
    assert len(await asyncio.wait_for(count(url, LABOUR), 5)) == 2


@pytest.mark.parametrize("kind", [FaultKind.REFUSE, FaultKind.MAINTENANCE])
async def test_what_a_killed_sandbox_left_behind_is_put_in_order(
    url: URL, opened: Open, world: World, kind: FaultKind
) -> None:
    killed = opened(LABOUR)
    await killed.load(lambda: world, STAMP)
    before = await count(url, LABOUR)
    await killed.set_fault(Fault(kind))
    successor = opened(LABOUR)
    if not await successor.is_current(STAMP):
        await successor.load(lambda: world, STAMP)
    assert await count(url, LABOUR) == before


async def test_rows_can_be_changed_while_it_runs(opened: Open, url: URL, world: World) -> None:
    database = opened(HANGZHOU)
    await database.load(lambda: world, STAMP)
    [card] = [card for card in world.hangzhou.cards if card.number == "A00000019"]
    lost = replace(card, social=replace(card.social, status=CardFunctionStatus.LOSS))
    number = card.number.ljust(12)
    await database.transact(lambda connection: show_cards([lost], connection))
    cards, banks = HANGZHOU.metadata.tables["V_AZ23"], HANGZHOU.metadata.tables["V_AZ24"]
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        rows = await connection.execute(select(cards.c.AAZ502).where(cards.c["AAZ500"] == number))
        count = await connection.execute(select(func.count()).select_from(banks).where(banks.c["AAZ500"] == number))
        assert (rows.scalars().all(), count.scalar()) == (["2"], 1)
    await engine.dispose()
