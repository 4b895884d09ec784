"""In: a supergraph and a valid operation. Out: an immutable query plan, or a `QueryPlanningError`.

Pure and deterministic; the error (`QUERY_PLANNING_FAILED`) names the field and the reason.
"""
