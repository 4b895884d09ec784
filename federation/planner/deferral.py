"""What is deferred: `@defer` as a condition of demands, until the steps are known.

A field in a deferred fragment is wanted under a condition of its own, which stands beside those of `@include` and
`@skip`. So a field that is wanted anyway is not deferred, and one of two fragments belongs to both. A step that only
deferred fields need has such conditions alone; they end here as `Step.deferrals` and are never written.
"""

from __future__ import annotations

from collections.abc import Iterable

from federation.planner.demands import Alternatives, Conjunction, absorb
from federation.planner.errors import NotDeferrableError
from federation.planner.sources import SelectedObject, Step
from federation.query_plan.nodes import Condition, Deferral

_MARK = "@defer "
"""No variable's name begins so."""

Deferrals = frozenset[frozenset[int]]
"""The `@defer`s under which something is wanted, in disjunctive form."""

NOT_DEFERRED: Deferrals = frozenset({frozenset()})


def deferred_by(number: int) -> Condition:
    """Give the condition of the `@defer` of this number."""
    return Condition(f"{_MARK}{number:06}", value=True)


def deferral_of(conditions: Conjunction) -> frozenset[int]:
    """Give the numbers of the `@defer`s among conditions."""
    return frozenset(int(c.variable[len(_MARK) :]) for c in conditions if c.variable.startswith(_MARK))


def deferrals_of(alternatives: Alternatives) -> Deferrals:
    """Give what defers something that is wanted under these alternatives; `NOT_DEFERRED` if any of them does not."""
    found = frozenset(map(deferral_of, alternatives))
    return frozenset(each for each in found if not any(other < each for other in found)) or NOT_DEFERRED


def in_order(deferrals: Deferrals) -> tuple[Deferral, ...]:
    """Give deferrals as a plan has them, fewest first; none for what is not deferred."""
    if deferrals == NOT_DEFERRED:
        return ()
    return tuple(sorted((tuple(sorted(each)) for each in deferrals), key=lambda each: (len(each), each)))


def settle_deferrals(steps: Iterable[Step]) -> None:
    """Note of each step what defers it, and take these conditions away: what a fetch selects it selects at once."""
    for step in steps:
        step.deferrals = in_order(deferrals_of(step.alternatives))
        step.alternatives = _without_deferrals(step.alternatives)
        _settle(step.selected)


def refuse_what_hangs_together(steps: Iterable[Step]) -> None:
    """Raise NotDeferrableError if objects entered anew might not be what they are where they stand.

    An entity entered anew is one for all its places, below which contextual values may differ; and what an interface
    object says of an object's type is only right together with what others say.
    """
    if any(step.contexts or _reads_interface_object(step.selected) for step in steps):
        raise NotDeferrableError


def _reads_interface_object(selected: SelectedObject) -> bool:
    children = (item.child for item in selected.fields.values())
    return selected.static.is_interface_object or any(_reads_interface_object(child) for child in children if child)


def _settle(selected: SelectedObject) -> None:
    for item in selected.fields.values():
        item.alternatives = _without_deferrals(item.alternatives)
        if item.child is not None:
            _settle(item.child)


def _without_deferrals(alternatives: Alternatives) -> Alternatives:
    return absorb(frozenset(frozenset(c for c in each if not c.variable.startswith(_MARK)) for each in alternatives))
