"""What PostgreSQL and MariaDB have in common as keepers of a legacy database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, delete, insert, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, stamp_metadata, stamps
from legacy_adapters.sandbox.databases.legacy_database import DatabaseUnusable
from legacy_adapters.sandbox.databases.pulse import Pulse
from legacy_adapters.sandbox.databases.withdrawal import withdrawal_statements, withdrawn_name
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.world import World

T = TypeVar("T")


class ServerDatabase(ABC):
    """A database on a server; it is created where it is missing.

    Attributes:
        administration: engine on the server's own database, from which ours can be created and closed.
        engine: engine on ours.
    """

    def __init__(self, url: URL, administration_url: URL, definition: DatabaseDefinition) -> None:
        self._url = url
        self._definition = definition
        self.administration = _engine(administration_url).execution_options(isolation_level="AUTOCOMMIT")
        self.engine = _engine(url)
        self._lock: AsyncConnection | None = None
        self._fault: Fault | None = None
        self._pulse = Pulse(self._acquire, self._release)

    @property
    def definition(self) -> DatabaseDefinition:
        """What it is made of."""
        return self._definition

    @property
    def location(self) -> str:
        """The URL without its password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def name(self) -> str:
        """The database's name on the server."""
        assert self._url.database is not None  # noqa: S101  (`open_database` has seen it)
        return self._url.database

    async def is_current(self, stamp: str) -> bool:
        """Whether database and tables are there, made from what the stamp says. Raises DatabaseUnusable."""
        try:
            await self.reopen()
            async with self.administration.connect() as connection:
                if not await self.exists(connection):
                    return False
        except (SQLAlchemyError, OSError) as error:
            raise self._unusable(error) from error
        try:
            async with self.engine.connect() as connection:
                query = select(stamps.c.stamp).where(stamps.c.system == self._definition.system)
                found = (await connection.execute(query)).scalars().all()
                for table in self._definition.tables:
                    await connection.execute(select(table).limit(1))
        except SQLAlchemyError:
            return False
        return found == [stamp]

    async def load(self, world: Callable[[], World], stamp: str) -> None:
        """Make the tables anew; the stamp comes last. Raises DatabaseUnusable."""
        try:
            async with self.administration.connect() as connection:
                if not await self.exists(connection):
                    await connection.execute(text(f"CREATE DATABASE {self.quoted(self.name)}"))
            async with self.engine.begin() as connection:
                await connection.run_sync(stamp_metadata.create_all)
                await connection.execute(delete(stamps).where(stamps.c.system == self._definition.system))
                await connection.run_sync(self._drop_tables)
                await connection.run_sync(self._create_tables)
                await self.fill(connection, world())
                await connection.run_sync(self._create_indexes)
                await connection.execute(insert(stamps).values(system=self._definition.system, stamp=stamp))
        except (SQLAlchemyError, OSError) as error:
            raise self._unusable(error) from error

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """On a connection of its own."""
        async with self.engine.begin() as connection:
            return await connection.run_sync(work)

    async def probe(self) -> None:
        """Read one row of the first table."""
        async with self.engine.connect() as connection:
            await connection.execute(select(self._definition.tables[0]).limit(1))

    async def set_fault(self, fault: Fault | None) -> None:
        """Undo the present fault and start this one."""
        await self._undo()
        self._fault = fault
        match fault:
            case None:
                return
            case Fault(kind=FaultKind.HANG):
                await self._acquire()
            case Fault(kind=FaultKind.LATENCY):
                self._pulse.start(fault.seconds)
            case Fault(kind=FaultKind.MAINTENANCE):
                await self._withdraw(away=True)
            case Fault(kind=FaultKind.REFUSE):
                await self.refuse()
            case _:
                raise AssertionError(fault.kind)

    async def close(self) -> None:
        """Undo the fault and let the connections go."""
        await self.set_fault(None)
        await self.engine.dispose()
        await self.administration.dispose()

    @abstractmethod
    async def exists(self, connection: AsyncConnection) -> bool:
        """Whether the server has a database of our name."""

    @abstractmethod
    async def fill(self, connection: AsyncConnection, world: World) -> None:
        """Write all rows, the server's fastest way."""

    @abstractmethod
    async def lock_tables(self, connection: AsyncConnection) -> None:
        """Keep every reader waiting until this connection ends."""

    @abstractmethod
    async def refuse(self) -> None:
        """End every client's connection and let nobody in."""

    @abstractmethod
    async def reopen(self) -> None:
        """Let clients in again; nothing happens where they are let in already."""

    def quoted(self, name: str) -> str:
        """A name in the server's quotes."""
        return self.engine.dialect.identifier_preparer.quote_identifier(name)

    async def _undo(self) -> None:
        fault, self._fault = self._fault, None
        await self._pulse.stop()
        await self._release()
        if fault is not None and fault.kind is FaultKind.REFUSE:
            await self.reopen()
        if fault is not None and fault.kind is FaultKind.MAINTENANCE:
            await self._withdraw(away=False)

    async def _withdraw(self, *, away: bool) -> None:
        async with self.engine.begin() as connection:
            present = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
            for statement in withdrawal_statements(self._definition, self.engine.dialect, present, away=away):
                await connection.execute(text(statement))

    def _drop_tables(self, connection: Connection) -> None:
        """Withdrawn ones too: a sandbox that was killed leaves them so."""
        present = inspect(connection).get_table_names()
        names = [name for table in self._definition.tables for name in (table.name, withdrawn_name(table))]
        for name in names:
            if name in present:
                connection.execute(text(f"DROP TABLE {self.quoted(name)}"))

    def _create_tables(self, connection: Connection) -> None:
        for table in self._definition.tables:
            connection.execute(CreateTable(table))

    def _create_indexes(self, connection: Connection) -> None:
        """After the rows: much faster than row by row."""
        for table in self._definition.tables:
            for index in sorted(table.indexes, key=lambda index: str(index.name)):
                connection.execute(CreateIndex(index))

    async def _acquire(self) -> None:
        connection = await self.engine.connect()
        await self.lock_tables(connection)
        self._lock = connection

    async def _release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            await lock.invalidate()
            await lock.close()

    def _unusable(self, error: Exception) -> DatabaseUnusable:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return DatabaseUnusable(f"{self._definition.system}: {self.location} cannot be used ({reason}).")


def _engine(url: URL) -> AsyncEngine:
    return create_async_engine(url, poolclass=NullPool, hide_parameters=True)
