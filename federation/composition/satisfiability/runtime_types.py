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
    """Reports each field once, comparing it for each set of subgraphs that resolve it on some path."""

    report: Report
    subgraphs: tuple[SubgraphEdges, ...]
    checked: set[tuple[str, frozenset[int]]] = field(default_factory=set)
    hinted: set[str] = field(default_factory=set)
    contested: dict[tuple[str, str], bool] = field(default_factory=dict)
    mismatched: set[str] = field(default_factory=set)

    def is_contested(self, type_name: str, field_name: str) -> bool:
        """Tell whether subgraphs differ in what a field may be."""
        coordinate = (type_name, field_name)
        if coordinate not in self.contested:
            fields = (subgraph.fields.get(type_name, {}) for subgraph in self.subgraphs)
            possible = {
                s.targets(own[field_name]) for s, own in zip(self.subgraphs, fields, strict=True) if field_name in own
            }
            self.contested[coordinate] = len(possible) > 1
        return self.contested[coordinate]

    def check(self, coordinate: str, ways: Sequence[tuple[Tail, Edge]]) -> bool:
        """Report a shared field whose possible types differ; False, and an error, if they have nothing in common.

        One that a subgraph narrows to an object is what the others may be, too; only two that do so can contradict.
        """
        question = (coordinate, frozenset(tail.subgraph for tail, _ in ways))
        if len(ways) < 2 or coordinate in self.mismatched or question in self.checked:
            return coordinate not in self.mismatched
        self.checked.add(question)
        abstract = [edge for tail, edge in ways if edge.target in self.subgraphs[tail.subgraph].abstract_types]
        possible = {
            self.subgraphs[tail.subgraph].name: self.subgraphs[tail.subgraph].targets(edge) for tail, edge in ways
        }
        types = list(possible.values())
        if all(other == types[0] for other in types):
            return True
        listed = "; ".join(f'in "{name}" {", ".join(sorted(found)) or "none"}' for name, found in possible.items())
        sentence = f'The possible types of shared field "{coordinate}" are {listed}.'
        if frozenset.intersection(*types):
            if len(abstract) < 2 or coordinate in self.hinted:
                return True
            self.hinted.add(coordinate)
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
