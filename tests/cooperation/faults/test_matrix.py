"""A few cells of the matrix; `python -m tests.cooperation.faults 0 5236 --matrix` makes them all."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.store.migrate import migrate
from cooperation.store.store import database_url
from tests.cooperation.faults.matrix import Case, cases, run_case
from tests.cooperation.faults.seams import FailingStore

STRIDE = 223
"""No divisor of any side of the matrix, so that each of its sides is met."""


@pytest.mark.parametrize("case", list(cases())[::STRIDE], ids=lambda case: case.name.replace(" ", "-"))
async def test_a_write_has_one_effect_wherever_its_worker_dies_and_whatever_befalls_it(
    case: Case, sqlite_url: str, tmp_path: Path
) -> None:
    store = FailingStore(database_url(sqlite_url))
    migrate(store)
    report = await run_case(case, store, tmp_path)
    store.close()
    assert report.violations == []
    assert report.states.total() >= 1
