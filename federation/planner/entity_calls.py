"""Turns the entity steps of one fetch into entity calls: as few as answer all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from federation.planner.demands import TYPENAME, Conjunction, Demand, Types, absorb
from federation.planner.fragments import SelectionSets, Text, joined
from federation.planner.operation_text import CommonSelection, SelectionWriter
from federation.planner.sources import Selected, Step
from federation.query_plan.nodes import (
    Condition,
    ContextSetting,
    ContextualValue,
    RenameKey,
    RequiredField,
    RequiredFragment,
    RequiredSelection,
    ResponsePath,
    SetTypename,
)
from federation.supergraph.subgraph_schema import ContextualArgument

_TYPENAME = RequiredField("__typename", "__typename")
# They are looked at in each request; of many one will hold.
_MAX_ALTERNATIVES = 8


@dataclass(frozen=True, slots=True)
class CallContent:
    """An entity call before its names are chosen; two of equal content share one.

    `selection` is what stands within the braces of `_entities`, `alternatives` and `requiring` as in the plan.
    """

    requires: tuple[RequiredFragment, ...]
    rewrites: tuple[SetTypename, ...]
    selection: Text
    renames: tuple[RenameKey, ...]
    alternatives: tuple[tuple[Condition, ...], ...]
    requiring: frozenset[str]


def entity_calls(
    group: Iterable[Step],
    conditions: Conjunction,
    taken: frozenset[str],
    contextual: Mapping[ContextualArgument, str],
    sets: SelectionSets,
) -> dict[CallContent, tuple[ResponsePath, ...]]:
    """Give the calls for the steps of one fetch, each with the paths of its entities; `sets` gets what they select."""
    calls: dict[CallContent, dict[ResponsePath, None]] = {}
    for path, steps in _at_one_place(group):
        calls.setdefault(_content(steps, conditions, SelectionWriter(taken, contextual, sets)), {})[path] = None
    return {content: tuple(paths) for content, paths in calls.items()}


def contextual_values(
    group: Iterable[Step], contextual: Mapping[ContextualArgument, str]
) -> tuple[ContextualValue, ...]:
    """Give what the contextual variables of a fetch carry."""
    settings: dict[ContextualArgument, list[ContextSetting]] = {}
    for step in group:
        for value in step.contexts:
            path, place = value.position.path_at(step.level), value.position
            types = value.types if value.types < place.types else frozenset()
            selections = required_selections(value.demands, value.types)
            settings.setdefault(value.argument, []).append(ContextSetting(path, types, selections))
    return tuple(ContextualValue(contextual[a], a.type, tuple(found)) for a, found in settings.items())


def path_of(step: Step) -> ResponsePath:
    """Give the path where a step's objects stand."""
    return step.position.path_at(step.level)


def _at_one_place(group: Iterable[Step]) -> list[tuple[ResponsePath, list[Step]]]:
    """Put steps at one path together, as far as one call can serve them."""
    at_path: dict[ResponsePath, list[_Together]] = {}
    found: list[_Together] = []
    for step in group:
        path = path_of(step)
        alike = at_path.setdefault(path, [])
        together = next((each for each in alike if each.fits(step)), None)
        if together is None:
            together = _Together(path)
            alike.append(together)
            found.append(together)
        together.add(step)
    return [(together.path, together.steps) for together in found]


class _Together:
    """Steps that one call serves: they enter different types, and each entity gets what its own step selects."""

    def __init__(self, path: ResponsePath) -> None:
        self.path = path
        self.steps: list[Step] = []
        self._entered: set[str] = set()
        self._selection = CommonSelection()

    def fits(self, step: Step) -> bool:
        first = self.steps[0]
        if not self._entered.isdisjoint(step.entered) or _is_renamed(first) != _is_renamed(step):
            return False
        if _is_renamed(step):
            # No type condition could keep their selections apart, for the subgraph knows the entities by one name.
            return first.selected.static is step.selected.static and _select_alike(first, step)
        return self._selection.fits(step.selected)

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self._entered |= step.entered
        self._selection.add(step.selected)


