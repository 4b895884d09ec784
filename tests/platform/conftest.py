"""One running platform for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.platform import RunningPlatform, running_platform

PEOPLE = 600


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    """The platform on SQLite files, `PEOPLE` invented people per city."""
    folder: Path = tmp_path_factory.mktemp("platform")
    with running_platform(folder, PEOPLE) as running:
        yield running
