"""Finds sources for all demands of an operation; `README.md` of this package has the algorithm as pseudocode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace

from graphql import SelectionSetNode

from federation.planner.demands import ALWAYS, TYPENAME, Alternatives, Demand, DemandReader, Types, absorb
from federation.planner.errors import QueryPlanningError
from federation.planner.options import PlanOptions, StepBudget
from federation.planner.sources import (
    Names,
    Position,
    SelectedObject,
    Source,
    Step,
    have_conflict,
    provided_below,
    resolvable,
)
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import Supergraph
from federation.supergraph.subgraph_schema import Key, SubgraphField, SubgraphSchema, SubgraphType, SubgraphTypeKind

Estimate = tuple[int, int]
"""(fetch level at which all is there, further fetches it takes)."""


class Target:
    """A type that can be entered by entity call: of which data types, in which subgraph, by which key."""

    __slots__ = ("key", "schema", "static", "types")

    def __init__(self, schema: SubgraphSchema, static: SubgraphType, key: Key, types: Types) -> None:
        self.schema = schema
        self.static = static
        self.key = key
        self.types = types


class Search:
    """One search; keeps the steps found so far."""

    def __init__(self, supergraph: Supergraph, reader: DemandReader, options: PlanOptions, budget: StepBudget) -> None:
        self._supergraph = supergraph
        self._reader = reader
        self._options = options
        self._labels = options.active_override_labels
        self._budget = budget
        self._fetches: dict[tuple[SubgraphName, int], int] = {}
        self._expanding: set[tuple[Position, str]] = set()
        self._requiring: set[tuple[Position, SubgraphName, str]] = set()
        query = supergraph.schema.query_type
        self._query_types = frozenset({query.name}) if query else frozenset()
        self._barrier: list[Step] = []
        self._first_level = 0
        self.steps: list[Step] = []
        self.depth = 0

    # -- demands ------------------------------------------------------------------------------------------------

    def root(self, type_name: str, names: Names, subgraphs: Iterable[SubgraphName]) -> Position:
        """Give the position of a root type, readable in `subgraphs`."""
        types = frozenset({type_name})
        position = Position(None, None, types, names)
        for name in subgraphs:
            schema = self._supergraph.subgraph_schemas[name]
            if (static := schema.types.get(type_name)) is not None:
                position.sources.append(Source(position, schema, static, types, self._first_level))
        return position

    def root_subgraphs(self, type_name: str, field_name: str) -> list[SubgraphName]:
        """Give the subgraphs that resolve a root field.

        Raises QueryPlanningError if there is none.
        """
        root = self.root(type_name, Names(frozenset()), self._supergraph.subgraphs)
        found = [s.schema.name for s in root.sources if resolvable(s, field_name, root.types, self._labels)]
        if not found:
            raise self._unreachable(field_name, root.types)
        return found

    def start_after(self, steps: list[Step]) -> None:
        """Have the next root steps wait for `steps`."""
        self._barrier = steps
        self._first_level = 1 + max((s.level for s in steps), default=-1)

    def trial(
        self, type_name: str, names: Names, subgraph: SubgraphName, demands: tuple[Demand, ...]
    ) -> tuple[int, int, int]:
        """Say what it would cost to ask `subgraph` for these root fields: failure, depth, fetches."""
        search = Search(self._supergraph, self._reader, self._options, self._budget)
        try:
            search.fulfil(search.root(type_name, deepcopy(names), [subgraph]), demands)
        except QueryPlanningError:
            return (1, 0, 0)
        return (0, search.depth, len(search.steps))

    def fulfil(self, position: Position, demands: tuple[Demand, ...]) -> None:
        """Find sources for the client's demands: those with the fewest alternatives first."""
        leaves = sorted(_leaves(demands, ()), key=lambda chain: self._alternatives_of(chain[-1]))
        for chain in leaves:
            self._fulfil_chain(position, chain)

    def _fulfil_chain(self, position: Position, chain: tuple[Demand, ...]) -> None:
        places = [position]
        for demand in chain[:-1]:
            places = [child for place in places for child in self._children(place, demand)]
        for place in places:
            self._supply(place, chain[-1], is_input=False)

    def _alternatives_of(self, demand: Demand) -> int:
        if demand.use.name == "__typename":
            return len(self._supergraph.subgraphs) + 1
        return min(self._resolver_count(t, demand.use.name) for t in demand.types)

    def _resolver_count(self, type_name: str, field_name: str) -> int:
        return sum(
            (field := view.fields.get(field_name)) is not None and not field.external and field.is_active(self._labels)
            for schema in self._supergraph.subgraph_schemas.values()
            for view in _views(schema, type_name)
        )

    def _supply(self, position: Position, demand: Demand, *, is_input: bool) -> set[Step]:
        """Take a leaf from the best sources; give the steps it comes from."""
        steps = set()
        remaining = demand.types & position.types
        while remaining:
            source, covered = self._choose(position, demand, remaining, is_input=is_input)
            self._materialise(source, demand.alternatives)
            assert source.selected is not None and source.step is not None
            source.selected.select(demand.use, covered, demand.alternatives)
            steps.add(source.step)
            remaining -= covered
        return steps

    def _choose(self, position: Position, demand: Demand, types: Types, *, is_input: bool) -> tuple[Source, Types]:
        self._spend()
        candidates = self._direct(position, demand, types)
        if (known := _already_open(candidates, types, is_input=is_input)) is not None:
            return known
        if not any(self._cost(source) == 0 for source, _ in candidates):
            self._expand(position, types)
            candidates = self._direct(position, demand, types)
        if not candidates:
            required = self._open_required(position, demand, types)
            if required is not None:
                return required, required.types & types
            candidates = self._from_ancestors(position, demand, types)
        if not candidates:
            raise self._unreachable(demand.use.name, types)
        return min(candidates, key=lambda c: self._rank(c[0], c[1], is_input=is_input))

    def _rank(self, source: Source, covered: Types, *, is_input: bool) -> tuple[int, int, int, int]:
        level = source.level
        return (level if is_input else max(level, self.depth), self._cost(source), level, -len(covered))

    def _direct(self, position: Position, demand: Demand, types: Types) -> list[tuple[Source, Types]]:
        found = []
        for source in position.sources:
            if not _is_open_for(source, demand.alternatives):
                continue
            covered = resolvable(source, demand.use.name, types, self._labels)
            if demand.is_existence:
                covered = types & source.types
            if covered:
                found.append((source, covered))
        return found

    def _from_ancestors(self, position: Position, demand: Demand, types: Types) -> list[tuple[Source, Types]]:
        ancestor = position.parent
        while ancestor is not None:
            self._expand(ancestor, ancestor.types)
            if found := self._direct(position, demand, types):
                return found
            ancestor = ancestor.parent
        return []

    def _unreachable(self, field_name: str, types: Types) -> QueryPlanningError:
        type_name = min(types)
        knowing = [
            s.name
            for s in self._supergraph.subgraph_schemas.values()
            for view in _views(s, type_name)
            if field_name in view.fields
        ]
        where = f"only known in {', '.join(knowing)}, which no key reaches from here" if knowing else "in no subgraph"
        return QueryPlanningError(f"{type_name}.{field_name}", f"the field is {where}")

    def _spend(self) -> None:
        self._budget.left -= 1
        if self._budget.left < 0:
            raise QueryPlanningError("the operation", "planning it takes too many steps")

    # -- positions ----------------------------------------------------------------------------------------------

    def _children(self, position: Position, demand: Demand) -> list[Position]:
        """Give the positions of a field's value: one, unless its object types are read from different sources."""
        types = demand.types & position.types
        if not types:
            return []
        if (child := self._child(position, demand, types)) is not None:
            return [child]
        self._expand(position, types)
        if (child := self._child(position, demand, types)) is not None:
            return [child]
        return [self._child_of_type(position, demand, frozenset({t})) for t in self._ordered(types)]

    def _child_of_type(self, position: Position, demand: Demand, types: Types) -> Position:
        child = self._child(position, demand, types)
        if child is None and self._open_required(position, demand, types) is not None:
            child = self._child(position, demand, types)
        if child is None and self._from_ancestors(position, demand, types):
            child = self._child(position, demand, types)
        if child is None:
            raise self._unreachable(demand.use.name, types)
        return child

    def _child(self, position: Position, demand: Demand, types: Types) -> Position | None:
        """Give the position of a field's value if some source gives it for all `types`."""
        key = (demand.use.response_key, demand.use.arguments, types)
        if key in position.children:
            return position.children[key]
        narrowed = replace(demand, types=types)
        derived = [d for s in position.sources if (d := self._derive(s, narrowed)) is not None]
        if not derived:
            return None
        child = Position(
            position,
            narrowed,
            _common_types(derived),
            position.names.child(demand.use.response_key),
        )
        position.children[key] = child
        for source in derived:
            self._attach(child, source)
        if child.types == self._query_types:
            self._attach_roots(child)
        return child

    def _attach_roots(self, position: Position) -> None:
        """Let a field that returns the query type, as some mutations' payloads have it, lead to all subgraphs."""
        level = 1 + min(source.level for source in position.sources)
        for schema in self._supergraph.subgraph_schemas.values():
            if (static := schema.types.get(min(self._query_types))) is not None:
                self._attach(position, Source(position, schema, static, self._query_types, level))

    def _derive(self, parent: Source, demand: Demand) -> Source | None:
        name = demand.use.name
        if (
            resolvable(
                parent,
                name,
                demand.types,
                self._labels,
            )
            != demand.types
        ):
            return None
        fields = _fields_of(parent, name, demand.types)
        statics = {f.type_name for f in fields}
        own = parent.static.fields.get(name)
        if len(statics) > 1 and own is None:
            return None
        static = parent.schema.types[next(iter(statics)) if len(statics) == 1 else own.type_name]  # type: ignore[union-attr]
        provided = provided_below(parent, fields[0], demand.types)
        types = static.possible_types & demand.child_types
        return Source(parent.position, parent.schema, static, types, parent.level, provided, parent, demand)

    def _attach(self, position: Position, source: Source) -> None:
        """Add a source to a position and, derived from it, to the positions below."""
        source.position = position
        source.types &= position.types
        position.sources.append(source)
        for child in position.children.values():
            if child.demand is not None and (derived := self._derive(source, child.demand)) is not None:
                self._attach(child, derived)

    def _ordered(self, types: Types) -> list[str]:
        return sorted(types)

    # -- entering subgraphs -------------------------------------------------------------------------------------

    def _expand(self, position: Position, types: Types) -> None:
        """Add, level by level, a source for each subgraph that can be entered from here."""
        for type_name in self._ordered(types & position.types):
            mark = (position, type_name)
            if type_name in position.expanded or mark in self._expanding:
                continue
            self._expanding.add(mark)
            self._enter_all(position, type_name)
            self._expanding.discard(mark)
            position.expanded.add(type_name)

    def _enter_all(self, position: Position, type_name: str) -> None:
        open_targets = list(self._targets(position, type_name))
        while True:
            self._spend()
            found: dict[tuple[SubgraphName, str], tuple[Estimate, Target]] = {}
            for target in open_targets:
                estimate = self._estimate_entry(position, target, None)
                entry = (target.schema.name, target.static.name)
                if estimate is not None and (entry not in found or estimate < found[entry][0]):
                    found[entry] = (estimate, target)
            if not found:
                return
            for (subgraph, entered), (estimate, target) in found.items():
                level = estimate[0] + 1
                types = target.types & target.static.possible_types
                self._attach(
                    position,
                    Source(position, target.schema, target.static, types, level, key=target.key),
                )
                position.entered.add((subgraph, entered, target.types))
            open_targets = [t for t in open_targets if (t.schema.name, t.static.name) not in found]

    def _targets(self, position: Position, type_name: str) -> Iterator[Target]:
        """Give the entries for objects of `type_name`, or for all of the position's as long as types are not known."""
        unknown = not self._is_typed(position, type_name)
        for schema in self._supergraph.subgraph_schemas.values():
            for view in self._entered_views(position, schema, type_name, by_interface=unknown):
                types = self._entered_types(position, view, type_name)
                if (schema.name, view.name, types) not in position.entered:
                    yield from (Target(schema, view, key, types) for key in view.keys if key.resolvable)

    def _is_typed(self, position: Position, type_name: str) -> bool:
        return any(s.knows_typename and type_name in s.types for s in position.sources)

    def _entered_types(self, position: Position, view: SubgraphType, type_name: str) -> Types:
        if view.name == type_name or self._is_typed(position, type_name):
            return frozenset({type_name})
        return position.types & view.possible_types

    def _entered_views(
        self, position: Position, schema: SubgraphSchema, type_name: str, *, by_interface: bool
    ) -> Iterator[SubgraphType]:
        yield from _views(schema, type_name)
        if by_interface:
            # Only an interface object was read so far: the interface's owner knows what the objects really are.
            names = dict.fromkeys(s.static.name for s in position.sources if s.static.is_interface_object)
            for name in names:
                view = schema.types.get(name)
                if view is not None and view.kind is SubgraphTypeKind.INTERFACE:
                    yield view

    def _estimate_entry(self, position: Position, target: Target, requires: SelectionSetNode | None) -> Estimate | None:
        demands = list(self._reader.read_field_set(target.key.selection, target.types))
        if requires is not None:
            demands += self._reader.read_field_set(requires, target.types)
        if target.static.name in target.types:
            demands.append(Demand(TYPENAME, target.types, ALWAYS))
        return self._estimate(position, demands, deep=requires is not None)

    def _estimate(self, position: Position, demands: Iterable[Demand], *, deep: bool) -> Estimate | None:
        level, cost = 0, 0
        for demand in demands:
            found = self._estimate_demand(position, demand, deep=deep)
            if found is None:
                return None
            level, cost = max(level, found[0]), cost + found[1]
        return level, cost

    def _estimate_demand(self, position: Position, demand: Demand, *, deep: bool) -> Estimate | None:
        self._spend()
        if demand.is_leaf:
            return self._estimate_leaf(position, demand, deep=deep)
        if not (types := demand.types & position.types):
            return (0, 0)
        child = self._child(position, demand, types)
        if child is None and deep:
            self._expand(position, types)
            child = self._child(position, demand, types)
        if child is not None:
            return self._estimate(child, demand.children, deep=True)
        if not deep:
            return None
        parts = [self._child(position, demand, frozenset({t})) for t in self._ordered(types)]
        if all(p is not None for p in parts):
            estimates = [self._estimate(p, demand.children, deep=True) for p in parts if p is not None]
            known = [e for e in estimates if e is not None]
            return max(known) if len(known) == len(parts) else None
        # Only a requirement leads there; how far it goes shows when it is opened.
        required = self._required_targets(position, demand.use.name, types)
        return min((e for _, e in required), default=None)

    def _estimate_leaf(self, position: Position, demand: Demand, *, deep: bool) -> Estimate | None:
        remaining = demand.types & position.types
        level, cost = 0, 0
        while remaining:
            candidates = self._direct(position, demand, remaining)
            if not candidates and deep:
                self._expand(position, remaining)
                candidates = self._direct(position, demand, remaining) or self._from_ancestors(
                    position, demand, remaining
                )
            if candidates:
                source, covered = min(candidates, key=lambda c: self._rank(c[0], c[1], is_input=True))
                level, cost = max(level, source.level), cost + self._cost(source)
            elif deep and (required := list(self._required_targets(position, demand.use.name, remaining))):
                target, estimate = min(required, key=lambda r: r[1])
                covered = target.types & remaining
                level, cost = max(level, estimate[0] + 1), cost + estimate[1] + 1
            else:
                return None
            remaining -= covered
        return level, cost

    def _cost(self, source: Source) -> int:
        if source.step is not None:
            return 0
        if source.parent is not None:
            return self._cost(source.parent)
        own = 0 if self._fetches.get((source.schema.name, source.level)) else 1
        if source.key is None:
            return own
        # Entering needs a key, so at least the cheapest way to read the position at all.
        return own + min((self._cost(s) for s in source.position.sources if s.key is None), default=0)

    # -- requirements -------------------------------------------------------------------------------------------

    def _required_targets(self, position: Position, field_name: str, types: Types) -> Iterator[tuple[Target, Estimate]]:
        """Give the entries where the field can be had once its requirements are sent along."""
        for schema in self._supergraph.subgraph_schemas.values():
            mark = (position, schema.name, field_name)
            if mark in self._requiring:
                continue
            self._requiring.add(mark)
            for type_name in self._ordered(types):
                for view in _views(schema, type_name):
                    field = view.fields.get(field_name)
                    if field is None or field.requires is None or field.external or not field.is_active(self._labels):
                        continue
                    entered = self._entered_types(position, view, type_name)
                    for key in view.keys:
                        target = Target(schema, view, key, entered)
                        if key.resolvable and (e := self._estimate_entry(position, target, field.requires)) is not None:
                            yield target, e
            self._requiring.discard(mark)

    def _open_required(self, position: Position, demand: Demand, types: Types) -> Source | None:
        """Enter the best subgraph whose field of this name has requirements, with these requirements."""
        field_name = demand.use.name
        self._expand(position, types)
        found = list(self._required_targets(position, field_name, types))
        if not found:
            return None
        target, _ = min(found, key=lambda f: f[1])
        field = target.static.fields[field_name]
        assert field.requires is not None
        mark = (position, target.schema.name, field_name)
        self._requiring.add(mark)
        source = self._enter_with(position, target, field, demand.alternatives)
        self._requiring.discard(mark)
        return source

    def _enter_with(
        self, position: Position, target: Target, field: SubgraphField, alternatives: Alternatives
    ) -> Source:
        assert field.requires is not None
        inputs = [
            *self._inputs(position, target.key.selection, target.types),
            *self._inputs(position, field.requires, target.types, is_nullable=True),
        ]
        steps = self._supply_inputs(position, target, inputs, alternatives)
        level = 1 + max(step.level for step in steps)
        for source in position.sources:
            step = source.step
            if (
                step is not None
                and source.key is not None
                and source.static is target.static
                and source.types == target.types & target.static.possible_types
                and source.schema is target.schema
                and step.level >= level
                # A chain that is not always wanted stays apart, so that it is left out as a whole.
                and source.covered == alternatives
                and not have_conflict(step.inputs, inputs)
            ):
                break
        else:
            source = Source(
                position,
                target.schema,
                target.static,
                target.types & target.static.possible_types,
                level,
                key=target.key,
            )
            self._open(source, level)
            self._attach(position, source)
            step = source.step
        assert step is not None
        self._add_inputs(step, inputs, steps)
        source.covered = alternatives
        step.alternatives = alternatives
        source.satisfied.add(field.name)
        for child in position.children.values():
            if child.demand and child.demand.use.name == field.name and (d := self._derive(source, child.demand)):
                self._attach(child, d)
        return source

    # -- steps --------------------------------------------------------------------------------------------------

    def _materialise(self, source: Source, alternatives: Alternatives) -> None:
        """Make the source part of the plan, for `alternatives`."""
        if source.selected is not None and absorb(source.covered | alternatives) == source.covered:
            return
        source.covered = absorb(source.covered | alternatives)
        if source.parent is not None and source.demand is not None:
            self._materialise(source.parent, alternatives)
            assert source.parent.selected is not None
            source.step = source.parent.step
            source.level = source.parent.level
            source.selected = source.selected or SelectedObject(source.schema, source.static, source.types)
            source.parent.selected.select(source.demand.use, source.demand.types, alternatives, source.selected)
            source.selected = source.parent.selected.fields[source.demand.use, source.demand.types].child
            return
        if source.key is not None:
            self._enter(source, alternatives)
        elif source.step is None:
            self._enter_root(source, alternatives)
        assert source.step is not None
        source.step.alternatives = absorb(source.step.alternatives | alternatives)

    def _enter_root(self, source: Source, alternatives: Alternatives) -> None:
        before = self._barrier
        if source.position.parent is not None:
            place = [s for s in source.position.sources if s.parent is not None]
            producer = min(place, key=lambda s: self._rank(s, s.types, is_input=True))
            self._materialise(producer, alternatives)
            assert producer.selected is not None and producer.step is not None
            producer.selected.select(TYPENAME, self._query_types, alternatives)
            before = [producer.step]
        step = self._open(source, max([source.level, *(1 + s.level for s in before)]))
        step.depends_on.update(dict.fromkeys(before))

    def _enter(self, source: Source, alternatives: Alternatives) -> None:
        assert source.key is not None
        step = source.step
        if step is None:
            inputs = self._inputs(source.position, source.key.selection, source.types)
            steps = self._supply_inputs(source.position, source, inputs, alternatives)
            step = self._open(source, 1 + max(s.level for s in steps))
            self._add_inputs(step, inputs, steps)
        else:
            steps = self._supply_inputs(source.position, source, step.inputs, alternatives)
            self._add_inputs(step, [], steps)

    def _open(self, source: Source, level: int) -> Step:
        source.level = level
        source.selected = SelectedObject(source.schema, source.static, source.types)
        source.step = Step(source.schema, source.position, source.selected, level, source.key is not None, source.types)
        self.steps.append(source.step)
        self.depth = max(self.depth, level)
        fetch = (source.schema.name, level)
        self._fetches[fetch] = self._fetches.get(fetch, 0) + 1
        return source.step

    def _inputs(
        self, position: Position, selection: SelectionSetNode, types: Types, *, is_nullable: bool = False
    ) -> list[Demand]:
        demands = self._reader.read_field_set(selection, types)
        return _internal(demands, position.names, is_nullable=is_nullable)

    def _add_inputs(self, step: Step, inputs: list[Demand], steps: set[Step]) -> None:
        known = {(d.use, d.types) for d in step.inputs}
        step.inputs.extend(d for d in inputs if not d.is_leaf or (d.use, d.types) not in known)
        step.depends_on.update(dict.fromkeys(sorted(steps, key=self.steps.index)))

    def _supply_inputs(
        self, position: Position, target: Source | Target, inputs: list[Demand], alternatives: Alternatives
    ) -> set[Step]:
        """Have the inputs fetched, and the entities' `__typename`; give the steps they come from."""
        types = frozenset().union(*(d.types for d in inputs))
        by_interface = target.static.name not in types
        steps = self._supply_typename(position, types, alternatives, is_existence=by_interface)
        for demand in inputs:
            steps |= self._supply_input(position, demand, alternatives)
        return steps

    def _supply_input(self, position: Position, demand: Demand, alternatives: Alternatives) -> set[Step]:
        demand = replace(demand, alternatives=alternatives)
        if demand.is_leaf:
            return self._supply(position, demand, is_input=True)
        steps: set[Step] = set()
        for child in self._children(position, demand):
            if len(demand.child_types) > 1:
                steps |= self._supply_typename(child, demand.child_types, alternatives)
            for inner in demand.children:
                steps |= self._supply_input(child, inner, alternatives)
        return steps

    def _supply_typename(
        self, position: Position, types: Types, alternatives: Alternatives, *, is_existence: bool = False
    ) -> set[Step]:
        demand = Demand(TYPENAME, types, alternatives, is_existence=is_existence)
        return self._supply(position, demand, is_input=True)