def _select_alike(one: Step, other: Step) -> bool:
    sets = SelectionSets()
    mine, its = (SelectionWriter(frozenset(), {}, sets).write(step.selected, frozenset()) for step in (one, other))
    return mine == its


def _content(steps: list[Step], conditions: Conjunction, writer: SelectionWriter) -> CallContent:
    fragments: dict[Text, None] = {}
    requires: dict[tuple[str, tuple[RequiredSelection, ...]], Types] = {}
    for step in steps:
        name = step.selected.static.name
        fragments[writer.on_type(name, writer.write(step.selected, conditions))] = None
        required = (name, (_TYPENAME, *required_selections(step.inputs, step.entered)))
        requires[required] = requires.get(required, frozenset()) | _data_types(step)
    return CallContent(
        tuple(RequiredFragment(name, types, selections) for (name, selections), types in requires.items()),
        tuple(dict.fromkeys(SetTypename(s.selected.static.name) for s in steps if _is_renamed(s))),
        joined(fragments),
        tuple(writer.renames),
        _further_alternatives(steps, conditions),
        _requiring(steps),
    )


def _requiring(steps: Iterable[Step]) -> frozenset[str]:
    """Give the names of selected fields that have requirements; none if all have, or if values come from contexts."""
    if any(step.contexts for step in steps):
        return frozenset()
    selected = [(step, item) for step in steps for item in step.selected.fields.values() if item.use != TYPENAME]
    requiring = frozenset(item.use.name for step, item in selected if _has_requirements(step, item))
    return requiring if any(item.use.name not in requiring for _, item in selected) else frozenset()


def _has_requirements(step: Step, item: Selected) -> bool:
    views = [step.selected.static, *(step.schema.types.get(name) for name in sorted(item.types))]
    fields = (view.fields.get(item.use.name) for view in views if view is not None)
    return any(field is not None and field.requires is not None for field in fields)


def _further_alternatives(steps: Iterable[Step], common: Conjunction) -> tuple[tuple[Condition, ...], ...]:
    """Give what has to hold besides `common` for any of the steps to be wanted, if that is soon told."""
    rest = absorb(frozenset(each - common for step in steps for each in step.alternatives))
    if frozenset() in rest or len(rest) > _MAX_ALTERNATIVES:
        return ()
    return tuple(sorted(map(in_written_order, rest), key=str))


def in_written_order(conditions: Conjunction) -> tuple[Condition, ...]:
    """Give conditions as a plan has them."""
    return tuple(sorted(conditions, key=lambda c: (c.variable, c.value)))


def _is_renamed(step: Step) -> bool:
    return step.selected.static.name not in step.entered


def _data_types(step: Step) -> Types:
    """Give the names that `__typename` can have in the data: the interface's own, where nobody knows better yet."""
    if step.position.is_typed_before(step.level):
        return step.entered
    return step.entered | {step.selected.static.name}


def required_selections(demands: Iterable[Demand], types: Types) -> tuple[RequiredSelection, ...]:
    """Give demands as selections of a representation; those of some types only stand in fragments."""
    found: list[RequiredSelection] = []
    merged: dict[tuple[str, Types], list[Demand]] = {}
    for demand in demands:
        merged.setdefault((demand.use.response_key, demand.types), []).append(demand)
    by_type: dict[Types, list[RequiredField]] = {}
    for same in merged.values():
        first = same[0]
        inner = required_selections((c for d in same for c in d.children), first.child_types)
        if len(first.child_types) > 1:
            inner = (_TYPENAME, *inner)
        by_type.setdefault(first.types, []).append(
            RequiredField(first.use.name, first.use.response_key, inner, first.is_nullable)
        )
    for some, fields in by_type.items():
        if some >= types:
            found.extend(fields)
        else:
            found.extend(RequiredFragment(t, frozenset({t}), tuple(fields)) for t in sorted(some))
    return tuple(found)
