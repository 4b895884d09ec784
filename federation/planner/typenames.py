"""Keeps the name of an interface from taking the place of an object's type.

An interface object's subgraph answers `__typename` with the interface's name. That is good enough to enter other
subgraphs by the interface, but where another fetch reads the object's own type as early, that one must stand alone.
"""

from __future__ import annotations

from federation.planner.demands import TYPENAME
from federation.planner.sources import Source, Step
from federation.planner.state import SearchState


def settle_typenames(state: SearchState) -> None:
    """Take vague names out of fetches where a better one comes no later, and have those who read it wait for that."""
    for source in dict.fromkeys(state.vague):
        if source.step is None or source.selected is None:
            continue
        if (better := _better_step(source, source.step.level)) is None:
            continue
        for key in [k for k in source.selected.fields if k[0] == TYPENAME]:
            if len(source.selected.fields) > 1:
                del source.selected.fields[key]
        for step in state.steps:
            if step.is_entity and step.position is source.position and step.level > better.level:
                step.depends_on[better] = None


def _better_step(source: Source, level: int) -> Step | None:
    steps = (s.step for s in source.position.sources if s.knows_typename and s.step is not None)
    return min((step for step in steps if step.level <= level), key=lambda step: step.level, default=None)
