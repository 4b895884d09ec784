"""Plans one operation."""

from __future__ import annotations

from graphql import DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, OperationType

from federation.planner.compact import compact
from federation.planner.demands import Demand, DemandReader
from federation.planner.errors import QueryPlanningError
from federation.planner.fetches import FetchWriter, fetch_groups
from federation.planner.options import PlanOptions, StepBudget
from federation.planner.roots import fulfil_in_order
from federation.planner.search import Search
from federation.planner.sources import Names
from federation.planner.state import SearchState
from federation.planner.typenames import settle_typenames
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.supergraph import Supergraph


def plan_operation(
    supergraph: Supergraph,
    document: DocumentNode,
    operation_name: str | None = None,
    options: PlanOptions = PlanOptions(),  # noqa: B008 - frozen
) -> QueryPlan:
    """Plan an operation of a document that is valid against the API schema.

    Raises QueryPlanningError (`QUERY_PLANNING_FAILED`) if a field cannot be reached or planning takes too long.
    """
    operation = _find_operation(document, operation_name)
    budget = StepBudget(options.max_steps)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    reader = DemandReader(supergraph.schema, supergraph.possible_types, fragments, budget)
    root_type = supergraph.schema.get_root_type(operation.operation)
    if root_type is None:
        raise QueryPlanningError("the operation", f"the graph has no {operation.operation.value} type")
    demands = _fetched(reader.read(operation.selection_set, frozenset({root_type.name}), frozenset()))
    taken = _names_in(demands)
    names = Names(taken)
    names.register(demands)
    state = SearchState(supergraph, reader, options, budget)
    search = Search(state)
    if operation.operation is OperationType.QUERY:
        search.fulfil(search.root(root_type.name, names, supergraph.subgraphs), demands)
    else:
        fulfil_in_order(search, root_type.name, names, demands)
    settle_typenames(state)
    kind = OperationKind(operation.operation.value)
    return QueryPlan(kind, FetchWriter(operation, kind, taken).write(fetch_groups(compact(state.steps))))


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


def _names_in(demands: tuple[Demand, ...]) -> frozenset[str]:
    return (
        frozenset().union(*({d.use.response_key} | _names_in(d.children) for d in demands)) if demands else frozenset()
    )
