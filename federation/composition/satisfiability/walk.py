"""The walk over every path of the API schema."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedField, MergedSchema
from federation.composition.report import Report
from federation.composition.satisfiability.edges import Assignment, Edge, read_edges, read_labels
from federation.composition.satisfiability.reach import Reach, Tail, Tails
from federation.composition.satisfiability.runtime_types import RuntimeTypes
from federation.composition.satisfiability.witness import Path, Step, report_dead_end
from federation.composition.schema import Kind
from federation.composition.types import named_type

_ROOTS = ("Query", "Mutation", "Subscription")
_MAX_COMBINED_LABELS = 4


def check_satisfiability(context: MergeContext, merged: MergedSchema) -> None:
    """Report each field of the API that some path reaches but no plan can answer, with a query that shows it."""
    reported: set[str] = set()
    compared: set[str] = set()
    for assignment in _assignments(read_labels(context.subgraphs)):
        silent = MergeContext(context.subgraphs, context.graphs, context.usage, context.supertypes, Report())
        reach = Reach(read_edges(silent, merged, assignment), dict(context.supertypes))
        runtime_types = RuntimeTypes(context.report, reach, compared)
        _Walk(context.report, merged, reach, runtime_types, reported).run()


def _assignments(labels: tuple[str, ...]) -> Iterator[Assignment]:
    """Every combination of a few labels; of many, all off, all on, and each alone."""
    if len(labels) <= _MAX_COMBINED_LABELS:
        yield from (dict(zip(labels, values, strict=True)) for values in product((False, True), repeat=len(labels)))
        return
    yield dict.fromkeys(labels, False)
    yield dict.fromkeys(labels, True)
    for label in labels:
        yield {other: other == label for other in labels}


@dataclass(frozen=True, slots=True)
class _State:
    type_name: str
    tails: Tails
    path: Path


@dataclass(slots=True)
class _Walk:
    """Breadth first, so that the first path to a dead end is a shortest one."""

    report: Report
    merged: MergedSchema
    reach: Reach
    runtime_types: RuntimeTypes
    reported: set[str]
    queue: deque[_State] = field(default_factory=deque)
    visited: dict[str, list[Tails]] = field(default_factory=dict)

    def run(self) -> None:
        for root in _ROOTS:
            if root in self.merged.types:
                starts = {Tail(i, root) for i, subgraph in enumerate(self.reach.subgraphs) if root in subgraph.fields}
                self.visit(_State(root, frozenset(starts), Path(root)))
        while self.queue:
            state = self.queue.popleft()
            for merged_field in self.merged.types[state.type_name].fields.values():
                if not merged_field.is_inaccessible:
                    self.follow(state, merged_field)

    def visit(self, state: _State) -> None:
        """Queue a state, unless a state with as few or fewer tails was met: what that one can do, this one can."""
        closed = self.reach.closure(state.type_name, state.tails)
        known = self.visited.setdefault(state.type_name, [])
        if any(other <= closed for other in known):
            return
        known[:] = [other for other in known if not closed <= other]
        known.append(closed)
        self.queue.append(_State(state.type_name, closed, state.path))

    def follow(self, state: _State, merged_field: MergedField) -> None:
        ways = list(self.reach.edges(state.type_name, state.tails, merged_field.name))
        coordinate = f"{state.type_name}.{merged_field.name}"
        if not ways:
            if coordinate not in self.reported:
                self.reported.add(coordinate)
                report_dead_end(self.report, self.merged, self.reach, state.path, (state.tails, merged_field))
            return
        if not self.is_composite(merged_field) or not self.runtime_types.check(coordinate, ways):
            return
        # A shared field answers alike everywhere, so it can only be what all of its subgraphs know.
        common = frozenset.intersection(*(self.reach.targets(tail, edge) for tail, edge in ways))
        for type_name in self.merged.possible_types(named_type(merged_field.type)):
            if type_name in common and not self.merged.types[type_name].is_inaccessible:
                self.advance(state, merged_field, ways, type_name)

    def advance(self, state: _State, merged_field: MergedField, ways: list[tuple[Tail, Edge]], type_name: str) -> None:
        tails = [self.reach.advance(tail, edge, type_name) for tail, edge in ways]
        reached = frozenset(tail for tail in tails if tail is not None)
        if reached:
            step = Step(state.type_name, merged_field.name, type_name)
            self.visit(_State(type_name, reached, Path(state.path.root, (*state.path.steps, step))))

    def is_composite(self, merged_field: MergedField) -> bool:
        target = self.merged.types.get(named_type(merged_field.type))
        return target is not None and target.kind in (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)
