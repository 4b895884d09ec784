"""A legacy database in an SQLite file, CHAR padding included."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import quote

from sqlalchemy import CHAR, URL, Connection, DateTime, MetaData, Table, create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition, Row, stamp_metadata
from legacy_adapters.sandbox.databases.legacy_database import DatabaseUnusable
from legacy_adapters.sandbox.databases.pulse import Pulse
from legacy_adapters.sandbox.databases.withdrawal import withdrawal_statements
from legacy_adapters.sandbox.faults import Fault, FaultKind
from legacy_adapters.sandbox.population.world import World

_LOCK_SECONDS = 5.0
_PROBE_SECONDS = 0.5

T = TypeVar("T")


class SqliteDatabase:
    """One file. It is written beside its place and moved there when it is complete.

    Faults are real for whoever opens the file: an exclusive lock (hang, and in pulses latency), withdrawn tables
    (maintenance), the file away and locked (refuse).
    """

    def __init__(self, path: Path, definition: DatabaseDefinition) -> None:
        self._path = path
        self._definition = definition
        self._lock: sqlite3.Connection | None = None
        self._fault: Fault | None = None
        self._pulse = Pulse(self._acquire, self._release)

    @property
    def definition(self) -> DatabaseDefinition:
        """What it is made of."""
        return self._definition

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self._path)

    async def is_current(self, stamp: str) -> bool:
        """Whether the file is there, made from what the stamp says, and no table withdrawn."""
        self._aside.unlink(missing_ok=True)
        try:
            with contextlib.closing(self._connect(_PROBE_SECONDS)) as connection:
                [(found,)] = connection.execute("SELECT stamp FROM sandbox_stamp").fetchall()
                for table in self._definition.tables:
                    connection.execute(f'SELECT 1 FROM "{table.name}" LIMIT 1')  # noqa: S608  (our own table names)
        except (sqlite3.Error, ValueError):
            return False
        return bool(found == stamp)

    async def load(self, world: Callable[[], World], stamp: str) -> None:
        """Write the file anew. Raises DatabaseUnusable when the folder cannot be written or the disk is full."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part = self._path.with_name(f"{self._path.name}.part")
            part.unlink(missing_ok=True)
            with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as connection:
                write(connection, self._definition, world(), stamp)
            # Journals of the file that goes would be taken for the new one's.
            for leftover in ("-journal", "-wal", "-shm"):
                self._path.with_name(self._path.name + leftover).unlink(missing_ok=True)
            part.replace(self._path)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseUnusable(f"{self._definition.system}: cannot write {self._path} ({error}).") from error

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """In a thread, on a connection of its own."""
        return await asyncio.to_thread(self._transact, work)

    async def probe(self) -> None:
        """Read one row of the first table."""
        await asyncio.to_thread(self._read_one)

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
                await asyncio.to_thread(self._rename_tables, True)
            case Fault(kind=FaultKind.REFUSE):
                await self._acquire()
                self._path.rename(self._aside)
            case _:
                raise AssertionError(fault.kind)

    async def close(self) -> None:
        """Undo the fault."""
        await self.set_fault(None)

    @property
    def _aside(self) -> Path:
        return self._path.with_name(f"{self._path.name}.aside")

    async def _undo(self) -> None:
        fault, self._fault = self._fault, None
        await self._pulse.stop()
        if fault is not None and fault.kind is FaultKind.REFUSE:
            self._aside.replace(self._path)
        if fault is not None and fault.kind is FaultKind.MAINTENANCE:
            await asyncio.to_thread(self._rename_tables, False)
        await self._release()

    async def _acquire(self) -> None:
        self._lock = await asyncio.to_thread(self._lock_file)

    async def _release(self) -> None:
        lock, self._lock = self._lock, None
        if lock is not None:
            lock.close()

    def _lock_file(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._uri("rw"), uri=True, timeout=_LOCK_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("BEGIN EXCLUSIVE")
        return connection

    def _rename_tables(self, away: bool) -> None:
        with contextlib.closing(sqlite3.connect(self._uri("rw"), uri=True, timeout=_LOCK_SECONDS)) as connection:
            present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for statement in withdrawal_statements(self._definition, sqlite.dialect(), present, away=away):
                connection.execute(statement)
            connection.commit()

    def _transact(self, work: Callable[[Connection], T]) -> T:
        # Read-write, and not made where it is missing.
        url = URL.create("sqlite", database=f"file:{quote(str(self._path))}", query={"mode": "rw", "uri": "true"})
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _PROBE_SECONDS})
        with engine.begin() as connection:
            return work(connection)

    def _read_one(self) -> None:
        with contextlib.closing(self._connect(_PROBE_SECONDS)) as connection:
            connection.execute(f'SELECT 1 FROM "{self._definition.tables[0].name}" LIMIT 1')  # noqa: S608  (our names)

    def _connect(self, timeout_seconds: float) -> sqlite3.Connection:
        return sqlite3.connect(self._uri("ro"), uri=True, timeout=timeout_seconds)

    def _uri(self, mode: str) -> str:
        return f"{self._path.absolute().as_uri()}?mode={mode}"


def write(connection: sqlite3.Connection, definition: DatabaseDefinition, world: World, stamp: str) -> None:
    """Create and fill all tables in one go, indexes last; the connection must be in autocommit mode."""
    # Safe without journal and syncing: the file takes its place only when it is complete.
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for statement in _create_tables(definition.metadata, stamp_metadata):
        connection.execute(statement)
    for table, rows in definition.export(world):
        places = ", ".join("?" * len(table.columns))
        insertion = f'INSERT INTO "{table.name}" VALUES ({places})'  # noqa: S608  (our tables' names and question marks)
        connection.executemany(insertion, stored(table, rows))
    for table in definition.tables:
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            connection.execute(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
    connection.execute("INSERT INTO sandbox_stamp VALUES (?, ?)", (definition.system, stamp))
    connection.execute("COMMIT")


def stored(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows as the server would store them: CHAR padded with blanks, moments as SQLAlchemy reads them back."""
    converters = [
        (place, width) for place, column in enumerate(table.columns) if (width := _char_width(column.type)) > 1
    ]
    moments = [place for place, column in enumerate(table.columns) if isinstance(column.type, DateTime)]
    if not converters and not moments:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place, width in converters:
            if values[place] is not None:
                values[place] = cast("str", values[place]).ljust(width)
        for place in moments:
            if values[place] is not None:
                values[place] = cast("datetime", values[place]).isoformat(" ", "microseconds")
        yield values


def _char_width(column_type: object) -> int:
    return (column_type.length or 0) if isinstance(column_type, CHAR) else 0


def _create_tables(*metadata: MetaData) -> Iterator[str]:
    for each in metadata:
        for table in each.tables.values():
            yield str(CreateTable(table).compile(dialect=sqlite.dialect()))
