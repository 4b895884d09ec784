"""A few of the runs that `python -m tests.cooperation.faults` makes by the thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.store.migrate import migrate
from cooperation.store.store import Store, database_url
from tests.cooperation.faults.simulation import Simulation

SEEDS = 8


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_fails_each_intent_has_one_effect_or_an_end_that_says_why(
    url: str, tmp_path: Path, seed: int
) -> None:
    store = Store(database_url(url))
    migrate(store)
    store.close()
    report = await Simulation(str(seed), url, tmp_path).run()
    assert report.violations == []
    assert report.turns > 0
