"""Makes sources part of the plan: chooses one for each leaf, opens steps, and has their inputs fetched first."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from graphql import SelectionSetNode

from federation.planner.contexts import setting_places
from federation.planner.demands import TYPENAME, Alternatives, Demand, Types, absorb
from federation.planner.positions import Positions
from federation.planner.reach import Candidate, Reach, Target
from federation.planner.sources import ContextValue, Names, Position, SelectedObject, Source, Step, have_conflict
from federation.planner.state import SearchState
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.subgraph_schema import SubgraphField


class Supplier:
    """Supplies demands of one search."""

    def __init__(self, state: SearchState, positions: Positions, reach: Reach) -> None:
        self._state = state
        self._positions = positions
        self._reach = reach

    # Demands.

    def supply(self, position: Position, demand: Demand, *, is_input: bool) -> set[Step]:
        """Take a leaf from the best sources; give the steps it comes from.

        Raises QueryPlanningError if there is none for some type.
        """
        steps = set()
        remaining = demand.types & position.types
        while remaining:
            self._state.spend()
            source, covered = self._choose(position, demand, remaining, is_input=is_input)
            selected, step = self._materialise(source, demand.alternatives)
            selected.select(demand.use, covered, demand.alternatives)
            if demand.is_existence and not source.knows_typename:
                self._state.vague.append(source)
            steps.add(step)
            remaining -= covered
        return steps

    def children(self, position: Position, demand: Demand) -> list[Position]:
        """Give the positions of a field's value: one, unless its object types are read from different sources."""
        types = demand.types & position.types
        if not types:
            return []
        if not position.is_split(demand, types):
            if (child := self._positions.child(position, demand, types)) is not None:
                return [child]
            self._reach.expand(position, types)
            if (child := self._positions.child(position, demand, types)) is not None:
                return [child]
        found = (self._child_of_type(position, demand, frozenset({t})) for t in sorted(types))
        return [child for child in found if child is not None]

    def _child_of_type(self, position: Position, demand: Demand, types: Types) -> Position | None:
        child = self._positions.child(position, demand, types)
        if child is None and (
            self._open_required(position, demand, types) is not None
            or self._reach.from_ancestors(position, demand, types)
            # The ancestors may have brought what its key or requirements need.
            or self._open_required(position, demand, types) is not None
        ):
            child = self._positions.child(position, demand, types)
        if child is None and position.can_hold(types):
            raise self._state.unreachable(position, demand.use.name, types)
        return child

    def _choose(self, position: Position, demand: Demand, types: Types, *, is_input: bool) -> Candidate:
        candidates = self._reach.direct(position, demand, types)
        if (known := _already_open(candidates, types, is_input=is_input)) is not None:
            self._explain(position, demand, candidates, known, "it is in the plan already")
            return known
        reason = None
        if all(self._state.new_fetches(source) for source, _ in candidates):
            self._reach.expand(position, types)
            candidates = self._reach.direct(position, demand, types)
            # An entity on the way here may be entered earlier than what these come down from.
            if candidates and self._reach.is_deepening(candidates):
                self._reach.expand_ancestors(position)
                candidates = self._reach.direct(position, demand, types)
        if not candidates and (required := self._choose_required(position, demand, types)) is not None:
            return required
        if not candidates:
            candidates = self._reach.from_ancestors(position, demand, types)
            reason = "its objects have no key, so the way goes back to an entity above"
        # The ancestors may have brought what its key or requirements need.
        if not candidates and (required := self._choose_required(position, demand, types)) is not None:
            return required
        if not candidates:
            raise self._state.unreachable(position, demand.use.name, types)
        best = self._reach.best(candidates, is_input=is_input)
        self._explain(position, demand, candidates, best, reason, is_input=is_input)
        return best

    def _choose_required(self, position: Position, demand: Demand, types: Types) -> Candidate | None:
        required = self._open_required(position, demand, types)
        if required is None:
            return None
        chosen = required, required.types & types
        self._explain(position, demand, [chosen], chosen, "the field has requirements, which were fetched")
        return chosen

    def _explain(  # noqa: PLR0913 - all that is told of a choice
        self,
        position: Position,
        demand: Demand,
        candidates: list[Candidate],
        chosen: Candidate,
        reason: str | None,
        *,
        is_input: bool = False,
    ) -> None:
        if self._state.explanation is None:
            return
        considered = [(c, self._reach.rank(c, is_input=is_input)) for c in candidates]
        self._state.explanation.leaf_chosen(position, demand, considered, chosen[0], reason)

    def _explained_entry(self, position: Position, subgraph: SubgraphName, what: str) -> AbstractContextManager[None]:
        if self._state.explanation is None:
            return nullcontext()
        return self._state.explanation.entering(position, subgraph, what)

    # Sources.

    def _materialise(self, source: Source, alternatives: Alternatives) -> tuple[SelectedObject, Step]:
        """Make the source part of the plan, for `alternatives`; give what is selected there, and by which step."""
        selected, step = source.selected, source.step
        covered = absorb(source.covered | alternatives)
        if selected is not None and step is not None and covered == source.covered:
            return selected, step
        source.covered = covered
        if source.parent is not None and source.demand is not None:
            return self._derive_from(source.parent, source, source.demand, alternatives)
        if source.key is not None:
            with self._explained_entry(source.position, source.schema.name, f"key {source.key.text!r}"):
                step = self._enter(source, source.key.selection, alternatives)
        else:
            step = self._enter_root(source, alternatives)
        step.alternatives = absorb(step.alternatives | alternatives)
        return step.selected, step

    def _derive_from(
        self, parent: Source, source: Source, demand: Demand, alternatives: Alternatives
    ) -> tuple[SelectedObject, Step]:
        above, step = self._materialise(parent, alternatives)
        child = source.selected or SelectedObject(source.schema, source.static, source.types, source.position.names)
        child = above.select(demand.use, demand.types, alternatives, child).child or child
        source.selected, source.step, source.level = child, step, step.level
        return child, step

    def _enter_root(self, source: Source, alternatives: Alternatives) -> Step:
        """Have a root type read; for further alternatives, have the field that returns it selected under these, too."""
        before = self._state.barrier
        if source.position.parent is not None:
            derived = [(s, s.types) for s in source.position.outer_sources if s.parent is not None]
            known = [(s, types) for s, types in derived if source.step is not None and s.step in source.step.depends_on]
            producer, types = min(known or derived, key=lambda c: self._reach.rank(c, is_input=True))
            selected, step = self._materialise(producer, alternatives)
            selected.select(TYPENAME, types, alternatives)
            before = [step]
        if source.step is not None:
            return source.step
        opened = self._state.open_step(source, max([source.level, *(1 + s.level for s in before)]))
        opened.depends_on.update(dict.fromkeys(before))
        return opened

    def _enter(self, source: Source, key: SelectionSetNode, alternatives: Alternatives) -> Step:
        by_interface = source.static.name not in source.types
        step = source.step
        inputs = self._inputs(source.position, key, source.types) if step is None else step.inputs
        steps = self._supply_inputs(source.position.origin, inputs, alternatives, by_interface=by_interface)
        if step is not None:
            self._add_inputs(step, [], steps)
            return step
        step = self._state.open_step(source, 1 + max(s.level for s in steps))
        self._add_inputs(step, inputs, steps)
        return step

    # Requirements.

    def _open_required(self, position: Position, demand: Demand, types: Types) -> Source | None:
        """Enter the best subgraph whose field of this name has requirements, with these requirements."""
        name = demand.use.name
        self._reach.expand(position, types)
        found = self._reach.best_required(position, name, types)
        if found is None:
            return None
        target, _ = found
        told = f"key {target.key.text!r} and what {target.static.name}.{name} requires"
        with (
            self._reach.opening_requirement(position, target, name),
            self._explained_entry(position, target.schema.name, told),
        ):
            return self._enter_with(position, target, target.static.fields[name], demand.alternatives)

    def _enter_with(
        self, position: Position, target: Target, field: SubgraphField, alternatives: Alternatives
    ) -> Source:
        inputs = self._inputs(position, target.key.selection, target.types)
        if field.requires is not None:
            inputs += self._inputs(position, field.requires, target.types, is_nullable=True)
        by_interface = target.static.name not in target.types
        steps = self._supply_inputs(position.origin, inputs, alternatives, by_interface=by_interface)
        contexts = self._contexts(position, field)
        for value in contexts:
            steps |= self._supply_context(value, alternatives)
        level = 1 + max(step.level for step in steps)
        source = _entered_already(position, target, inputs, level, alternatives)
        if source is None:
            source = target.source(position, level)
            self._state.open_step(source, level)
            self._positions.attach(position, source)
        elif not source.satisfied:
            # From now on it waits for requirements: what is wanted in more cases still has to find a way in.
            self._positions.attach(position, target.source(position, source.level))
        if source.step is not None:
            self._add_inputs(source.step, inputs, steps)
            source.step.contexts.extend(contexts)
            source.step.alternatives = alternatives
        source.covered = alternatives
        source.satisfied.add(field.name)
        self._positions.attach_below(position, source)
        return source

    # Contexts.

    def _contexts(self, position: Position, field: SubgraphField) -> list[ContextValue]:
        return [
            ContextValue(argument, place, types, tuple(self._inputs(place, argument.selection, types)))
            for argument in field.context_arguments
            for place, types in setting_places(position, argument)
        ]

    def _supply_context(self, value: ContextValue, alternatives: Alternatives) -> set[Step]:
        """Have a contextual argument's value fetched, and `__typename` where it depends on the type."""
        steps: set[Step] = set()
        for demand in value.demands:
            steps |= self._supply_input(value.position, demand, alternatives)
        if len(value.position.types) > 1:
            steps |= self._supply_typename(value.position, value.position.types, alternatives)
        return steps

    # Inputs.

    def _inputs(
        self, position: Position, selection: SelectionSetNode, types: Types, *, is_nullable: bool = False
    ) -> list[Demand]:
        demands = self._state.reader.read_field_set(selection, types)
        return _internal(demands, position.names, is_nullable=is_nullable)

    def _add_inputs(self, step: Step, inputs: list[Demand], steps: set[Step]) -> None:
        known = {(d.use, d.types) for d in step.inputs}
        step.inputs.extend(d for d in inputs if not d.is_leaf or (d.use, d.types) not in known)
        step.depends_on.update(dict.fromkeys(sorted(steps, key=self._state.steps.index)))

    def _supply_inputs(
        self, position: Position, inputs: list[Demand], alternatives: Alternatives, *, by_interface: bool
    ) -> set[Step]:
        """Have the inputs fetched, and the entities' `__typename`; give the steps they come from.

        Entered by an interface, an entity's own type need not be known: any `__typename` shows that it is there.
        """
        steps: set[Step] = set()
        for demand in inputs:
            steps |= self._supply_input(position, demand, alternatives)
        # Last, because `__typename` can come from wherever the others had to come from.
        types = frozenset().union(*(d.types for d in inputs))
        return steps | self._supply_typename(position, types, alternatives, is_existence=by_interface)

    def _supply_input(self, position: Position, demand: Demand, alternatives: Alternatives) -> set[Step]:
        demand = replace(demand, alternatives=alternatives)
        if demand.is_leaf:
            return self.supply(position, demand, is_input=True)
        steps: set[Step] = set()
        for child in self.children(position, demand):
            if len(demand.child_types) > 1:
                steps |= self._supply_typename(child, demand.child_types, alternatives)
            for inner in demand.children:
                steps |= self._supply_input(child, inner, alternatives)
        return steps

    def _supply_typename(
        self, position: Position, types: Types, alternatives: Alternatives, *, is_existence: bool = False
    ) -> set[Step]:
        demand = Demand(TYPENAME, types, alternatives, is_existence=is_existence)
        # Who enters an object anew may know some of its types only.
        return self.supply(position.origin, demand, is_input=True)


