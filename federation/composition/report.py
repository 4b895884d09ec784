"""The collector of one run's errors and hints, and how their sentences name subgraphs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphql import Node
from graphql.language.print_string import print_string

from federation.composition.errors import CompositionError, CompositionHint, Position, position_of
from federation.composition.schema import SubgraphSchema


class CompositionStopped(Exception):
    """A stage found errors, so the next ones have nothing to work on."""


@dataclass(slots=True)
class Report:
    """What a run has found so far; every step adds to it and the run goes on as long as that is useful.

    Attributes:
        subgraphs: the schemas as read, empty before; errors about merged elements are located in them at the end.
    """

    errors: list[CompositionError] = field(default_factory=list)
    hints: list[CompositionHint] = field(default_factory=list)
    subgraphs: tuple[SubgraphSchema, ...] = ()

    def error(
        self, code: str, coordinate: str, message: str, sources: Iterable[tuple[SubgraphSchema, Node | None]] = ()
    ) -> None:
        """Add an error about one element; `sources` says in which subgraphs and where it is written."""
        places = tuple(sources)
        positions: tuple[Position, ...] = tuple(
            position for subgraph, node in places for position in position_of(node, subgraph.file)
        )
        names = tuple(dict.fromkeys(subgraph.name for subgraph, _ in places))
        self.errors.append(CompositionError(code, message, (coordinate,), names, positions))

    def stop_on_errors(self) -> None:
        """End the run here if there is an error. Raises CompositionStopped."""
        if self.errors:
            raise CompositionStopped

    def hint(self, code: str, coordinate: str, message: str, subgraphs: Iterable[SubgraphSchema] = ()) -> None:
        """Add a hint about one element."""
        names = tuple(subgraph.name for subgraph in subgraphs)
        self.hints.append(CompositionHint(code, message, (coordinate,), names))


def quoted(names: Iterable[str]) -> str:
    """Write names as a list for a sentence: `"a"`, `"a" and "b"`, `"a", "b" and "c"`."""
    listed = [f'"{name}"' for name in names]
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}" if listed else "none"


def in_subgraphs(subgraphs: Iterable[SubgraphSchema]) -> str:
    """Write `subgraph "a"` or `subgraphs "a" and "b"`."""
    names = [subgraph.name for subgraph in subgraphs]
    return f"subgraph{'s' if len(names) > 1 else ''} {quoted(names)}"


def by_value(pairs: Iterable[tuple[SubgraphSchema, str]]) -> str:
    """Write who has which value: `"Int" in subgraph "a" but "String" in subgraphs "b" and "c"`."""
    groups: dict[str, list[SubgraphSchema]] = {}
    for subgraph, value in pairs:
        groups.setdefault(value, []).append(subgraph)
    return " but ".join(f'"{value}" in {in_subgraphs(group)}' for value, group in groups.items())


def quoted_string(text: str) -> str:
    """Write a text as a GraphQL string literal on one line."""
    return print_string(text)
