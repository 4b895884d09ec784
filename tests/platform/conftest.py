"""One running platform for all tests of this folder, and the world it was made from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from tests.support.platform import RunningPlatform, running_platform

PEOPLE = 600
SEED = 1


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The platform on SQLite files, `PEOPLE` invented people per city."""
    folder: Path = tmp_path_factory.mktemp("platform")
    with running_platform(folder, PEOPLE) as running:
        yield running


@pytest.fixture(scope="session")
def world() -> World:
    """The world that the platform's sandbox was filled with."""
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date().isoformat()
    return generate_world(Parameters(PEOPLE, SEED, today))
