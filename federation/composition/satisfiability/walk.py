"""The walk over every path of the API schema."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

from federation.composition.errors import CompositionError
from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedField, MergedSchema
from federation.composition.report import Report, quoted
from federation.composition.satisfiability.context_uses import Contexts, ContextsSet, read_contexts
from federation.composition.satisfiability.edges import Assignment, Edge, read_edges, read_labels
from federation.composition.satisfiability.reach import Reach, Tail, Tails
from federation.composition.satisfiability.runtime_types import RuntimeTypes
from federation.composition.satisfiability.witness import Path, Step, report_dead_end
from federation.composition.schema import Kind
from federation.composition.types import named_type

_ROOTS = ("Query", "Mutation", "Subscription")
_MAX_COMBINED_LABELS = 4

Way = tuple[Tail, Edge]
"""A place, and the edge of a field from there."""


def check_satisfiability(context: MergeContext, merged: MergedSchema) -> None:
    """Report each field of the API that some path reaches but no plan can answer, with a query that shows it."""
    reported: set[str] = set()
    compared: set[str] = set()
    for assignment in _assignments(read_labels(context.subgraphs)):
        silent = replace(context, report=Report())
        reach = Reach(read_edges(silent, merged, assignment), dict(context.supertypes))
        runtime_types = RuntimeTypes(context.report, reach, compared)
        contexts = read_contexts(context, merged, reach)
        _Walk(context.report, merged, reach, runtime_types, contexts, reported).run()


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
    """Where a path of the API is, where a plan may be there, and which contexts the path has set."""

    type_name: str
    tails: Tails
    contexts: ContextsSet
    path: Path


@dataclass(slots=True)
class _Walk:
    """Breadth first, so that the first path to a dead end is a shortest one."""

    report: Report
    merged: MergedSchema
    reach: Reach
    runtime_types: RuntimeTypes
    contexts: Contexts
    reported: set[str]
    queue: deque[_State] = field(default_factory=deque)
    visited: dict[str, list[tuple[Tails, ContextsSet]]] = field(default_factory=dict)

    def run(self) -> None:
        for root in _ROOTS:
            if root in self.merged.types:
                starts = {Tail(i, root) for i, subgraph in enumerate(self.reach.subgraphs) if root in subgraph.fields}
                self.visit(_State(root, frozenset(starts), frozenset(), Path(root)))
        self.exhaust()

    def exhaust(self) -> None:
        while self.queue:
            state = self.queue.popleft()
            for merged_field in self.merged.types[state.type_name].fields.values():
                if not merged_field.is_inaccessible:
                    self.follow(state, merged_field)

    def visit(self, state: _State) -> None:
        """Queue a state, unless one that can do as much or less was met: what that one can do, this one can."""
        closed = self.reach.closure(state.type_name, state.tails)
        known = self.visited.setdefault(state.type_name, [])
        if any(tails <= closed and contexts <= state.contexts for tails, contexts in known):
            return
        known[:] = [(t, c) for t, c in known if not (closed <= t and state.contexts <= c)]
        known.append((closed, state.contexts))
        self.queue.append(replace(state, tails=closed))

    def follow(self, state: _State, merged_field: MergedField) -> None:
        ways = [
            (tail, edge)
            for tail, edge in self.reach.edges(state.type_name, state.tails, merged_field.name)
            if state.contexts.issuperset(edge.contexts)
        ]
        coordinate = f"{state.type_name}.{merged_field.name}"
        if not ways:
            if coordinate not in self.reported:
                self.reported.add(coordinate)
                report_dead_end(self.report, self.merged, self.reach, state.path, (state.tails, merged_field))
            return
        if not self.is_composite(merged_field) or not self.runtime_types.check(coordinate, ways):
            return
        if state.type_name == "Mutation" and len(ways) > 1:
            self.follow_apart(state, merged_field, ways)
        else:
            self.advance_all(state, merged_field, ways)

    def follow_apart(self, state: _State, merged_field: MergedField, ways: Sequence[Way]) -> None:
        """A mutation runs in one subgraph only, so one of them must be able to go on wherever the API does."""
        failures: dict[str, list[CompositionError]] = {}
        for way in ways:
            apart = _Walk(Report(), self.merged, self.reach, self.runtime_types, self.contexts, set())
            apart.advance_all(state, merged_field, [way])
            apart.exhaust()
            if not apart.report.errors:
                return
            failures[self.reach.subgraphs[way[0].subgraph].name] = apart.report.errors
        coordinate = f"Mutation.{merged_field.name}"
        listed = "".join(f'\nin "{name}": {error.message}' for name, errors in failures.items() for error in errors)
        sentence = (
            f'"{coordinate}" is resolved by {quoted(failures)}. A plan calls only one of them, and none can answer all '
            f"that may be asked below it. Complete one of them.{listed}"
        )
        self.report.errors.append(CompositionError("SATISFIABILITY_ERROR", sentence, (coordinate,), tuple(failures)))

    def advance_all(self, state: _State, merged_field: MergedField, ways: Sequence[Way]) -> None:
        # A shared field answers alike everywhere, so it can only be what all of its subgraphs know.
        common = frozenset.intersection(*(self.reach.targets(tail, edge) for tail, edge in ways))
        for type_name in self.merged.possible_types(named_type(merged_field.type)):
            if type_name in common and not self.merged.types[type_name].is_inaccessible:
                self.advance(state, merged_field, ways, type_name)

    def advance(self, state: _State, merged_field: MergedField, ways: Sequence[Way], type_name: str) -> None:
        tails = [self.reach.advance(tail, edge, type_name) for tail, edge in ways]
        reached = frozenset(tail for tail in tails if tail is not None)
        if reached:
            step = Step(state.type_name, merged_field.name, type_name)
            path = Path(state.path.root, (*state.path.steps, step))
            contexts = self.contexts.below(state.type_name, state.tails, state.contexts)
            self.visit(_State(type_name, reached, contexts, path))

    def is_composite(self, merged_field: MergedField) -> bool:
        target = self.merged.types.get(named_type(merged_field.type))
        return target is not None and target.kind in (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)