def _already_open(candidates: list[Candidate], types: Types, *, is_input: bool) -> Candidate | None:
    """Give the candidate that costs nothing, if there is one that gives all `types`: the common case, found fast.

    What is only an input must also come as early as from any other candidate, because a later level builds on it.
    """
    opened = [c for c in candidates if c[0].step is not None and c[1] == types]
    if not opened:
        return None
    best = min(opened, key=lambda c: c[0].level)
    return best if not is_input or all(best[0].level <= source.level for source, _ in candidates) else None


def _entered_already(
    position: Position, target: Target, inputs: list[Demand], level: int, alternatives: Alternatives
) -> Source | None:
    """Give the source of an entity call that can carry these inputs too."""
    for source in position.sources:
        if (
            source.key is not None
            and source.step is not None
            and source.schema is target.schema
            and source.static is target.static
            and source.types == target.covered
            and source.step.level >= level
            # A chain that is not always wanted stays apart, so that it is left out as a whole.
            and source.covered == alternatives
            and not have_conflict(source.step.inputs, inputs)
        ):
            return source
    return None


def _internal(demands: tuple[Demand, ...], names: Names, *, is_nullable: bool) -> list[Demand]:
    """Give demands of the planner's own, under response keys that nothing else has."""
    found = []
    for demand in demands:
        use = names.internal(demand.use)
        children = tuple(_internal(demand.children, names.child(use.response_key), is_nullable=is_nullable))
        found.append(replace(demand, use=use, children=children, is_nullable=is_nullable))
    return found