def _already_open(
    candidates: list[tuple[Source, Types]], types: Types, *, is_input: bool
) -> tuple[Source, Types] | None:
    """Give the candidate that costs nothing, if there is one that gives all `types`: the common case, found fast.

    What is only an input must also come as early as from any other candidate, because a later level builds on it.
    """
    open_candidates = [c for c in candidates if c[0].step is not None and c[1] == types]
    if not open_candidates:
        return None
    best = min(open_candidates, key=lambda c: c[0].level)
    return best if not is_input or all(best[0].level <= source.level for source, _ in candidates) else None


def _is_open_for(source: Source, alternatives: Alternatives) -> bool:
    """True unless the source hangs on requirements that would have to be fetched under wider conditions for it."""
    while source.parent is not None:
        source = source.parent
    return not source.satisfied or absorb(source.covered | alternatives) == source.covered


def _leaves(demands: tuple[Demand, ...], chain: tuple[Demand, ...]) -> Iterator[tuple[Demand, ...]]:
    for demand in demands:
        if demand.is_leaf:
            yield (*chain, demand)
        else:
            yield from _leaves(_with_existence(demand), (*chain, demand))


def _with_existence(demand: Demand) -> tuple[Demand, ...]:
    """Add a `__typename` where the children alone may not show that there is an object, or of which type it is."""
    narrowed = any(c.types < demand.child_types for c in demand.children)
    if narrowed:
        return (Demand(TYPENAME, demand.child_types, demand.alternatives), *demand.children)
    if any(c.alternatives == demand.alternatives for c in demand.children):
        return demand.children
    return (Demand(TYPENAME, demand.child_types, demand.alternatives, is_existence=True), *demand.children)


