"""Finds sources for all demands of an operation; `README.md` of this package has the algorithm as pseudocode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from federation.planner.demands import TYPENAME, Demand, absorb
from federation.planner.errors import QueryPlanningError, UnreachableFieldError
from federation.planner.positions import Positions
from federation.planner.reach import Reach
from federation.planner.sources import Names, Position, Source, Step, resolvable
from federation.planner.state import SearchState, views
from federation.planner.supply import Supplier
from federation.query_plan.nodes import SubgraphName

if TYPE_CHECKING:
    from federation.planner.explain import Explanation


class Search:
    """One search for the steps of a plan."""

    def __init__(self, state: SearchState) -> None:
        self._state = state
        self._alternatives: dict[Demand, int] = {}
        self._resolver_counts: dict[tuple[str, str], int] = {}
        positions = Positions(state)
        self._supplier = Supplier(state, positions, Reach(state, positions))

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
        for name in subgraphs:
            schema = self._state.supergraph.subgraph_schemas[name]
            if (static := schema.types.get(type_name)) is not None:
                position.add(Source(position, schema, static, types, self._state.first_level))
        return position

    def fulfil(self, position: Position, demands: tuple[Demand, ...]) -> None:
        """Find sources for the client's demands: those with the fewest alternatives first.

        What has only one source decides which fetches there must be; the rest is then taken from these.
        """
        position.wanted = demands
        leaves = sorted(_leaves(demands, ()), key=self._freedom)
        for chain in leaves:
            places = [position]
            for demand in chain[:-1]:
                places = [child for place in places for child in self._supplier.children(place, demand)]
            for place in places:
                self._supply(place, chain[-1])

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
            raise self._state.unreachable(field_name, root.types)
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
        search = Search(state)
        try:
            search.fulfil(search.root(type_name, deepcopy(names), [subgraph]), demands)
        except QueryPlanningError:
            return (True, 0, 0)
        return (False, state.depth, state.cost([(step.schema.name, step.level) for step in state.steps]))

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


def _leaves(demands: tuple[Demand, ...], chain: tuple[Demand, ...]) -> Iterator[tuple[Demand, ...]]:
    for demand in demands:
        if demand.is_leaf:
            yield (*chain, demand)
        else:
            yield from _leaves(_with_existence(demand), (*chain, demand))


def _with_existence(demand: Demand) -> tuple[Demand, ...]:
    """Add a `__typename` where the children alone may not show that there is an object, or of which type it is."""
    added = []
    if some := [child.alternatives for child in demand.children if child.types < demand.child_types]:
        added.append(Demand(TYPENAME, demand.child_types, absorb(frozenset().union(*some))))
    if all(child.alternatives != demand.alternatives for child in (*added, *demand.children)):
        added.append(Demand(TYPENAME, demand.child_types, demand.alternatives, is_existence=True))
    return (*added, *demand.children)
