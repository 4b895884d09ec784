"""Comparing what a shared field of an abstract type may be in each subgraph that resolves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from federation.composition.errors import CompositionError, CompositionHint
from federation.composition.report import Report
from federation.composition.satisfiability.edges import Edge, SubgraphEdges
from federation.composition.satisfiability.reach import Tail


@dataclass(slots=True)
class RuntimeTypes:
    """Reports each field once."""

    report: Report
    subgraphs: tuple[SubgraphEdges, ...]
    checked: set[str] = field(default_factory=set)
    mismatched: set[str] = field(default_factory=set)

    def check(self, coordinate: str, ways: Sequence[tuple[Tail, Edge]]) -> bool:
        """Report a shared field whose possible types differ; False, and an error, if they have nothing in common."""
        abstract = [edge for tail, edge in ways if edge.target in self.subgraphs[tail.subgraph].abstract_types]
        if len(abstract) < 2 or coordinate in self.checked:
            return coordinate not in self.mismatched
        self.checked.add(coordinate)
        possible = {
            self.subgraphs[tail.subgraph].name: self.subgraphs[tail.subgraph].targets(edge) for tail, edge in ways
        }
        types = list(possible.values())
        if all(other == types[0] for other in types):
            return True
        listed = "; ".join(f'in "{name}" {", ".join(sorted(found)) or "none"}' for name, found in possible.items())
        sentence = f'The possible types of shared field "{coordinate}" are {listed}.'
        if frozenset.intersection(*types):
            self.report.hints.append(
                CompositionHint(
                    "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN", sentence, (coordinate,), tuple(possible)
                )
            )
        else:
            advice = f"{sentence} They have nothing in common, so the subgraphs cannot answer alike. Align them."
            self.mismatched.add(coordinate)
            self.report.errors.append(
                CompositionError("SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES", advice, (coordinate,), tuple(possible))
            )
        return coordinate not in self.mismatched
