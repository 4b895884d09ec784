"""The database: one engine, one transaction per change, each in a thread of our own.

SQLite files and PostgreSQL are asked by the same code, synchronously: a transaction of ours is a few short statements,
and one change of threads for all of them is cheaper than an asynchronous driver's for each (decision 14).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from cooperation.store.patience import connect, server_options, waiting_until, with_patience

__all__ = ["Connection", "DatabaseInvalid", "DatabaseUnavailable", "Store", "database_url", "is_conflict"]

T = TypeVar("T")

_READING = "bureaugraph_is_reading"
_NO_ANSWER = "The cooperation database does not answer."

THREADS = 8
BUSY_SECONDS = 30
ANSWER_SECONDS = 30.0
"""How long PostgreSQL has for a transaction, from when it was asked for."""
RETRIES = 5


class DatabaseInvalid(ValueError):
    """The database's address cannot be used; the sentence says what is expected and shows no password."""


class DatabaseUnavailable(Exception):
    """The database does not answer; whether a transaction that was being committed is kept, nobody knows."""


def database_url(text: str) -> URL:
    """The address as SQLAlchemy takes it, with the one driver used for its database, and how long that waits.

    Raises DatabaseInvalid.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseInvalid("The database must be an address such as sqlite:///cooperation.db.") from None
    match url.get_backend_name():
        case "sqlite":
            return url.set(drivername="sqlite")
        case "postgresql":
            return with_patience(url.set(drivername="postgresql+psycopg"))
        case other:
            raise DatabaseInvalid(f"Cooperation is kept in SQLite or PostgreSQL, not in {other}.")


class Store:
    """Runs transactions. `transact(work)` gives what `work` returns, committed; it may run again after a conflict."""

    __slots__ = ("_answer_seconds", "_threads", "_writing", "engine")

    def __init__(self, url: URL, answer_seconds: float = ANSWER_SECONDS) -> None:
        self.engine = _engine(url)
        # SQLite's file is no server that could be silent: who waits there waits for others of this process.
        self._answer_seconds = answer_seconds if self.is_shared else None
        # SQLite lets one write at a time, and has the others sleep for up to 100 ms at a time, whoever came first: in
        # this process they wait for one another here instead.
        self._writing: AbstractContextManager[object] = nullcontext() if self.is_shared else Lock()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="cooperation-store")

    @property
    def is_shared(self) -> bool:
        """Whether several processes may use the database at once."""
        return self.engine.dialect.name == "postgresql"

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction. Raises DatabaseUnavailable, and what `work` raises, after a rollback."""
        return await self._answer(work, is_reading=False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """The same where `work` only reads: on SQLite it waits for no writer, and none for it."""
        return await self._answer(work, is_reading=True)

    async def _answer(self, work: Callable[[Connection], T], *, is_reading: bool) -> T:
        seconds = self._answer_seconds
        until = inf if seconds is None else monotonic() + seconds

        def work_in_time() -> T:
            with waiting_until(until):
                return self.transact_now(work, is_reading=is_reading)

        answer = asyncio.get_running_loop().run_in_executor(self._threads, work_in_time)
        try:
            # The thread ends by itself, and frees its place; what waits for a place, or for a name server, does not.
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError as error:
            raise DatabaseUnavailable(_NO_ANSWER) from error

    def transact_now(self, work: Callable[[Connection], T], *, is_reading: bool = False) -> T:
        """The same in this thread, however long it takes."""
        for left in reversed(range(RETRIES)):
            try:
                with nullcontext() if is_reading else self._writing, self.engine.connect() as connection:
                    connection.execution_options(**{_READING: is_reading})
                    with connection.begin():
                        return work(connection)
            except DBAPIError as error:
                if left and is_conflict(error):
                    continue
                if isinstance(error, OperationalError) or error.connection_invalidated:
                    raise DatabaseUnavailable(_NO_ANSWER) from error
                raise
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close every connection."""
        self._threads.shutdown()
        self.engine.dispose()


def is_conflict(error: DBAPIError) -> bool:
    """Whether the database gave a transaction up for another's sake, so that it may be run again.

    A unique violation is one: whoever told the same at the same time was first, and is found the next time.
    """
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01", "23505")


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        # Parameters may hold sealed contents and keys: no error or log shows them.
        settings = {"options": server_options(url)}
        engine = create_engine(url, connect_args=settings, pool_size=THREADS, pool_pre_ping=True, hide_parameters=True)
        event.listen(engine, "do_connect", _connect_in_time)
        return engine
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _connect_in_time(_: object, _record: object, arguments: tuple[Any, ...], parameters: dict[str, Any]) -> Any:
    return connect(*arguments, **parameters)


def _on_sqlite_connect(connection: Any, _: object) -> None:
    # The driver's own transactions begin too late: ours begin with their first statement.
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _on_sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and then writes would fail where another wrote meanwhile.
    is_reading = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
