"""What a test needs of the machine. Where it is missing the test is skipped, under `BUREAUGRAPH_TEST_ALL` it fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest


def required_variable(name: str) -> str:
    """The value of an environment variable that names a server, e.g. BUREAUGRAPH_TEST_POSTGRESQL_URL."""
    value = os.environ.get(name)
    if not value:
        _missing(f"{name} is not set")
    assert value is not None
    return value


def required_program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        _missing(f"{' or '.join(names)} is not installed")
    assert path is not None
    return path


def required_packages(folder: Path) -> Path:
    """The folder into which `folder/package.json` was installed: its own, or below BUREAUGRAPH_TEST_ORACLES."""
    name = str(folder.relative_to(Path(__file__).parents[2])).replace("/", "-")
    candidates = [folder, Path(os.environ.get("BUREAUGRAPH_TEST_ORACLES", "/nonexistent")) / name]
    installed = next((candidate for candidate in candidates if (candidate / "node_modules").is_dir()), None)
    if installed is None:
        _missing(f"the npm packages of {folder.name} are not installed (npm ci in that folder)")
    assert installed is not None
    return installed


def _missing(what: str) -> None:
    if os.environ.get("BUREAUGRAPH_TEST_ALL"):
        pytest.fail(f"BUREAUGRAPH_TEST_ALL is set, but {what}")
    pytest.skip(what)
