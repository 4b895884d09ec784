"""In: a supergraph and a valid operation. Out: an immutable query plan, or a `QueryPlanningError`.

Pure and deterministic; the error (`QUERY_PLANNING_FAILED`) names the field and the reason.
"""

from federation.planner.errors import QueryPlanningError
from federation.planner.explain import Explanation
from federation.planner.options import PlanOptions
from federation.planner.plan_operation import plan_operation

__all__ = ["Explanation", "PlanOptions", "QueryPlanningError", "plan_operation"]
