"""Contextual values: what an entity call sends beside its representations, read at objects above the entities.

One variable carries one value, so the entities of a call are told apart by their values and asked for group by group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from federation.executor.encoding import encode
from federation.executor.paths import is_of_types
from federation.executor.representations import fields_of, types_in
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.executor.walks import Finder, Walk, WalkPlanner, compile_walk
from federation.query_plan.nodes import EntityCall, RequiredField, RequiredSelection, ResponsePath

Read: TypeAlias = Callable[[JsonValue], JsonValue]
Values: TypeAlias = dict[str, JsonValue]
"""By variable; a context that nothing sets is null."""


@dataclass(frozen=True, slots=True, eq=False)
class _Setting:
    """One variable's value at one place; with `types`, only objects of these set it."""

    variable: str
    types: frozenset[str]
    read: Read

    def is_set_by(self, found: ResponseObject) -> bool:
        return not self.types or is_of_types(found, self.types)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where contexts are set; `onward` leads to the next place below, or to the entities."""

    settings: tuple[_Setting, ...]
    onward: Walk


@dataclass(frozen=True, slots=True)
class ContextGroup:
    """Entities of one call that have the same contextual values."""

    values: Values
    entities: list[ResponseObject]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledContexts:
    """How the contextual values of one call are found.

    Attributes:
        walk: the number of the step that finds the objects at the outermost place.
        places: outermost first.
        unset: the values of an entity with no setting above it.
        required: the variables whose type has no null: an entity without their value is not asked for.
    """

    walk: int
    places: tuple[_Place, ...]
    unset: Values
    required: frozenset[str]

    def groups(self, finder: Finder) -> list[ContextGroup]:
        """The call's entities by their values, in the order of the data."""
        found: dict[object, ContextGroup] = {}
        for values, entities in self._visit(finder.find(self.walk), self.unset, 0):
            if any(values[name] is None for name in self.required):
                continue
            group = found.setdefault(encode(values), ContextGroup(values, []))
            group.entities.extend(entities)
        return list(found.values())

    def _visit(
        self, objects: list[ResponseObject], outer: Values, number: int
    ) -> Iterator[tuple[Values, list[ResponseObject]]]:
        if number == len(self.places):
            yield outer, objects
            return
        place = self.places[number]
        for found in objects:
            own = {s.variable: s.read(found) for s in place.settings if s.is_set_by(found)}
            yield from self._visit(place.onward(found), outer | own, number + 1)


def compile_contexts(call: EntityCall, walks: WalkPlanner) -> CompiledContexts | None:
    """Compile the contextual values of `call`; None if it has none."""
    at_path: dict[ResponsePath, list[_Setting]] = {}
    for value in call.contextual_values:
        for setting in value.settings:
            read = _Setting(value.variable, setting.types, compile_read(setting.selections))
            at_path.setdefault(setting.path, []).append(read)
    if not at_path:
        return None
    paths = sorted(at_path, key=len)
    ends = (*paths[1:], call.paths[0])
    return CompiledContexts(
        walks.add(paths[0]),
        tuple(
            _Place(tuple(at_path[path]), compile_walk(end[len(path) :])) for path, end in zip(paths, ends, strict=True)
        ),
        {value.variable: None for value in call.contextual_values},
        frozenset(value.variable for value in call.contextual_values if value.type.endswith("!")),
    )


def compile_read(selections: tuple[RequiredSelection, ...]) -> Read:
    """A function that gives the one leaf that `selections` end in; null where there is none."""
    common = _compile_field(fields_of(selections, None))
    by_type = {typename: _compile_field(fields_of(selections, typename)) for typename in types_in(selections)}

    def read(value: JsonValue) -> JsonValue:
        if value.__class__ is list:
            return [read(item) for item in value]
        if value.__class__ is not dict:
            return None
        return by_type.get(str(value.get("__typename")), common)(value)

    return read


def _compile_field(fields: tuple[RequiredField, ...]) -> Read:
    chosen = next((field for field in fields if field.name != "__typename"), None)
    if chosen is None:
        return lambda _: None
    name = chosen.response_name
    if not chosen.selections:
        return lambda value: value.get(name)
    inner = compile_read(chosen.selections)
    return lambda value: inner(value.get(name))
