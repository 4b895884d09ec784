"""Plans one operation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode

from federation.planner.compact import compact
from federation.planner.deferral import deferral_of, deferred_by, refuse_what_hangs_together, settle_deferrals
from federation.planner.demands import Demand, DemandReader, Marks
from federation.planner.errors import NotDeferrableError, NotEnteredAnewError, QueryPlanningError, UnreachableFieldError
from federation.planner.explain import Explanation
from federation.planner.fetches import FetchWriter, fetch_groups
from federation.planner.options import PlanOptions, StepBudget
from federation.planner.response_keys import find_typename_key
from federation.planner.roots import fulfil_in_order
from federation.planner.search import Search
from federation.planner.sources import Names, SelectedObject, Step
from federation.planner.state import SearchState
from federation.planner.streaming import find_streams, leave_out_required
from federation.planner.typenames import settle_typenames
from federation.query_plan.incremental import deferred_fragments, label_of, number_defers, number_streams
from federation.query_plan.nodes import Deferral, DeferredPart, OperationKind, QueryPlan
from federation.supergraph import Supergraph

_MAX_SEARCHES_AGAIN = 8
"""So often it is tried to have deferred fields without those that come along; then all come along."""

Groups: TypeAlias = list[list[Step]]
"""The steps of a plan by fetch."""


def plan_operation(
    supergraph: Supergraph,
    document: DocumentNode,
    operation_name: str | None = None,
    options: PlanOptions = PlanOptions(),  # noqa: B008 - frozen
    explanation: Explanation | None = None,
) -> QueryPlan:
    """Plan an operation of a document that is valid against the API schema; an `explanation` is told how.

    Raises QueryPlanningError (`QUERY_PLANNING_FAILED`) if a field cannot be reached or planning takes too long.
    """
    try:
        return _plan(supergraph, document, _find_operation(document, operation_name), options, explanation)
    except RecursionError:
        raise QueryPlanningError("the operation", "its selections are too deep in each other") from None


def _plan(
    supergraph: Supergraph,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    options: PlanOptions,
    explanation: Explanation | None,
) -> QueryPlan:
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    typename_key = find_typename_key(document)
    budget = StepBudget(options.max_steps)
    defers = {node: deferred_by(number) for node, number in number_defers(document).items()}
    reader = DemandReader(supergraph, fragments, budget, typename_key, Marks(defers, number_streams(document)))
    finder = _Finder(supergraph, operation, options, explanation)
    try:
        groups = finder.find(reader)
    except (NotDeferrableError, UnreachableFieldError):
        if not reader.deferred:
            raise
        groups = finder.find(DemandReader(supergraph, fragments, budget, typename_key))
    fetches = FetchWriter(operation, finder.kind, finder.taken, options.without_fragments).write(groups)
    streamed = leave_out_required(find_streams(document, finder.demands), fetches)
    return QueryPlan(finder.kind, fetches, typename_key, _deferred_parts(document, reader), streamed)


class _Finder:
    """Finds the steps of one operation's plan, in groups of one fetch each.

    Attributes:
        demands: what the client wants; known, like the others, when something was found.
        taken: the client's response keys.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        operation: OperationDefinitionNode,
        options: PlanOptions,
        explanation: Explanation | None,
    ) -> None:
        self._supergraph = supergraph
        self._operation = operation
        self._options = options
        self._explanation = explanation
        self.kind = OperationKind(operation.operation.value)
        self.demands: tuple[Demand, ...] = ()
        self.taken: frozenset[str] = frozenset()

    def find(self, reader: DemandReader) -> Groups:
        """Find them for what `reader` reads."""
        root_type = self._supergraph.schema.get_root_type(self._operation.operation)
        if root_type is None:
            raise QueryPlanningError("the operation", f"the graph has no {self.kind.value} type")
        demands = _fetched(reader.read(self._operation.selection_set, frozenset({root_type.name}), frozenset()))
        self.demands = self.demands or demands  # read again for all at once, they say nothing of parts
        self.taken = frozenset(_names_in(demands))
        if self._explanation is not None:
            self._explanation.demands_read(demands)
        found = [self._search_deferring(reader, tried, root_type.name, demands) for tried in _tried(self._options)]
        return _best(found, self._options, self._explanation) if len(found) > 1 else found[0]

    def _search_deferring(
        self, reader: DemandReader, options: PlanOptions, root_type: str, demands: tuple[Demand, ...]
    ) -> Groups:
        """Search; where an object cannot be entered anew for a deferred field, search again without entering it."""
        come_along: set[Demand] = set()
        budget = StepBudget(options.max_steps)
        while True:
            state = SearchState(self._supergraph, reader, options, self._explanation)
            state.budget = budget
            state.come_along = come_along if len(come_along) < _MAX_SEARCHES_AGAIN else None
            try:
                return _search(state, root_type, demands, self.taken)
            except NotEnteredAnewError as error:
                come_along.add(error.demand)


