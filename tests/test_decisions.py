"""Decisions have a number each, in the file's name and in its title."""

from __future__ import annotations

import re
from pathlib import Path

DECISIONS = sorted((Path(__file__).parents[1] / "federation" / "decisions").glob("*.md"))


def test_decisions_are_numbered_without_gap_or_double() -> None:
    assert [int(file.name[:4]) for file in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_a_decisions_title_bears_the_number_of_its_file() -> None:
    titles = [re.match(r"# (\d+)\. ", file.read_text("utf-8")) for file in DECISIONS]
    assert [title and int(title[1]) for title in titles] == [int(file.name[:4]) for file in DECISIONS]
