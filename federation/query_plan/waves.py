"""Orders the fetches of a plan in waves: a fetch stands one wave after the last of those it depends on."""

from __future__ import annotations

from federation.query_plan.nodes import FetchId, FetchNode, QueryPlan


def waves(plan: QueryPlan) -> list[list[FetchNode]]:
    """Give the fetches of each wave, in the plan's order."""
    wave_of: dict[FetchId, int] = {}
    found: list[list[FetchNode]] = []
    for fetch in plan.fetches:
        wave = max((wave_of[d] + 1 for d in fetch.depends_on), default=0)
        wave_of[fetch.id] = wave
        if wave == len(found):
            found.append([])
        found[wave].append(fetch)
    return found
