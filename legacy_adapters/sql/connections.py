"""Connections to one database, as many at once as its owner allows: a statement goes in, its rows come out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Engine, Executable, Row
from sqlalchemy.ext.asyncio import AsyncEngine

SqlRow: TypeAlias = Row[*tuple[Any, ...]]
"""One row of a statement, of whatever columns."""

Rows: TypeAlias = Sequence[SqlRow]


class Connections(Protocol):
    """Raises SQLAlchemy's errors, and OSError where nobody listens."""

    async def rows(self, statement: Executable, values: Mapping[str, object]) -> Rows: ...

    async def write(self, statement: Executable, values: Mapping[str, object], sending: Callable[[], None]) -> None:
        """One statement that changes something; `sending` is called when it is about to leave."""

    async def aclose(self) -> None: ...


class ServerConnections:
    """Connections to a database server."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rows(self, statement: Executable, values: Mapping[str, object]) -> Rows:
        """Every row of one statement."""
        async with self._engine.connect() as connection:
            return (await connection.execute(statement, values)).fetchall()

    async def write(self, statement: Executable, values: Mapping[str, object], sending: Callable[[], None]) -> None:
        """See the protocol."""
        async with self._engine.connect() as connection:
            sending()
            await connection.execute(statement, values)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.dispose()


class FileConnections:
    """Connections to a SQLite file, used in threads of their own.

    The whole statement is one change of threads. The asyncio driver of SQLite makes five of it (cursor, statement,
    rows, closing, rolling back), and each costs more than finding a row.
    """

    __slots__ = ("_engine", "_threads")

    def __init__(self, engine: Engine, max_threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(max_threads, thread_name_prefix="sqlite")

    async def rows(self, statement: Executable, values: Mapping[str, object]) -> Rows:
        """Every row of one statement."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, statement, values)

    async def write(self, statement: Executable, values: Mapping[str, object], sending: Callable[[], None]) -> None:
        """See the protocol."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._threads, self._write, statement, values, sending)

    async def aclose(self) -> None:
        """Close the connections when the statements under way are done."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _write(self, statement: Executable, values: Mapping[str, object], sending: Callable[[], None]) -> None:
        with self._engine.connect() as connection:
            sending()
            connection.execute(statement, values)

    def _read(self, statement: Executable, values: Mapping[str, object]) -> Rows:
        with self._engine.connect() as connection:
            return connection.execute(statement, values).fetchall()