def _views(schema: SubgraphSchema, type_name: str) -> Iterator[SubgraphType]:
    """Give what `type_name` is in a subgraph: itself, and the interface objects that stand for it."""
    if (own := schema.types.get(type_name)) is not None:
        yield own
    for name in schema.interface_objects.get(type_name, ()):
        yield schema.types[name]


def _fields_of(source: Source, name: str, types: Types) -> list[SubgraphField]:
    """Give the field's definitions that apply to `types` in the source's subgraph."""
    if source.static.kind is SubgraphTypeKind.OBJECT:
        return [source.static.fields[name]]
    return [source.schema.types[t].fields[name] for t in sorted(types)]


def _common_types(sources: list[Source]) -> Types:
    """Give the object types a value can have: what all sources that are used agree on.

    Sources not yet in use are alternatives, so only what all of them know is asked for.
    """
    used = [s for s in sources if s.parent is not None and s.parent.step is not None]
    types = frozenset.intersection(*(s.types for s in used or sources))
    return types or frozenset().union(*(s.types for s in sources))


def _internal(demands: tuple[Demand, ...], names: Names, *, is_nullable: bool) -> list[Demand]:
    """Give demands of the planner's own, under response keys that nothing else has."""
    found = []
    for demand in demands:
        use = names.internal(demand.use)
        children = tuple(_internal(demand.children, names.child(use.response_key), is_nullable=is_nullable))
        found.append(replace(demand, use=use, children=children, is_nullable=is_nullable))
    return found
