"""A migrated database of each run's own, copied from a template."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from sqlalchemy import Connection, create_engine, delete, text
from sqlalchemy.engine import URL, make_url

from cooperation.store.migrate import migrate
from cooperation.store.store import Store, database_url
from cooperation.store.tables import METADATA


class SqliteFiles:
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        self.template_url = f"sqlite:///{self._template}"
        _migrate(self.template_url)

    def new(self) -> str:
        """The address of another one."""
        path = self._folder / f"{secrets.token_hex(6)}.db"
        shutil.copy(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        for path in self._folder.glob(f"{Path(url.removeprefix('sqlite:///')).name}*"):
            path.unlink()

    def close(self) -> None:
        """Nothing is left but the folder."""


class PostgresqlDatabases:
    """Databases of a server that others use too: each has a name that nobody else chooses."""

    name = "postgresql"

    def __init__(self, server: str) -> None:
        self._server: URL = make_url(server).set(drivername="postgresql+psycopg")
        self._template = f"faults_{secrets.token_hex(5)}"
        self._engine = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._execute(f"CREATE DATABASE {self._template}")
        # The server is never killed: whatever was committed is there without waiting for its disk.
        self._execute(f"ALTER DATABASE {self._template} SET synchronous_commit = off")
        self.template_url = self._url(self._template)
        _migrate(self.template_url)

    def new(self) -> str:
        """The address of another one."""
        name = f"{self._template}_{secrets.token_hex(4)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self._template} STRATEGY file_copy")
        self._execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        return self._url(name)

    def drop(self, url: str) -> None:
        self._execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

    def terminate(self, url: str) -> None:
        """Break every connection to one database, as a server does that is stopped and started again."""
        statement = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name")
        with self._engine.connect() as connection:
            connection.execute(statement, {"name": make_url(url).database})

    def close(self) -> None:
        self.drop(self.template_url)
        self._engine.dispose()

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


Databases = SqliteFiles | PostgresqlDatabases


def empty(store: Store) -> None:
    """Delete every row of ours: the next run in this database finds it as the first one did."""

    def work(connection: Connection) -> None:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(delete(table))

    store.transact_now(work)


def _migrate(url: str) -> None:
    store = Store(database_url(url))
    migrate(store)
    # The last connection to a SQLite file writes its log back into it.
    store.close()
