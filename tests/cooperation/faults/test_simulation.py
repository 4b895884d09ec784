"""A few of the runs that `python -m tests.cooperation.faults` makes by the thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cooperation.kinds import OperationKind
from cooperation.store.migrate import migrate
from cooperation.store.store import database_url
from tests.cooperation.faults.intents import HANGZHOU, Wish
from tests.cooperation.faults.seams import FailingStore
from tests.cooperation.faults.simulation import Simulation

SEEDS = 8
HOUR = 3600


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_whatever_fails_each_intent_has_one_effect_or_an_end_that_says_why(
    url: str, tmp_path: Path, seed: int
) -> None:
    store = FailingStore(database_url(url))
    migrate(store)
    report = await Simulation(str(seed), store, tmp_path).run()
    store.close()
    assert report.violations == []
    assert report.turns > 0


@pytest.mark.parametrize("seed", range(3))
async def test_a_loss_behind_a_release_is_of_use_no_longer_than_any_other(
    sqlite_url: str, tmp_path: Path, seed: int
) -> None:
    store = FailingStore(database_url(sqlite_url))
    migrate(store)
    simulation = Simulation(f"late {seed}", store, tmp_path)

    def plan() -> None:
        card = simulation.maker.cards[HANGZHOU][0]
        simulation.break_down_at(0, "hangzhou_core_service", 30 * HOUR)
        for seconds, kind in enumerate((OperationKind.RELEASE, OperationKind.TEMPORARY_LOSS), start=1):
            simulation.tell_at(seconds, Wish(simulation.maker.about_card(kind, HANGZHOU, card)))

    report = await simulation.run(plan)
    store.close()
    assert (report.violations, report.states["EXPIRED"]) == ([], 1)
    assert report.faults["too late in its line"] > 0
