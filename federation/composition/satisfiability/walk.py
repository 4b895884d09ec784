"""The walk over every path of the API schema."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from federation.composition.errors import CompositionError
from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedField, MergedSchema
from federation.composition.report import Report, quoted
from federation.composition.satisfiability.context_uses import Contexts, ContextsSet, read_contexts
from federation.composition.satisfiability.edges import Edge, SubgraphEdges, read_edges
from federation.composition.satisfiability.reach import Assignment, LabelNeeded, Reach, Tail, Tails
from federation.composition.satisfiability.runtime_types import RuntimeTypes
from federation.composition.satisfiability.witness import Path, Step, report_dead_end, report_unknown_type
from federation.composition.schema import Kind
from federation.composition.types import named_type

_ROOTS = ("Query", "Mutation", "Subscription")
_MAX_LABELS_ON_A_PATH = 8
"""Labels that one path may decide one by one; each doubles the states behind it."""

Way = tuple[Tail, Edge]
"""A place, and the edge of a field from there."""


def check_satisfiability(context: MergeContext, merged: MergedSchema) -> None:
    """Report each field of the API that some path reaches but no plan can answer, with a query that shows it."""
    subgraphs = read_edges(replace(context, report=Report()), merged)  # overrides were reported in merging
    reaches = Reaches(subgraphs, context)
    runtime_types = RuntimeTypes(context.report, subgraphs)
    contexts = read_contexts(context, merged, subgraphs)
    _Walk(context.report, merged, reaches, runtime_types, contexts).run()


class Reaches:
    """What can be reached, by assignment of the labels that were asked for."""

    def __init__(self, subgraphs: tuple[SubgraphEdges, ...], context: MergeContext) -> None:
        self.subgraphs = subgraphs
        self._interfaces_of = context.supertypes
        self._known: dict[Assignment, Reach] = {}
        edges = (e for s in subgraphs for fields in s.fields.values() for e in fields.values())
        self._labels = sorted({edge.condition[0] for edge in edges if edge.condition is not None})

    def under(self, assignment: Assignment) -> Reach:
        """Give the reach under an assignment."""
        if assignment not in self._known:
            self._known[assignment] = Reach(self.subgraphs, self._interfaces_of, assignment)
        return self._known[assignment]

    def deciding(self, assignment: Assignment, label: str) -> tuple[Assignment, Assignment]:
        """Give the assignments with the label off and on; where many are decided, all others are alike."""
        decided = {name for name, _ in assignment}
        labels = [label] if len(decided) < _MAX_LABELS_ON_A_PATH else [n for n in self._labels if n not in decided]
        off, on = (assignment | {(name, is_on) for name in labels} for is_on in (False, True))
        return off, on


@dataclass(frozen=True, slots=True)
class _State:
    """Where a path of the API is, where a plan may be there, and what the path has set and decided."""

    type_name: str
    tails: Tails
    contexts: ContextsSet
    assignment: Assignment
    path: Path

    def covers(self, other: _State) -> bool:
        """Tell whether this state can do what the other one can: all that it has, the other has too."""
        return self.tails <= other.tails and self.contexts <= other.contexts and self.assignment <= other.assignment


@dataclass(slots=True)
class _Walk:
    """Breadth first, so that the first path to a dead end is a shortest one."""

    report: Report
    merged: MergedSchema
    reaches: Reaches
    runtime_types: RuntimeTypes
    contexts: Contexts
    reported: set[str] = field(default_factory=set)
    queue: deque[_State] = field(default_factory=deque)
    visited: dict[str, list[_State]] = field(default_factory=dict)

    def run(self) -> None:
        for root in _ROOTS:
            if root in self.merged.types:
                starts = frozenset(Tail(i, root) for i, s in enumerate(self.reaches.subgraphs) if root in s.fields)
                self.visit(_State(root, starts, frozenset(), frozenset(), Path(root)))
        self.exhaust()

    def exhaust(self) -> None:
        while self.queue:
            state = self.queue.popleft()
            for merged_field in self.merged.types[state.type_name].fields.values():
                if not merged_field.is_inaccessible:
                    self.follow(state, merged_field)

    def follow(self, state: _State, merged_field: MergedField) -> None:
        for target in self.decide(state.assignment, lambda assignment: self.targets(state, merged_field, assignment)):
            self.visit(target)

    def visit(self, state: _State) -> None:
        """Queue a state, unless one that can do as much or less was met: what that one can do, this one can."""
        known = self.visited.setdefault(state.type_name, [])
        if any(other.covers(state) for other in known):
            self.compare(state)
            return
        known[:] = [other for other in known if not state.covers(other)]
        known.append(state)
        self.queue.append(state)

    def compare(self, state: _State) -> None:
        """A plan may take any of a state's ways, so those that another state lacks must answer alike, too."""
        for merged_field in self.merged.types[state.type_name].fields.values():
            if not merged_field.is_inaccessible and self.runtime_types.is_contested(state.type_name, merged_field.name):
                self.compare_field(state, merged_field)

    def compare_field(self, state: _State, merged_field: MergedField) -> None:
        def compare(assignment: Assignment) -> list[_State]:
            ways = self.ways(state, merged_field, assignment)
            self.runtime_types.check(f"{state.type_name}.{merged_field.name}", ways)
            return []

        self.decide(state.assignment, compare)

    def ways(self, state: _State, merged_field: MergedField, assignment: Assignment) -> list[Way]:
        """Give the ways to answer a field. Raises LabelNeeded."""
        return [
            (tail, edge)
            for tail, edge in self.reaches.under(assignment).edges(state.type_name, state.tails, merged_field.name)
            if state.contexts.issuperset(edge.contexts)
        ]

    def decide(self, assignment: Assignment, targets: Callable[[Assignment], list[_State]]) -> list[_State]:
        """Give the states behind a step, deciding the labels that it asks for: for requests with and without each."""
        try:
            return targets(assignment)
        except LabelNeeded as needed:
            off, on = self.reaches.deciding(assignment, needed.label)
            return _join(needed.label, self.decide(off, targets), self.decide(on, targets))

    def targets(self, state: _State, merged_field: MergedField, assignment: Assignment) -> list[_State]:
        """Give the states behind a field. Raises LabelNeeded before anything is reported."""
        ways = self.ways(state, merged_field, assignment)
        coordinate = f"{state.type_name}.{merged_field.name}"
        if not ways:
            if coordinate not in self.reported:
                self.reported.add(coordinate)
                reach = self.reaches.under(assignment)
                report_dead_end(self.report, self.merged, reach, state.path, (state.tails, merged_field))
            return []
        if not self.is_composite(merged_field):
            return []
        decided = replace(state, assignment=assignment)
        is_apart = state.type_name == "Mutation" and len(ways) > 1
        states = [] if is_apart else self.advance_all(decided, merged_field, ways)
        if not self.runtime_types.check(coordinate, ways):
            return []
        if is_apart:
            self.follow_apart(decided, merged_field, ways)
        return states

    def follow_apart(self, state: _State, merged_field: MergedField, ways: Sequence[Way]) -> None:
        """A mutation runs in one subgraph only, so one of them must be able to go on wherever the API does.

        What this walk has visited is walked by it, so nobody needs to walk it again, and what was walked apart without
        an error was visited.
        """
        failures: dict[str, list[CompositionError]] = {}
        for way in ways:
            visited = {type_name: list(states) for type_name, states in self.visited.items()}
            apart = _Walk(
                Report(), self.merged, self.reaches, self.runtime_types, self.contexts, set(), deque(), visited
            )
            apart.follow_one(state, merged_field, way)
            if not apart.report.errors:
                self.visited = apart.visited
                return
            failures[self.reaches.subgraphs[way[0].subgraph].name] = apart.report.errors
        coordinate = f"Mutation.{merged_field.name}"
        listed = "".join(f'\nin "{name}": {error.message}' for name, errors in failures.items() for error in errors)
        sentence = (
            f'"{coordinate}" is resolved by {quoted(failures)}. A plan calls only one of them, and none can answer all '
            f"that may be asked below it. Complete one of them.{listed}"
        )
        self.report.errors.append(CompositionError("SATISFIABILITY_ERROR", sentence, (coordinate,), tuple(failures)))

    def follow_one(self, state: _State, merged_field: MergedField, way: Way) -> None:
        """Walk everything behind one way of a field."""
        for target in self.decide(
            state.assignment,
            lambda assignment: self.advance_all(replace(state, assignment=assignment), merged_field, [way]),
        ):
            self.visit(target)
        self.exhaust()

    def advance_all(self, state: _State, merged_field: MergedField, ways: Sequence[Way]) -> list[_State]:
        # A shared field answers alike everywhere, so it can only be what all of its subgraphs know.
        reach = self.reaches.under(state.assignment)
        common = frozenset.intersection(*(reach.targets(tail, edge) for tail, edge in ways))
        return [
            target
            for type_name in self.merged.possible_types(named_type(merged_field.type))
            if type_name in common and not self.merged.types[type_name].is_inaccessible
            for target in self.advance(state, merged_field, ways, type_name)
        ]

    def advance(self, state: _State, merged_field: MergedField, ways: Sequence[Way], type_name: str) -> list[_State]:
        reach = self.reaches.under(state.assignment)
        tails = [reach.advance(tail, edge, type_name) for tail, edge in ways]
        reached = frozenset(tail for tail in tails if tail is not None)
        if not reached:
            return []
        path = Path(state.path.root, (*state.path.steps, Step(state.type_name, merged_field.name, type_name)))
        contexts = self.contexts.below(reach, state.type_name, state.tails, state.contexts)
        closed = reach.closure(type_name, reached)
        if not reach.is_type_known(type_name, closed):
            self.report_unknown_type(type_name, path, closed)
            return []
        return [_State(type_name, closed, contexts, state.assignment, path)]

    def report_unknown_type(self, type_name: str, path: Path, tails: Tails) -> None:
        coordinate = f"{type_name}.__typename"
        if coordinate not in self.reported:
            self.reported.add(coordinate)
            report_unknown_type(self.report, self.merged, self.reaches.subgraphs, path, tails)

    def is_composite(self, merged_field: MergedField) -> bool:
        target = self.merged.types.get(named_type(merged_field.type))
        return target is not None and target.kind in (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)


def _join(label: str, off: Sequence[_State], on: Sequence[_State]) -> list[_State]:
    """Forget the label again where it made no difference: what lies behind asks for it anew, if at all."""
    joined: list[_State] = []
    with_on = {_without(state, label): state for state in on}
    for state in off:
        alike = with_on.pop(_without(state, label), None)
        joined.append(state if alike is None else _without(state, label))
    return [*joined, *with_on.values()]


def _without(state: _State, label: str) -> _State:
    kept = frozenset(condition for condition in state.assignment if condition[0] != label)
    return replace(state, assignment=kept)
