"""The published picture of the machines."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from cooperation.command import states
from cooperation.states.machines import MACHINES
from cooperation.states.picture import picture
from tests.conftest import Goldens

PAGE = Path(__file__).parents[3] / "docs" / "cooperation-states.md"


def test_the_committed_picture_is_that_of_the_tables(goldens: Goldens) -> None:
    goldens.check(PAGE, picture(MACHINES.values()))


def test_the_command_writes_the_picture(tmp_path: Path) -> None:
    page = tmp_path / "states.md"
    result = CliRunner().invoke(states, ["--output", str(page)])
    assert result.exit_code == 0
    assert page.read_text("utf-8") == picture(MACHINES.values())


def test_the_picture_has_every_transition() -> None:
    text = picture(MACHINES.values())
    for machine in MACHINES.values():
        for one in machine.transitions:
            assert f"  {one.source} --> {one.target}: {one.action}\n" in text
