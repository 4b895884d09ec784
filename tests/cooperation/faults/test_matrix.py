"""A few cells of the matrix; `python -m tests.cooperation.faults 0 2380 --matrix` makes them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.store.migrate import migrate
from cooperation.store.store import Store, database_url
from tests.cooperation.faults.matrix import Case, cases, run_case

STRIDE = 113
"""No divisor of any side of the matrix, so that each of its sides is met."""


@pytest.mark.parametrize("case", list(cases())[::STRIDE], ids=lambda case: case.name.replace(" ", "-"))
async def test_a_write_has_one_effect_wherever_its_worker_dies_and_whatever_befalls_it(
    case: Case, sqlite_url: str, tmp_path: Path
) -> None:
    store = Store(database_url(sqlite_url))
    migrate(store)
    store.close()
    report = await run_case(case, sqlite_url, tmp_path)
    assert report.violations == []
    assert report.states.total() >= 1
