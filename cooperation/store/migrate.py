"""Brings a database to this version's tables, whatever version it has."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from cooperation.store.store import Store

VERSION_TABLE = "cooperation_version"
LOCK = 0x6275726561  # any number that nobody else locks in this database


def migrate(store: Store, revision: str = "head") -> None:
    """Upgrade to `revision`. Several processes may start at once: they do it one after the other."""

    def upgrade(connection: Connection) -> None:
        if store.is_shared:
            # A table that has grown takes its time, and so does another process that is at it already.
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        command.upgrade(migration_config(connection), revision)

    store.transact_now(upgrade)


def migration_config(connection: Connection) -> Config:
    """Alembic's configuration over an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
