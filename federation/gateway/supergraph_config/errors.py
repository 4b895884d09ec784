"""What is wrong with a configuration.

SupergraphConfigError   INVALID_SUPERGRAPH_CONFIG; carries one ConfigProblem or several
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One thing that is wrong.

    Attributes:
        key: the place in the configuration, dotted, e.g. `subgraphs.cards.schema`; empty for the whole file.
        file: the configuration; None if it came without a name.
    """

    key: str
    message: str
    file: str | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.file, self.key, self.message) if part)


class SupergraphConfigError(Exception):
    """The configuration of `bureaugraph compose` or `check` cannot be used, or what it names cannot be read."""

    code = "INVALID_SUPERGRAPH_CONFIG"

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


def wrong(key: str, message: str) -> SupergraphConfigError:
    """Give the error of one thing that is wrong."""
    return SupergraphConfigError([ConfigProblem(key, message)])