def _tried(options: PlanOptions) -> list[PlanOptions]:
    """Give the options to search with: each choice is made for itself, so dear fetches together may still be fewer."""
    return [options, replace(options, fetch_costs={})] if options.fetch_costs else [options]


def _deferred_parts(document: DocumentNode, reader: DemandReader) -> tuple[DeferredPart, ...]:
    nodes = list(deferred_fragments(document))
    found: dict[Deferral, DeferredPart] = {}
    for (condition, conditions), path in reader.deferred.items():
        (number,) = deferral_of(frozenset({condition}))
        around = deferral_of(conditions) - {number}
        deferral = (*sorted(around), number)
        found.setdefault(deferral, DeferredPart(deferral, label_of(nodes[number]), path))
    return tuple(sorted(found.values(), key=lambda part: (len(part.deferral), part.deferral)))


def _search(state: SearchState, root_type: str, demands: tuple[Demand, ...], taken: frozenset[str]) -> Groups:
    """Find the steps of a plan, in groups of one fetch each."""
    names = Names(taken)
    names.register(demands)
    search = Search(state)
    if state.explanation is not None:
        state.explanation.search_begun(state.options)
    if root_type in state.query_types:
        search.fulfil(search.root(root_type, names, state.supergraph.subgraphs), demands)
    else:
        fulfil_in_order(search, root_type, names, demands)
    settle_typenames(state)
    if state.reader.deferred:
        refuse_what_hangs_together(state.steps)
        settle_deferrals(state.steps)
    before = {step: step.level for step in state.steps}
    steps = compact(state.steps)
    groups = fetch_groups(steps)
    if state.explanation is not None:
        state.explanation.compacted(before, steps, groups)
    return groups


def _best(found: list[Groups], options: PlanOptions, explanation: Explanation | None) -> Groups:
    weights = [_weight(groups, options) for groups in found]
    chosen = weights.index(min(weights))
    if explanation is not None:
        explanation.plan_chosen(weights, chosen)
    return found[chosen]


def _weight(groups: Groups, options: PlanOptions) -> tuple[int, float, int]:
    """Order plans: the depth, the fetches by their costs, the selected fields."""
    depth = max((group[0].level for group in groups), default=0)
    fetches = sum(options.fetch_costs.get(group[0].schema.name, 1) for group in groups)
    return depth, fetches, sum(_count_fields(step.selected) for group in groups for step in group)


def _count_fields(selected: SelectedObject) -> int:
    return sum(1 + (_count_fields(item.child) if item.child else 0) for item in selected.fields.values())


def _find_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    found = [o for o in operations if name is None or (o.name is not None and o.name.value == name)]
    if len(found) != 1:
        raise QueryPlanningError(
            "the operation", f"the document has no operation {name}" if name else "name one of several"
        )
    return found[0]


def _fetched(demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
    """Leave out what the executor answers itself: introspection and the root's `__typename`."""
    return tuple(d for d in demands if not d.use.name.startswith("__"))


def _names_in(demands: tuple[Demand, ...]) -> Iterator[str]:
    for demand in demands:
        yield demand.use.response_key
        yield from _names_in(demand.children)
