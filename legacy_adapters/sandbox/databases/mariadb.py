"""A legacy database on MariaDB. A refused one is emptied into a second database and dropped, until it is let in."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import insert, text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, Row, stamps
from legacy_adapters.sandbox.databases.server import ServerDatabase
from legacy_adapters.sandbox.population.world import World

_ROWS_PER_STATEMENT = 5_000


class MariadbDatabase(ServerDatabase):
    """One database of a MariaDB server."""

    def __init__(self, url: URL, definition: DatabaseDefinition) -> None:
        super().__init__(url, url.set(database="information_schema"), definition)

    async def exists(self, connection: AsyncConnection) -> bool:
        """Look it up in information_schema."""
        return await self._has_database(connection, self.name)

    async def fill(self, connection: AsyncConnection, world: World) -> None:
        """Inserts of many rows each, unchecked: there are no keys to check."""
        for table, rows in self.definition.export(world):
            names = [column.name for column in table.columns]
            for batch in _batches(rows):
                await connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in batch])

    async def lock_tables(self, connection: AsyncConnection) -> None:
        """A write lock on every table, until the session ends."""
        names = ", ".join(f"{self.quoted(table.name)} WRITE" for table in self.definition.tables)
        await connection.execute(text(f"LOCK TABLES {names}"))

    async def refuse(self) -> None:
        """Sessions end; the database is gone, its tables are kept in another one."""
        async with self.administration.connect() as connection:
            await connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {self._closed}"))
            await self._end_sessions(connection)
            await self._move_tables(connection, self.quoted(self.name), self._closed)
            await connection.execute(text(f"DROP DATABASE {self.quoted(self.name)}"))

    async def reopen(self) -> None:
        """The tables come back into a database of the old name."""
        async with self.administration.connect() as connection:
            if not await self._has_database(connection, f"{self.name}_closed"):
                return
            await connection.execute(text(f"CREATE DATABASE IF NOT EXISTS {self.quoted(self.name)}"))
            await self._move_tables(connection, self._closed, self.quoted(self.name))
            await connection.execute(text(f"DROP DATABASE {self._closed}"))

    @property
    def _closed(self) -> str:
        return self.quoted(f"{self.name}_closed")

    async def _move_tables(self, connection: AsyncConnection, source: str, target: str) -> None:
        names = [self.quoted(table.name) for table in (*self.definition.tables, stamps)]
        moves = ", ".join(f"{source}.{name} TO {target}.{name}" for name in names)
        await connection.execute(text(f"RENAME TABLE {moves}"))

    async def _end_sessions(self, connection: AsyncConnection) -> None:
        sessions = text("SELECT id FROM information_schema.processlist WHERE db = :name")
        for (session,) in (await connection.execute(sessions, {"name": self.name})).all():
            await connection.execute(text(f"KILL {int(session)}"))

    async def _has_database(self, connection: AsyncConnection, name: str) -> bool:
        query = text("SELECT 1 FROM information_schema.schemata WHERE schema_name = :name")
        return (await connection.execute(query, {"name": name})).first() is not None


def _batches(rows: Iterable[Row]) -> Iterable[list[Row]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, _ROWS_PER_STATEMENT)):
        yield batch
