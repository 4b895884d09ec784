"""Databases of the tests' own: a SQLite file, and a PostgreSQL database where a server is given."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from cooperation.store.migrate import migrate
from cooperation.store.store import Store, database_url
from tests.cooperation.support.desks import TestClock
from tests.support.requirements import required_variable

POSTGRESQL = "BUREAUGRAPH_TEST_POSTGRESQL_URL"


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cooperation.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A new database on the server that the environment names."""
    server = make_url(required_variable(POSTGRESQL)).set(drivername="postgresql+psycopg")
    name = f"cooperation_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield server.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def url(request: pytest.FixtureRequest) -> str:
    """Each kind of database in turn."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """A migrated database."""
    opened = Store(database_url(url))
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    opened = Store(database_url(sqlite_url))
    migrate(opened)
    yield opened
    opened.close()
