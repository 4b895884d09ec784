"""Finding the objects at response paths, fast: comprehensions over whole levels of the tree.

A plan's paths have much in common, so an execution remembers the objects at every step of every path, as soon as all
fetches that could still add to them are done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from federation.executor.paths import FlatPath, flatten_path, is_of_types
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import FieldSegment, ListSegment, PathSegment, ResponsePath, TypeSegment

Step: TypeAlias = Callable[[list[JsonValue]], list[JsonValue]]
Walk: TypeAlias = Callable[[ResponseObject], list[ResponseObject]]
#: The fetches, as bits of their positions in the plan, that bring objects to a place or add to those there.
Contributors: TypeAlias = Callable[[FlatPath], int]


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step of one or more paths.

    Attributes:
        parent: the step before; the first step, whose parent is itself, stands for the root.
        settled_by: the fetches after which its objects can no longer become others.
    """

    parent: int
    step: Step
    settled_by: int


class WalkPlanner:
    """Collects the paths of one plan into one tree of steps."""

    def __init__(self, bringing: Contributors, adding: Contributors) -> None:
        self._bringing = bringing
        self._adding = adding
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
        self._steps.append(WalkStep(parent, step, settled_by))
        self._known[path] = len(self._steps) - 1
        return self._known[path]


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
            found = step.step(self.find(step.parent))
            if not step.settled_by & ~self.done:
                self._found[number] = found
        return found


def compile_walk(path: ResponsePath) -> Walk:
    """A function that gives all objects at `path` below an object, in order.

    Nulls, and values that are not what the path says (a subgraph's mistake), are left out.
    """
    steps = tuple(step for _, step in _split_steps(path))

    def walk(root: ResponseObject) -> list[ResponseObject]:
        found: list[JsonValue] = [root]
        for step in steps:
            found = step(found)
        return found

    return walk


def _split_steps(path: ResponsePath) -> Iterator[tuple[ResponsePath, Step]]:
    """The steps of `path`, each with the path before it; a field and its list are one step."""
    position = 0
    while position < len(path):
        before, segment, rest = path[:position], path[position], path[position + 1 :]
        match segment:
            case FieldSegment(name) if rest and isinstance(rest[0], ListSegment):
                yield before, _items_step(name, _kind_before(rest[1:]))
                position += 1
            case FieldSegment(name):
                yield before, _field_step(name)
            case ListSegment():
                yield before, _nested_items_step(_kind_before(rest))
            case TypeSegment(types):
                yield before, _type_step(types)
            case _:
                assert_never(segment)
        position += 1


def _kind_before(rest: tuple[PathSegment, ...]) -> type:
    """What a value must be so that the rest of the path can go on from it."""
    return list if rest and isinstance(rest[0], ListSegment) else dict


def _field_step(name: str) -> Step:
    return lambda objects: [value for parent in objects if (value := parent.get(name)).__class__ is dict]


def _items_step(name: str, kind: type) -> Step:
    return lambda objects: [
        item
        for parent in objects
        if (items := parent.get(name)).__class__ is list
        for item in items
        if item.__class__ is kind
    ]


def _nested_items_step(kind: type) -> Step:
    return lambda lists: [item for items in lists for item in items if item.__class__ is kind]


def _type_step(types: frozenset[str]) -> Step:
    return lambda objects: [found for found in objects if is_of_types(found, types)]
