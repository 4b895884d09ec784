"""The same platform on database servers: Hangzhou on MariaDB, Huangshan on PostgreSQL."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.platform.conftest import PEOPLE
from tests.support.platform import RunningPlatform, running_platform
from tests.support.requirements import required_variable

pytestmark = [pytest.mark.platform, pytest.mark.servers, pytest.mark.xdist_group("platform")]


async def run_statement(server: URL, statement: str) -> None:
    engine = create_async_engine(server, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


@pytest.fixture
async def databases() -> AsyncIterator[dict[str, str]]:
    """Fresh databases, by the variables that name them to the platform; dropped at the end."""
    mariadb = make_url(required_variable("BUREAUGRAPH_TEST_MARIADB_URL"))
    postgresql = make_url(required_variable("BUREAUGRAPH_TEST_POSTGRESQL_URL"))
    servers = {"HANGZHOU": mariadb, "HUANGSHAN": postgresql, "HUANGSHAN_LABOUR": postgresql}
    created = {city: f"bureaugraph_{city.lower()}_{uuid.uuid4().hex[:8]}" for city in servers}
    for city, server in servers.items():
        await run_statement(server, f"CREATE DATABASE {created[city]}")
    yield {
        f"BUREAUGRAPH_{city}_DATABASE_URL": server.set(database=created[city]).render_as_string(hide_password=False)
        for city, server in servers.items()
    }
    for city, server in servers.items():
        force = " WITH (FORCE)" if server is postgresql else ""
        await run_statement(server, f"DROP DATABASE {created[city]}{force}")


@pytest.fixture
def platform_on_servers(databases: dict[str, str], tmp_path: Path) -> Iterator[RunningPlatform]:
    with running_platform(tmp_path / "servers", PEOPLE, databases) as running:
        yield running


@pytest.fixture
def platform_on_files(tmp_path: Path) -> Iterator[RunningPlatform]:
    """One in which no other test has had anything written."""
    with running_platform(tmp_path / "files", PEOPLE) as running:
        yield running


def test_the_answers_on_servers_are_those_on_files(
    platform_on_files: RunningPlatform, platform_on_servers: RunningPlatform
) -> None:
    for name in ("joint-view", "due-for-certification", "many-people", "employer"):
        on_files, on_servers = platform_on_files.ask_ready(name), platform_on_servers.ask_ready(name)
        assert "errors" not in on_servers
        assert lasting(on_servers["data"]) == lasting(on_files["data"])


@pytest.mark.parametrize("system", ["hangzhou_database", "huangshan_database"])
def test_a_server_that_refuses_costs_its_share_only(platform_on_servers: RunningPlatform, system: str) -> None:
    with platform_on_servers.fault(system, kind="refuse"):
        partial = platform_on_servers.ask_ready("joint-view")
    assert partial["data"]["person"]["name"] == "张三"
    assert {error["extensions"]["system"] for error in partial["errors"]} == {system}


def lasting(value: Any) -> Any:
    """The answer without what differs between two platforms: moments of asking, ids of another key, cursors."""
    match value:
        case dict():
            return {key: lasting(item) for key, item in value.items() if key not in {"asOf", "id", "endCursor"}}
        case list():
            return [lasting(item) for item in value]
        case _:
            return value
