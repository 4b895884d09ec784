"""Finds sources for all demands of an operation; `README.md` of this package has the algorithm as pseudocode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from graphql import is_non_null_type

from federation.planner.deferral import NOT_DEFERRED, Deferrals, deferrals_of, in_order
from federation.planner.demands import TYPENAME, Alternatives, Demand, absorb
from federation.planner.errors import NotEnteredAnewError, QueryPlanningError, UnreachableFieldError
from federation.planner.positions import Positions
from federation.planner.reach import Reach
from federation.planner.sources import Names, Position, Source, Step, resolvable
from federation.planner.state import SearchState, views
from federation.planner.supply import Supplier
from federation.query_plan.nodes import Deferral, SubgraphName

if TYPE_CHECKING:
    from federation.planner.explain import Explanation


class Search:
    """One search for the steps of a plan."""

    def __init__(self, state: SearchState) -> None:
        self._state = state
        self._alternatives: dict[Demand, int] = {}
        self._resolver_counts: dict[tuple[str, str], int] = {}
        self._twins: dict[tuple[Position, Deferrals], Position] = {}
        positions = Positions(state)
        self._reach = Reach(state, positions)
        self._supplier = Supplier(state, positions, self._reach)

    @property
    def steps(self) -> list[Step]:
        """The steps found so far."""
        return self._state.steps

    @property
    def explanation(self) -> Explanation | None:
        """What is told of each choice."""
        return self._state.explanation

    def root(self, type_name: str, names: Names, subgraphs: Iterable[SubgraphName]) -> Position:
        """Give the position of a root type, readable in `subgraphs`."""
        types = frozenset({type_name})
        position = Position(None, None, types, names)
        self._add_roots(position, subgraphs)
        return position

    def _add_roots(self, position: Position, subgraphs: Iterable[SubgraphName]) -> None:
        for name in subgraphs:
            schema = self._state.supergraph.subgraph_schemas[name]
            if (static := schema.types.get(min(position.types))) is not None:
                position.add(Source(position, schema, static, position.types, self._state.first_level))

    def fulfil(self, position: Position, demands: tuple[Demand, ...]) -> None:
        """Find sources for the client's demands: those with the fewest alternatives first.

        What has only one source decides which fetches there must be; the rest is then taken from these.
        """
        position.wanted = demands
        leaves = sorted(self._leaves(demands, ()), key=lambda chain: (_urgency(chain[-1]), self._freedom(chain)))
        for chain in leaves:
            while not self._supply_chain(position, chain):
                pass

    def _supply_chain(self, position: Position, chain: tuple[Demand, ...]) -> bool:
        """Supply a leaf; False if it is to be done again, because objects on the way are now told apart by type."""
        try:
            if self._state.reader.deferred:
                self._supply_deferred(position, chain)
            else:
                self._supply_below([position], chain)
        except UnreachableFieldError as error:
            if (shared := error.position.shared_above()) is None:
                raise
            shared.split_by_type()
            return False
        return True

    def _supply_below(self, places: list[Position], chain: tuple[Demand, ...]) -> None:
        for demand in chain[:-1]:
            places = [child for place in places for child in self._supplier.children(place, demand)]
        for place in places:
            self._supply(place, chain[-1])

    def _supply_deferred(self, position: Position, chain: tuple[Demand, ...]) -> None:
        """Supply a leaf; where something deferred begins, enter the object anew, so that nothing waits for it.

        What cannot be entered anew comes along with what is there.
        """
        places, within = [position], NOT_DEFERRED
        entered_for: Demand | None = None
        for demand in chain:
            wanted = deferrals_of(demand.alternatives)
            if wanted != within and not (demand.use == TYPENAME and demand is chain[-1]):
                within = wanted
                if self._state.may_enter_anew(demand):
                    entered_for = demand
                    places = [self._entered_anew(place, demand) for place in places]
            try:
                if demand is chain[-1]:
                    self._supply_leaf(places, demand, is_entered_anew=entered_for is not None)
                else:
                    places = [child for place in places for child in self._supplier.children(place, demand)]
            except UnreachableFieldError as error:
                if entered_for is None or error.position.shared_above() is not None:
                    raise
                raise NotEnteredAnewError(entered_for) from error

    def _supply_leaf(self, places: list[Position], leaf: Demand, *, is_entered_anew: bool) -> None:
        for place in places:
            if is_entered_anew:
                # That something is never there can be told where all sources are known.
                self._supplier.supply(place, leaf, is_input=False)
            else:
                self._supply(place, leaf)

    def _entered_anew(self, place: Position, demand: Demand) -> Position:
        """Give the position where a deferred field is read, and all that is deferred alike; else `place` itself.

        An object whose key is null cannot be entered. Where the field can be had without, that must not lose it.
        """
        deferrals = deferrals_of(demand.alternatives)
        twin = self._twins.get((place, deferrals))
        if twin is None:
            twin = self._twins[place, deferrals] = place.deferred_twin()
            if place.parent is None:
                self._add_roots(twin, dict.fromkeys(source.schema.name for source in place.sources))
            else:
                self._reach.expand(twin, twin.types)
        is_at_hand = any(
            resolvable(source, demand.use.name, demand.types, self._state.labels) for source in place.outer_sources
        )
        if not twin.sources or (is_at_hand and any(map(self._may_have_null_key, twin.sources))):
            return place
        return twin

    def _may_have_null_key(self, source: Source) -> bool:
        if source.key is None:
            return False
        return self._may_be_null(self._state.reader.read_field_set(source.key.selection, source.types))

    def _may_be_null(self, demands: Iterable[Demand]) -> bool:
        return any(
            not is_non_null_type(self._state.reader.return_type(name, demand.use.name))
            or self._may_be_null(demand.children)
            for demand in demands
            for name in demand.types
            if demand.use != TYPENAME
        )

    def _supply(self, place: Position, leaf: Demand) -> None:
        try:
            self._supplier.supply(place, leaf, is_input=False)
        except UnreachableFieldError as error:
            if place.can_hold(error.types):
                raise
        except RecursionError:
            coordinate = f"{min(leaf.types)}.{leaf.use.name}"
            raise QueryPlanningError(
                coordinate, "its selections, or the keys that lead to it, are too deep in each other"
            ) from None

    def root_subgraphs(self, type_name: str, field_name: str) -> list[SubgraphName]:
        """Give the subgraphs that resolve a root field.

        Raises QueryPlanningError if there is none.
        """
        root = self.root(type_name, Names(frozenset()), self._state.supergraph.subgraphs)
        found = [s.schema.name for s in root.sources if resolvable(s, field_name, root.types, self._state.labels)]
        if not found:
            raise self._state.unreachable(root, field_name, root.types)
        return found

    def start_after(self, steps: list[Step]) -> None:
        """Have the next root steps wait for `steps`."""
        self._state.barrier = steps
        self._state.first_level = 1 + max((s.level for s in steps), default=-1)

    def trial(
        self, type_name: str, names: Names, subgraph: SubgraphName, demands: tuple[Demand, ...]
    ) -> tuple[bool, int, float]:
        """Say what it would cost to ask `subgraph` for these root fields: whether it fails, depth, steps."""
        state = SearchState(self._state.supergraph, self._state.reader, self._state.options)
        state.budget = self._state.budget
        state.come_along = self._state.come_along
        search = Search(state)
        try:
            search.fulfil(search.root(type_name, deepcopy(names), [subgraph]), demands)
        except QueryPlanningError:
            return (True, 0, 0)
        return (False, state.depth, state.cost([(step.schema.name, step.level) for step in state.steps]))

    def _leaves(self, demands: tuple[Demand, ...], chain: tuple[Demand, ...]) -> Iterator[tuple[Demand, ...]]:
        for demand in demands:
            if demand.is_leaf:
                yield (*chain, demand)
            else:
                # An object of a hidden type is null for the client, so its type must be known in any case.
                may_be_hidden = not demand.child_types.isdisjoint(self._state.supergraph.hidden_types)
                yield from self._leaves(_with_existence(demand, is_typed=may_be_hidden), (*chain, demand))

    def _freedom(self, chain: tuple[Demand, ...]) -> tuple[int, int, int]:
        """Say how many subgraphs could give a leaf: by the field above it that has fewest, the root field, itself."""
        counts = [self._alternatives_of(demand) for demand in chain]
        return min(counts), counts[0], counts[-1]

    def _alternatives_of(self, demand: Demand) -> int:
        known = self._alternatives.get(demand)
        if known is None:
            counts = (self._resolver_count(t, demand.use.name) for t in demand.types)
            known = len(self._state.supergraph.subgraphs) + 1 if demand.use == TYPENAME else min(counts)
            self._alternatives[demand] = known
        return known

    def _resolver_count(self, type_name: str, field_name: str) -> int:
        field = (type_name, field_name)
        if field not in self._resolver_counts:
            self._resolver_counts[field] = self._count_resolvers(type_name, field_name)
        return self._resolver_counts[field]

    def _count_resolvers(self, type_name: str, field_name: str) -> int:
        return sum(
            (field := view.fields.get(field_name)) is not None
            and not field.external
            and field.is_active(self._state.labels)
            for schema in self._state.schemas
            for view in views(schema, type_name)
        )


def _urgency(leaf: Demand) -> tuple[Deferral, ...]:
    """Have first what is not deferred, then outer deferred fields before inner ones."""
    return in_order(deferrals_of(leaf.alternatives))


def _with_object(alternatives: Alternatives, demand: Demand) -> Alternatives:
    """Have the type of an object known as soon as the object is: which deferred fragments apply depends on it."""
    if deferrals_of(alternatives) == deferrals_of(demand.alternatives):
        return alternatives
    return demand.alternatives


def _with_existence(demand: Demand, *, is_typed: bool) -> tuple[Demand, ...]:
    """Add a `__typename` where the children alone may not show that there is an object, or of which type it is."""
    if is_typed:
        return (Demand(TYPENAME, demand.child_types, demand.alternatives), *demand.children)
    added = []
    if some := [child.alternatives for child in demand.children if child.types < demand.child_types]:
        added.append(Demand(TYPENAME, demand.child_types, _with_object(absorb(frozenset().union(*some)), demand)))
    if all(child.alternatives != demand.alternatives for child in (*added, *demand.children)):
        added.append(Demand(TYPENAME, demand.child_types, demand.alternatives, is_existence=True))
    return (*added, *demand.children)
