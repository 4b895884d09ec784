"""Saves fetches: an entity call moves to a later fetch of its subgraph if nothing that comes before needs it."""

from __future__ import annotations

from collections import defaultdict

from federation.planner.fetches import common_conditions
from federation.planner.sources import SelectedObject, Step, have_conflict
from federation.query_plan.nodes import SubgraphName


def compact(steps: list[Step]) -> list[Step]:
    """Give the steps in as few fetches as their dependencies allow without a deeper plan.

    Steps that came to the same entities at the same level are joined.
    """
    dependants: dict[Step, list[Step]] = defaultdict(list)
    for step in steps:
        for needed in step.depends_on:
            dependants[needed].append(step)
    _postpone_to_contexts(steps, dependants)
    for group in _groups(steps):
        for level in _later_levels(steps, group):
            if all(d.level > level for step in group for d in dependants[step]):
                for step in group:
                    step.level = level
                break
    return _joined(steps)


def _postpone_to_contexts(steps: list[Step], dependants: dict[Step, list[Step]]) -> None:
    """Move an entity call to the level of one that enters the same entities with contextual values: it can be joined.

    That one is a fetch of its own and sent once per value, so nothing else moves to it.
    """
    for contextual in [step for step in steps if step.contexts]:
        for step in steps:
            if (
                step.level < contextual.level
                and step.is_entity
                and not step.contexts
                and _entry(step) == _entry(contextual)
                and step.deferrals == contextual.deferrals
                and not have_conflict(step.inputs, contextual.inputs)
                and all(d.level > contextual.level for d in dependants[step])
            ):
                step.level = contextual.level


def _groups(steps: list[Step]) -> list[list[Step]]:
    """Give the entity calls by fetch, latest first, so that what stands before can follow."""
    groups: dict[tuple[int, SubgraphName, object], list[Step]] = defaultdict(list)
    for step in steps:
        if step.is_entity and not step.contexts:  # these are fetches of their own
            groups[-step.level, step.schema.name, (step.deferrals, common_conditions([step]))].append(step)
    return [groups[key] for key in sorted(groups, key=lambda key: key[:2])]


def _later_levels(steps: list[Step], group: list[Step]) -> list[int]:
    """Give the levels at which there is a fetch that `group` could join, nearest first."""
    first, conditions = group[0], common_conditions(group)
    return sorted(
        {
            step.level
            for step in steps
            if step.is_entity
            and not step.contexts
            and step.schema is first.schema
            and step.level > first.level
            and step.deferrals == first.deferrals
            and common_conditions([step]) <= conditions
        }
    )


def _joined(steps: list[Step]) -> list[Step]:
    kept: dict[object, list[Step]] = {}
    replaced: dict[Step, Step] = {}
    for step in steps:
        alike = kept.setdefault(_likeness(step), [])
        other = next((o for o in alike if o.is_entity and not have_conflict(o.inputs, step.inputs)), None)
        if other is None:
            alike.append(step)
        else:
            _join(other, step)
            replaced[step] = other
    left = [step for step in steps if step not in replaced]
    for step in left:
        step.depends_on = dict.fromkeys(replaced.get(needed, needed) for needed in step.depends_on)
    return left


def _likeness(step: Step) -> tuple[object, ...]:
    """Give what two steps must have in common to be one."""
    return *_entry(step), step.level, step.is_entity, step.deferrals


def _entry(step: Step) -> tuple[object, ...]:
    """Give which objects a step reads, of which subgraph, and when."""
    return step.position, step.schema.name, step.selected.static.name, step.entered, step.alternatives


def _join(kept: Step, step: Step) -> None:
    known = {(d.use, d.types) for d in kept.inputs}
    kept.inputs.extend(d for d in step.inputs if not d.is_leaf or (d.use, d.types) not in known)
    known_arguments = {value.argument for value in kept.contexts}
    kept.contexts.extend(value for value in step.contexts if value.argument not in known_arguments)
    kept.depends_on.update(step.depends_on)
    _merge(kept.selected, step.selected)


def _merge(kept: SelectedObject, other: SelectedObject) -> None:
    for item in other.fields.values():
        mine = kept.select(item.use, item.types, item.alternatives, item.child).child
        if mine is not None and item.child is not None and mine is not item.child:
            _merge(mine, item.child)
