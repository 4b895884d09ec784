"""Tells how a plan was found, stage by stage, as text: handed to the search, which reports each choice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from federation.planner.demands import ALWAYS, Alternatives, Demand, Types
from federation.planner.options import PlanOptions
from federation.planner.reach import Candidate, Rank
from federation.planner.sources import Position, Source, Step
from federation.query_plan.nodes import SubgraphName
from federation.query_plan.operations import path_text

_INDENT = "  "


class Explanation:
    """Gathers the lines; made for one planning and read when it is done.

    It takes note of values at once, because sources and steps go on changing.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def text(self) -> str:
        """Everything reported so far."""
        return "\n".join(self._lines) + "\n"

    # The stages.

    def demands_read(self, demands: tuple[Demand, ...]) -> None:
        self._lines.append("Demands: field {object types it is wanted of}, conditions")
        self._add_demands(demands, 1)

    def search_begun(self, options: PlanOptions) -> None:
        costs = ", ".join(f"{name} {cost:g}" for name, cost in options.fetch_costs.items())
        self._lines += ["", f"Search: a fetch costs {costs}, others 1" if costs else "Search: every fetch costs 1"]
        self._depth = 1

    def run_chosen(
        self, demands: Iterable[Demand], trials: Mapping[SubgraphName, tuple[bool, int, float]], chosen: SubgraphName
    ) -> None:
        """Root fields that are sent together, and what it would cost to send them to each subgraph that has them."""
        self._add(f"{', '.join(d.use.response_key for d in demands)} in one run")
        for name, (fails, depth, cost) in trials.items():
            told = "cannot give all below" if fails else f"depth {depth}, steps that cost {cost:g}"
            self._add(f"{name}: {told}{_mark(name == chosen)}", 1)

    def leaf_chosen(
        self,
        position: Position,
        demand: Demand,
        considered: Iterable[tuple[Candidate, Rank]],
        chosen: Source,
        reason: str | None,
    ) -> None:
        """A leaf, the sources considered for it, and why one was taken; without a reason, because of its rank."""
        ranked = list(considered)
        types = _types(demand.types & position.types, position.types)
        self._add(f"{_place(position, demand)}{types}{_when(demand.alternatives)}")
        for (source, covered), (depth, cost, level, _) in ranked:
            part = _types(covered, demand.types & position.types)
            told = "in the plan" if source.step is not None else f"further fetches cost {cost:g}"
            self._add(f"{_way(source)}{part}: depth {depth}, {told}, level {level}{_mark(source is chosen)}", 1)
        self._add(f"because {reason or _reason_of(ranked)}", 1)

    @contextmanager
    def entering(self, position: Position, subgraph: SubgraphName, what: str) -> Iterator[None]:
        """The inputs of an entity call are supplied meanwhile."""
        self._add(f"to enter {subgraph} at {_place(position)} with {what}:", 1)
        self._depth += 2
        yield
        self._depth -= 2

    def compacted(self, before: Mapping[Step, int], left: list[Step], groups: list[list[Step]]) -> None:
        """What compaction moved and joined, and the fetches that came of it."""
        self._lines += ["", "Compaction"]
        kept = set(left)
        for step, level in before.items():
            if step not in kept:
                self._add(f"{step.schema.name}, {_step(step)}: joined with the same at level {step.level}")
            elif step.level != level:
                self._add(f"{step.schema.name}, {_step(step)}: moved from level {level} to {step.level}")
        if all(step in kept and step.level == level for step, level in before.items()):
            self._add("nothing to move or join")
        self._lines += ["", "Fetches"]
        for number, group in enumerate(groups):
            steps = "; ".join(_step(step) for step in group)
            self._add(f"{number}. level {group[0].level}, {group[0].schema.name}: {steps}")

    def plan_chosen(self, weights: list[tuple[int, float, int]], chosen: int) -> None:
        """The plans of all searches by what is minimised."""
        self._lines += ["", "Choice: least depth, then least cost of fetches, then fewest fields"]
        for number, (depth, cost, fields) in enumerate(weights):
            told = f"search {number + 1}: depth {depth}, fetches cost {cost:g}, {fields} fields"
            self._add(f"{told}{_mark(number == chosen)}")

    # Writing.

    def _add(self, line: str, deeper: int = 0) -> None:
        self._lines.append(_INDENT * (self._depth + deeper) + line)

    def _add_demands(self, demands: tuple[Demand, ...], depth: int) -> None:
        for demand in demands:
            types = f" {{{','.join(sorted(demand.types))}}}"
            self._lines.append(f"{_INDENT * depth}{_field(demand)}{types}{_when(demand.alternatives)}")
            self._add_demands(demand.children, depth + 1)


def _reason_of(ranked: list[tuple[Candidate, Rank]]) -> str:
    if len(ranked) == 1:
        return "nobody else has it"
    ranks = sorted(rank for _, rank in ranked)
    if ranks[0] == ranks[1]:
        return "of the cheapest its subgraph has most of what else is wanted here"
    return "it has the least depth, then cost, then level"


def _mark(is_chosen: bool) -> str:
    return "  <- chosen" if is_chosen else ""


def _field(demand: Demand) -> str:
    use = demand.use
    alias = "" if use.response_key == use.name else f"{use.response_key}: "
    return f"{alias}{use.name}{use.arguments}"


def _place(position: Position, demand: Demand | None = None) -> str:
    names = [demand.use.response_key] if demand is not None else []
    while position.parent is not None and position.demand is not None:
        names.append(position.demand.use.response_key)
        position = position.parent
    return ".".join(reversed(names)) or "the root"


def _types(types: Types, of: Types) -> str:
    return "" if types >= of else f" {{{','.join(sorted(types))}}}"


def _when(alternatives: Alternatives) -> str:
    if alternatives == ALWAYS:
        return ""
    conjunctions = (
        " and ".join(f"{'' if c.value else 'not '}${c.variable}" for c in sorted(each, key=lambda c: c.variable))
        for each in alternatives
    )
    return f" when {' or '.join(sorted(conjunctions))}"


def _way(source: Source) -> str:
    """Say where a source comes from: the entity call or root field at the top of it."""
    top = source
    while top.parent is not None:
        top = top.parent
    if top.key is not None:
        return f"{source.schema.name}, entered at {_place(top.position)} by key {top.key.text!r}"
    return (
        f"{source.schema.name}, from its root" if top.position.parent is None else f"{source.schema.name}, from a root"
    )


def _step(step: Step) -> str:
    what = "entities at " if step.is_entity else ""
    return f"{what}{path_text(step.position.path_at(step.level)) or 'the root'} ({step.selected.static.name})"
