"""A legacy database on PostgreSQL, loaded with COPY."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition
from legacy_adapters.sandbox.databases.server import ServerDatabase
from legacy_adapters.sandbox.population.world import World


class PostgresqlDatabase(ServerDatabase):
    """One database of a PostgreSQL server; DDL is part of the loading transaction."""

    def __init__(self, url: URL, definition: DatabaseDefinition) -> None:
        super().__init__(url, url.set(database="postgres"), definition)

    async def exists(self, connection: AsyncConnection) -> bool:
        """Look it up in pg_database."""
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        return (await connection.execute(query, {"name": self.name})).first() is not None

    async def fill(self, connection: AsyncConnection, world: World) -> None:
        """COPY, in the connection's transaction."""
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None  # noqa: S101  (it is connected)
        for table, rows in self.definition.export(world):
            await raw.driver_connection.copy_records_to_table(table.name, records=rows)

    async def lock_tables(self, connection: AsyncConnection) -> None:
        """Even a SELECT waits for an ACCESS EXCLUSIVE lock."""
        names = ", ".join(self.quoted(table.name) for table in self.definition.tables)
        await connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))

    async def refuse(self) -> None:
        """ALLOW_CONNECTIONS false, and the sessions there are end."""
        async with self.administration.connect() as connection:
            await connection.execute(text(f"ALTER DATABASE {self.quoted(self.name)} ALLOW_CONNECTIONS false"))
            sessions = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
            await connection.execute(sessions, {"name": self.name})

    async def reopen(self) -> None:
        """ALLOW_CONNECTIONS true."""
        async with self.administration.connect() as connection:
            if await self.exists(connection):
                await connection.execute(text(f"ALTER DATABASE {self.quoted(self.name)} ALLOW_CONNECTIONS true"))
