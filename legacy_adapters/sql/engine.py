"""Connections to each kind of database: SQLite by default, PostgreSQL, MariaDB and MySQL by URL."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from legacy_adapters.configuration import ConfigurationInvalid
from legacy_adapters.quiet_logs import quieten
from legacy_adapters.sql.connections import Connections, FileConnections, ServerConnections
from legacy_adapters.system import LegacySystem

CONNECTION_LIFE_SECONDS = 900
"""Connections are replaced before firewalls between networks forget them."""

LOCK_SHARE = 0.9
"""How much of the time of a call SQLite may wait for a lock, so that the wait ends before the call is given up."""


def open_connections(system: LegacySystem, *, is_read_only: bool = True) -> Connections:
    """Connections whose sessions can only read, `max_concurrency` at most; none is made yet.

    Without `is_read_only` they may write as well, and none is kept: each write has a connection of its own.
    Raises ConfigurationInvalid for a URL of another kind of database; the message does not show the URL.
    """
    _withhold_values()
    config = system.config
    try:
        url = make_url(config.url)
    except (ArgumentError, ValueError):
        raise ConfigurationInvalid(system.city, (f"systems.{system.name}.url is no database URL.",)) from None
    pool: dict[str, Any] = {
        **({"pool_size": config.max_concurrency, "max_overflow": 0} if is_read_only else {"poolclass": NullPool}),
        "hide_parameters": True,
        # Every question is one statement: beginning and rolling back would be two more ways to the server.
        "isolation_level": "AUTOCOMMIT",
        "pool_reset_on_return": None,
        "skip_autocommit_rollback": True,
    }
    match url.drivername:
        case "sqlite":
            lock_wait = {"timeout": config.timeout_seconds * LOCK_SHARE}
            file = create_engine(_present_file(url, "ro" if is_read_only else "rw"), **pool, connect_args=lock_wait)
            return FileConnections(file, config.max_concurrency)
        case "postgresql+asyncpg":
            settings = _postgresql(config.timeout_seconds, is_read_only=is_read_only)
            return ServerConnections(
                create_async_engine(url, **pool, pool_recycle=CONNECTION_LIFE_SECONDS, connect_args=settings)
            )
        case "mysql+asyncmy" | "mariadb+asyncmy":
            engine = create_async_engine(url, **pool, pool_recycle=CONNECTION_LIFE_SECONDS)
            _restrict_mysql_sessions(engine, config.timeout_seconds, is_read_only=is_read_only)
            return ServerConnections(engine)
        case driver:
            known = "sqlite, postgresql+asyncpg, mysql+asyncmy and mariadb+asyncmy"
            raise ConfigurationInvalid(
                system.city, (f"systems.{system.name}.url names the driver {driver}; known are {known}.",)
            )


def _withhold_values() -> None:
    # Drivers log calls with their parameters, SQLAlchemy each row of an answer.
    quieten("asyncmy", logging.ERROR)
    quieten("sqlalchemy.engine.Engine", logging.INFO)


def _present_file(url: URL, mode: str) -> URL:
    # SQLite opens a missing file as an empty database unless its mode says otherwise.
    path = f"file:{quote(url.database or '')}"
    return url.set(database=path, query={"mode": mode, "uri": "true"})


def _postgresql(timeout_seconds: float, *, is_read_only: bool) -> dict[str, Any]:
    return {
        "timeout": timeout_seconds,
        "server_settings": {
            "application_name": "bureaugraph",
            "default_transaction_read_only": "on" if is_read_only else "off",
            "statement_timeout": str(round(timeout_seconds * 1000)),
            "timezone": "Asia/Shanghai",
        },
    }


def _restrict_mysql_sessions(engine: AsyncEngine, timeout_seconds: float, *, is_read_only: bool) -> None:
    # The two relatives name the limit differently; each passes over the comment meant for the other.
    limits = (
        "SET SESSION time_zone = '+08:00'"
        f" /*M!100100 , SESSION max_statement_time = {timeout_seconds:g} */"
        f" /*!50708 , SESSION max_execution_time = {round(timeout_seconds * 1000)} */"
    )

    @event.listens_for(engine.sync_engine, "connect")
    def restrict(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        try:
            if is_read_only:
                cursor.execute("SET SESSION TRANSACTION READ ONLY")
            cursor.execute(limits)
        finally:
            cursor.close()
