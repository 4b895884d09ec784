"""In: nothing. Out: the frozen nodes of a query plan, their text (`pretty`) and their JSON for Apollo's tools.

The planner makes these values, the executor compiles them; the two meet nowhere else.
"""

from federation.query_plan.json import to_json
from federation.query_plan.pretty import pretty

__all__ = ["pretty", "to_json"]
