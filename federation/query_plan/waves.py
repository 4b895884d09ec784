"""Orders the fetches of a plan in waves: a fetch stands one wave after the last of those it depends on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from federation.query_plan.nodes import DeferredPart, FetchId, FetchNode, QueryPlan


@dataclass(frozen=True, slots=True)
class DeferredWaves:
    """What is fetched for a deferred part and not before.

    Attributes:
        waves: empty if all it needs is fetched for the initial result or for a part before it.
        depends_on: the fetches of other parts that it waits for.
    """

    part: DeferredPart
    waves: list[list[FetchNode]]
    depends_on: tuple[FetchId, ...]


def waves(plan: QueryPlan) -> list[list[FetchNode]]:
    """Give the fetches of each wave, in the plan's order; of a plan that defers something, of the initial result."""
    return _waves(fetch for fetch in plan.fetches if fetch.is_needed_by(()))


def deferred_waves(plan: QueryPlan) -> list[DeferredWaves]:
    """Give the fetches of each deferred part; one that several parts need stands with the first of them."""
    left = [fetch for fetch in plan.fetches if not fetch.is_needed_by(())]
    found = []
    for part in plan.deferred:
        needed = [fetch for fetch in left if fetch.is_needed_by(part.deferral)]
        own = {fetch.id for fetch in needed}
        others = {d for fetch in needed for d in fetch.depends_on if d not in own}
        if not needed:  # it waits for what is fetched for others, or for nothing
            others = {f.id for f in plan.fetches if f.deferrals and f.is_needed_by(part.deferral)}
        found.append(DeferredWaves(part, _waves(needed), tuple(sorted(others))))
        left = [fetch for fetch in left if fetch not in needed]
    return found


def _waves(fetches: Iterable[FetchNode]) -> list[list[FetchNode]]:
    wave_of: dict[FetchId, int] = {}
    found: list[list[FetchNode]] = []
    for fetch in fetches:
        wave = max((wave_of[d] + 1 for d in fetch.depends_on if d in wave_of), default=0)
        wave_of[fetch.id] = wave
        if wave == len(found):
            found.append([])
        found[wave].append(fetch)
    return found
