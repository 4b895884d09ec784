"""Plans the root fields of mutations and subscriptions: in query order, each called exactly once."""

from __future__ import annotations

from dataclasses import dataclass

from federation.planner.deferral import NOT_DEFERRED, deferrals_of
from federation.planner.demands import Demand
from federation.planner.search import Search
from federation.planner.sources import Names
from federation.query_plan.nodes import SubgraphName


@dataclass(slots=True)
class _Run:
    """Neighbouring root fields that one of `subgraphs` can resolve all together."""

    subgraphs: list[SubgraphName]
    demands: list[Demand]


def fulfil_in_order(search: Search, type_name: str, names: Names, demands: tuple[Demand, ...]) -> None:
    """Find sources so that a root field starts only when all that belongs to the one before is there.

    Source: GraphQL specification, serial execution of mutations.
    """
    for run in _runs(search, type_name, demands):
        wanted = tuple(run.demands)
        trials = {s: search.trial(type_name, names, s, wanted) for s in run.subgraphs} if run.subgraphs[1:] else {}
        chosen = min(trials, key=lambda s: trials[s]) if trials else run.subgraphs[0]
        if search.explanation is not None:
            search.explanation.run_chosen(wanted, trials, chosen)
        before = [step for step in search.steps if deferrals_of(step.alternatives) == NOT_DEFERRED]
        search.start_after(before)
        search.fulfil(search.root(type_name, names, [chosen]), wanted)


def _runs(search: Search, type_name: str, demands: tuple[Demand, ...]) -> list[_Run]:
    runs: list[_Run] = []
    for demand in demands:
        able = search.root_subgraphs(type_name, demand.use.name)
        common = [s for s in runs[-1].subgraphs if s in able] if runs else []
        if common:
            runs[-1].subgraphs = common
            runs[-1].demands.append(demand)
        else:
            runs.append(_Run(able, [demand]))
    return runs
