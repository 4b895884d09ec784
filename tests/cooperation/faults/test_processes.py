"""Real processes under SIGKILL, a few runs of many: see `python -m tests.cooperation.faults --kill`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cooperation.conftest import POSTGRESQL
from tests.cooperation.faults.databases import Databases, PostgresqlDatabases, SqliteFiles
from tests.cooperation.faults.processes import ProcessRun, warm_up
from tests.support.requirements import required_variable


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    is_file = request.param == "sqlite"
    opened = SqliteFiles(tmp_path) if is_file else PostgresqlDatabases(required_variable(POSTGRESQL))
    yield opened
    opened.close()


@pytest.mark.timeout(180)
async def test_processes_that_are_killed_anywhere_leave_one_effect_for_each_intent(
    databases: Databases, tmp_path: Path
) -> None:
    await warm_up(databases, tmp_path)
    folder = tmp_path / "run"
    folder.mkdir()
    report = await ProcessRun("1", databases, folder).run()
    assert report.violations == []
    assert any(name.startswith("killed") for name in report.faults)
