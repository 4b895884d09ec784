"""What a search knows and has found so far; everything that changes during planning is here or in the positions."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeAlias

from federation.planner.demands import Demand, DemandReader, Types
from federation.planner.errors import QueryPlanningError, UnreachableFieldError
from federation.planner.options import PlanOptions, StepBudget
from federation.planner.sources import Position, SelectedObject, Source, Step
from federation.query_plan.nodes import SubgraphName
from federation.supergraph import Supergraph
from federation.supergraph.subgraph_schema import SubgraphSchema, SubgraphType

if TYPE_CHECKING:
    from federation.planner.explain import Explanation

Fetches: TypeAlias = frozenset[tuple[SubgraphName, int]]
"""Fetches by subgraph and level."""

_NOTHING: Fetches = frozenset()


class SearchState:
    """The state of one search.

    Attributes:
        steps: in the order they were opened; `depth`: the highest level among them.
        explanation: is told of each choice; None if nobody wants to know.
        vague: sources of interface objects from which a `__typename` is read that is only the interface's name.
        found: how many sources were found; there is something new to learn only if it grew.
        barrier: the steps that root steps must wait for; `first_level`: the level root steps therefore have.
        come_along: the deferred fields for which no object is entered anew; None: that is so for all.
    """

    def __init__(
        self, supergraph: Supergraph, reader: DemandReader, options: PlanOptions, explanation: Explanation | None = None
    ) -> None:
        self.supergraph = supergraph
        self.reader = reader
        self.options = options
        self.explanation = explanation
        self.budget = StepBudget(options.max_steps)
        self.labels = options.active_override_labels
        self._costs = options.fetch_costs
        query = supergraph.schema.query_type
        self.query_types: Types = frozenset({query.name}) if query else frozenset()
        self.steps: list[Step] = []
        self.depth = 0
        self.barrier: list[Step] = []
        self.first_level = 0
        self.vague: list[Source] = []
        self.found = 0
        self.come_along: set[Demand] | None = set()
        self._fetches: set[tuple[SubgraphName, int]] = set()
        self._new_fetches: dict[Source, Fetches] = {}

    @property
    def schemas(self) -> Iterator[SubgraphSchema]:
        """All subgraphs' schemas, in the supergraph's order."""
        return iter(self.supergraph.subgraph_schemas.values())

    def may_enter_anew(self, demand: Demand) -> bool:
        """Whether the object of a deferred field is to be entered anew for it."""
        return self.come_along is not None and demand not in self.come_along

    def spend(self, steps: int = 1) -> None:
        """Count elementary steps.

        Raises QueryPlanningError when there were too many.
        """
        self.budget.left -= steps
        if self.budget.left < 0:
            raise QueryPlanningError("the operation", "planning it takes too many steps")

    def open_step(self, source: Source, level: int) -> Step:
        """Give `source` a step of its own at `level`."""
        source.level = level
        source.selected = SelectedObject(source.schema, source.static, source.types, source.position.names)
        source.step = Step(source.schema, source.position, source.selected, level, source.key is not None, source.types)
        self.steps.append(source.step)
        self.depth = max(self.depth, level)
        self._fetches.add((source.schema.name, level))
        self.forget_new_fetches()
        return source.step

    def forget_new_fetches(self) -> None:
        """Count new fetches anew: there is a new step, or a new way to read a position."""
        self._new_fetches.clear()

    def new_fetches(self, source: Source) -> Fetches:
        """Name the fetches that the plan would have in addition if `source` were used."""
        if source.step is not None:
            return _NOTHING
        found = self._new_fetches.get(source)
        if found is None:
            found = self._new_fetches[source] = self._count_new_fetches(source)
        return found

    def _count_new_fetches(self, source: Source) -> Fetches:
        if source.parent is not None:
            return self.new_fetches(source.parent)
        fetch = (source.schema.name, source.level)
        own = _NOTHING if fetch in self._fetches else frozenset({fetch})
        if source.key is None:
            return own
        # Entering needs a key, so at least the cheapest way to read the position at all.
        return own | min(map(self.new_fetches, source.position.outer_sources), key=self.cost)

    def cost(self, fetches: Collection[tuple[SubgraphName, int]]) -> float:
        """Say what fetches cost together."""
        if not self._costs:
            return len(fetches)
        # Summed in one order, for sums of fractions depend on it.
        return sum(self._costs.get(name, 1) for name, _ in sorted(fetches))

    def unreachable(self, position: Position, field_name: str, types: Types) -> UnreachableFieldError:
        """Give the error for a field that no source of the position gives."""
        type_name = min(types)
        known = {s.name: f for s in self.schemas for v in views(s, type_name) if (f := v.fields.get(field_name))}
        resolved = {name: field for name, field in known.items() if not field.external}
        where = f"only known in {', '.join(resolved)}, which no key reaches from here" if resolved else "in no subgraph"
        if any(field.is_conditional for field in resolved.values()):
            where += " with what the field requires"
        return UnreachableFieldError(f"{type_name}.{field_name}", f"the field is {where}", position, types)


def views(schema: SubgraphSchema, type_name: str) -> Iterator[SubgraphType]:
    """Give what an object type is in a subgraph: itself, and the interface objects that stand for it."""
    if (own := schema.types.get(type_name)) is not None:
        yield own
    for name in schema.interface_objects.get(type_name, ()):
        yield schema.types[name]
