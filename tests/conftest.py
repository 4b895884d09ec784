"""Options of the whole test suite."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code: times are the benchmarks' business.
settings.register_profile("bureaugraph", deadline=None)
settings.load_profile("bureaugraph")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write golden files anew instead of comparing them")


def pytest_configure(config: pytest.Config) -> None:
    """Raises UsageError where tests that must run in one process would be shared out without a word."""
    # pytest-xdist 3.8 writes an item's group there; once pytest-xdist#1386 is mended, this and pytest's bound can go.
    if config.getoption("dist", default="no") == "loadgroup" and not hasattr(pytest.Item, "_nodeid"):
        message = "pytest-xdist keeps no group together with this pytest: install what uv.lock names, pytest below 9.2."
        raise pytest.UsageError(message)


class Goldens:
    """Golden files: compared, or written anew under `--rewrite-goldens`."""

    def __init__(self, *, is_rewriting: bool) -> None:
        self._is_rewriting = is_rewriting

    def check(self, file: Path, content: str) -> None:
        """Compare the whole content; the difference is reviewed like code."""
        if self._is_rewriting:
            file.write_text(content, "utf-8")
        assert file.read_text("utf-8") == content, f"{file.name} is not up to date: run `make goldens`, review, commit"


@pytest.fixture
def goldens(request: pytest.FixtureRequest) -> Goldens:
    """Compares golden files."""
    return Goldens(is_rewriting=request.config.getoption("--rewrite-goldens"))
