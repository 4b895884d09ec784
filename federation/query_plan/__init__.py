"""In: nothing. Out: the frozen nodes of a query plan, their text (`pretty`) and their JSON for Apollo's tools.

The planner makes these values, the executor compiles them; the two meet nowhere else.
"""
