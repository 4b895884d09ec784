"""Keeps the name of an interface from taking the place of an object's type.

An interface object's subgraph answers `__typename` with the interface's name. That is good enough to enter other
subgraphs by the interface, but where another fetch reads the object's own type as early, that one must stand alone.
"""

from __future__ import annotations

from federation.planner.demands import TYPENAME
from federation.planner.sources import Source, Step
from federation.planner.state import SearchState


def settle_typenames(state: SearchState) -> None:
    """Have of each object its own type's name last: whichever answer comes first, no vague name may follow it."""
    for source in dict.fromkeys(state.vague):
        if source.step is None or source.selected is None:
            continue
        typed = [s.step for s in source.position.all_sources() if s.knows_typename and s.step is not None]
        level = source.step.level
        if early := [step for step in typed if step.level <= level]:
            _leave_out(state, source, min(early, key=lambda step: step.level))
            continue
        for step in typed:
            step.depends_on[source.step] = None


def _leave_out(state: SearchState, source: Source, better: Step) -> None:
    """Take a vague name out of its fetch, and have those who read it wait for the better one."""
    fields = source.selected.fields if source.selected else {}
    for key in [key for key in fields if key[0] == TYPENAME]:
        if len(fields) > 1:
            del fields[key]
    for step in state.steps:
        if step.is_entity and step.position is source.position and step.level > better.level:
            step.depends_on[better] = None
