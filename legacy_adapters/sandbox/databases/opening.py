"""From a database URL to the database: SQLite file, PostgreSQL or MariaDB server."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition
from legacy_adapters.sandbox.databases.hangzhou import HANGZHOU_DATABASE
from legacy_adapters.sandbox.databases.huangshan import HUANGSHAN_DATABASE
from legacy_adapters.sandbox.databases.huangshan_labour import HUANGSHAN_LABOUR_DATABASE
from legacy_adapters.sandbox.databases.legacy_database import DatabaseUnusable, LegacyDatabase
from legacy_adapters.sandbox.databases.mariadb import MariadbDatabase
from legacy_adapters.sandbox.databases.postgresql import PostgresqlDatabase
from legacy_adapters.sandbox.databases.sqlite import SqliteDatabase

FILES = {
    HANGZHOU_DATABASE.system: "hangzhou.db",
    HUANGSHAN_DATABASE.system: "huangshan.db",
    HUANGSHAN_LABOUR_DATABASE.system: "huangshan_labour.db",
}
DEFINITIONS = (HANGZHOU_DATABASE, HUANGSHAN_DATABASE, HUANGSHAN_LABOUR_DATABASE)


def open_database(definition: DatabaseDefinition, url: str | None, file: Path) -> LegacyDatabase:
    """The database at the URL, or without one in an SQLite file. Raises DatabaseUnusable."""
    if url is None:
        return SqliteDatabase(file, definition)
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusable(f"{definition.system}: the database URL cannot be read.") from error
    match parsed.get_backend_name():
        case "sqlite" if parsed.database:
            return SqliteDatabase(Path(parsed.database), definition)
        case "postgresql" if parsed.database:
            return PostgresqlDatabase(parsed.set(drivername="postgresql+asyncpg"), definition)
        case "mysql" | "mariadb" if parsed.database:
            return MariadbDatabase(parsed.set(drivername="mysql+asyncmy"), definition)
        case _:
            raise DatabaseUnusable(
                f"{definition.system}: a URL for SQLite, PostgreSQL or MariaDB with a database's name is needed."
            )
