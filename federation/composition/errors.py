"""What composition reports.

    CompositionError   one reason why no supergraph exists; all of a run are reported together
    CompositionHint    something to know although the supergraph exists

Codes are the ecosystem's own; `federation.composition.codes` describes each.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphql import Node, get_location

from federation.composition.codes import ERROR_CODES, HINT_CODES, HintLevel


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a subgraph's SDL; lines and columns count from 1. `file` is None for SDL that came without one."""

    file: str | None
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file or '<sdl>'}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class CompositionError:
    """One reason why the subgraphs do not compose.

    Attributes:
        code: stable, see `codes.ERROR_CODES`.
        message: what is wrong and what to do.
        coordinates: `Type.field` or `Type.field(argument:)` of the elements concerned.
        subgraphs: names of the subgraphs concerned.
        positions: where they are written, as far as known.
    """

    code: str
    message: str
    coordinates: tuple[str, ...] = ()
    subgraphs: tuple[str, ...] = ()
    positions: tuple[Position, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in ERROR_CODES:
            raise KeyError(self.code)

    def __str__(self) -> str:
        places = "".join(f"\n    at {position}" for position in self.positions)
        return f"{self.code}: {self.message}{places}"


@dataclass(frozen=True, slots=True)
class CompositionHint:
    """Something to know about a supergraph that exists all the same."""

    code: str
    message: str
    coordinates: tuple[str, ...] = ()
    subgraphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.code not in HINT_CODES:
            raise KeyError(self.code)

    @property
    def level(self) -> HintLevel:
        """How much it matters."""
        return HINT_CODES[self.code].level

    def __str__(self) -> str:
        return f"{self.level.name} {self.code}: {self.message}"


def position_of(node: Node | None, file: str | None) -> tuple[Position, ...]:
    """Give the node's place as a tuple of one, or of none for a node that was not read from text."""
    if node is None or node.loc is None:
        return ()
    location = get_location(node.loc.source, node.loc.start)
    return (Position(file, location.line, location.column),)
