"""What a caller may decide about planning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from federation.query_plan.nodes import SubgraphName

# An operation of 100 fields over 18 fetches takes about 3,000; a hostile one ends in an error within seconds.
DEFAULT_MAX_STEPS = 50_000


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """Options of `plan_operation`; equal options give equal plans.

    Attributes:
        active_override_labels: the labels of progressive overrides that hold for this request.
        fetch_costs: what a fetch of a subgraph costs, greater than 0; of those not named, 1.
        without_fragments: subgraphs whose operations are written out in full, however often a selection set repeats.
        max_steps: planning ends with an error after so many elementary steps.
    """

    active_override_labels: frozenset[str] = frozenset()
    fetch_costs: Mapping[SubgraphName, float] = field(default_factory=lambda: MappingProxyType({}))
    without_fragments: frozenset[SubgraphName] = frozenset()
    max_steps: int = DEFAULT_MAX_STEPS


class StepBudget:
    """Counts the elementary steps of one planning; lives as long as it."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps
