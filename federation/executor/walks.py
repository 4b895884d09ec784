"""Finding the objects at response paths, fast: comprehensions over whole levels of the tree.

A plan's paths have much in common, so an execution remembers the objects at every step of every path, as soon as all
fetches that could still add to them are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import TypeAlias, assert_never

from federation.executor.paths import FlatPath, flatten_path, is_of_types
from federation.executor.repeats import KeyFields, Step, Unify, compile_unify
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import FieldSegment, ListSegment, ResponsePath, TypeSegment

Walk: TypeAlias = Callable[[ResponseObject], list[ResponseObject]]
#: The fetches, as bits of their positions in the plan, that bring objects to a place or add to those there.
Contributors: TypeAlias = Callable[[FlatPath], int]


@dataclass(frozen=True, slots=True)
class StreamedStep:
    """A step into the list at `place`, of which only the items in a range are found.

    Attributes:
        step: `step(objects, range)` gives the objects in the range of each list.
    """

    place: FlatPath
    step: Callable[[list[JsonValue], slice], list[JsonValue]]


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step of one or more paths.

    Attributes:
        parent: the step before; the first step, whose parent is itself, stands for the root.
        settled_by: the fetches after which its objects can no longer become others.
        unify: does what `step` does and makes equal objects one, once they are settled; None where that is not allowed.
        streamed: for a step into a list that may be streamed.
    """

    parent: int
    step: Step
    settled_by: int
    unify: Unify | None = None
    streamed: StreamedStep | None = None


class WalkPlanner:
    """Collects the paths of one plan into one tree of steps."""

    def __init__(
        self,
        bringing: Contributors,
        adding: Contributors,
        repeating: Mapping[ResponsePath, KeyFields],
        streamed: frozenset[FlatPath] = frozenset(),
    ) -> None:
        """`streamed`: the places of lists that may be streamed."""
        self._bringing = bringing
        self._adding = adding
        self._repeating = repeating
        self._streamed = streamed
        self._steps = [WalkStep(0, lambda roots: roots, 0)]
        self._known: dict[ResponsePath, int] = {(): 0}

    @property
    def steps(self) -> tuple[WalkStep, ...]:
        return tuple(self._steps)

    def add(self, path: ResponsePath) -> int:
        """The number of the step that ends `path`."""
        known = self._known.get(path)
        return self._append(path) if known is None else known

    def _append(self, path: ResponsePath) -> int:
        """Add the last hop of `path`, and what leads to it if that is new too."""
        *_, (before, step) = _split_steps(path)
        parent = self.add(before)
        place = flatten_path(path)
        settled_by = self._steps[parent].settled_by | self._bringing(place)
        if isinstance(path[-1], TypeSegment):
            # An entity call on an interface may tell the concrete type.
            settled_by |= self._adding(place)
        keys = self._repeating.get(path)
        unify = compile_unify(path, keys, step) if keys else None
        self._steps.append(WalkStep(parent, step, settled_by, unify, self._streamed_step(path)))
        self._known[path] = len(self._steps) - 1
        return self._known[path]

    def _streamed_step(self, path: ResponsePath) -> StreamedStep | None:
        place = flatten_path(path)
        if place not in self._streamed or isinstance(path[-1], TypeSegment):
            return None
        lists = len(path) - 1 - max(n for n, segment in enumerate(path) if isinstance(segment, FieldSegment))
        return StreamedStep(place, _range_step(place[-1], lists))


class Finder:
    """The objects found in one execution's response tree.

    Attributes:
        done: the fetches that have been merged or left out, as bits of their positions.
    """

    __slots__ = ("_found", "_steps", "done")

    def __init__(self, root: ResponseObject, steps: tuple[WalkStep, ...]) -> None:
        self._steps = steps
        self._found: list[list[JsonValue] | None] = [None] * len(steps)
        self._found[0] = [root]
        self.done = 0

    def find(self, number: int) -> list[ResponseObject]:
        """The objects at the end of step `number`, in order; the list is not to be changed."""
        found = self._found[number]
        if found is None:
            step = self._steps[number]
            parents = self.find(step.parent)
            if step.settled_by & ~self.done:
                return step.step(parents)
            found = self._found[number] = (step.unify or step.step)(parents)
        return found


class StreamFinder(Finder):
    """The objects found when of streamed lists only the items in a range count."""

    __slots__ = ("_ranges",)

    def __init__(
        self, root: ResponseObject, steps: tuple[WalkStep, ...], ranges: Mapping[FlatPath, slice], done: int = 0
    ) -> None:
        super().__init__(root, steps)
        self._ranges = ranges
        self.done = done

    def find(self, number: int) -> list[ResponseObject]:
        """The objects at the end of step `number`."""
        streamed = self._steps[number].streamed
        if streamed is None or self._found[number] is not None:
            return super().find(number)
        found = streamed.step(self.find(self._steps[number].parent), self._ranges[streamed.place])
        if not self._steps[number].settled_by & ~self.done:
            self._found[number] = found
        return found


def compile_walk(path: ResponsePath) -> Walk:
    """A function that gives all objects at `path` below an object, in order.

    Nulls, and values that are not what the path says (a subgraph's mistake), are left out.
    """
    steps = compile_steps(path)
    return lambda root: steps([root])


def compile_steps(path: ResponsePath) -> Step:
    """A function that gives all objects at `path` below each of some objects, in order."""
    steps = tuple(step for _, step in _split_steps(path))

    def walk(found: list[JsonValue]) -> list[JsonValue]:
        for step in steps:
            found = step(found)
        return found

    return walk


def _split_steps(path: ResponsePath) -> Iterator[tuple[ResponsePath, Step]]:
    """The steps of `path`, each with the path before it; a field and the lists it holds are one step.

    Raises ValueError for a path in which a list follows no field.
    """
    position = 0
    while position < len(path):
        before, segment = path[:position], path[position]
        position += 1
        match segment:
            case FieldSegment(name):
                lists = len(list(takewhile(lambda other: isinstance(other, ListSegment), path[position:])))
                position += lists
                yield before, _field_step(name, lists)
            case TypeSegment(types):
                yield before, _type_step(types)
            case ListSegment():
                raise ValueError("In a response path a list follows a field or another list.")
            case _:
                assert_never(segment)


def _field_step(name: str, lists: int) -> Step:
    """Into the objects in a field, through as many `lists` as it has around them."""
    if lists == 0:
        return lambda objects: [value for parent in objects if (value := parent.get(name)).__class__ is dict]
    if lists == 1:
        return _items_step(name, dict)
    outer, inner_kinds = _items_step(name, list), (list,) * (lists - 2) + (dict,)

    def step(objects: list[JsonValue]) -> list[JsonValue]:
        found = outer(objects)
        for kind in inner_kinds:
            found = [item for items in found for item in items if item.__class__ is kind]
        return found

    return step


def _range_step(name: str, lists: int) -> Callable[[list[JsonValue], slice], list[JsonValue]]:
    """Into the objects in those items of a field's list that are in a range; each item may hold further lists."""
    inner_kinds = (list,) * (lists - 1) + (dict,)

    def step(objects: list[JsonValue], items: slice) -> list[JsonValue]:
        found: list[JsonValue] = [list_[items] for parent in objects if (list_ := parent.get(name)).__class__ is list]
        for kind in inner_kinds:
            found = [item for each in found for item in each if item.__class__ is kind]
        return found

    return step


def _items_step(name: str, kind: type) -> Step:
    """The items of one kind in the list that a field holds."""
    return lambda objects: [
        item
        for parent in objects
        if (items := parent.get(name)).__class__ is list
        for item in items
        if item.__class__ is kind
    ]


def _type_step(types: frozenset[str]) -> Step:
    return lambda objects: [found for found in objects if is_of_types(found, types)]
