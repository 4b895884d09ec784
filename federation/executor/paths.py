"""Following response paths through the data fetched so far.

`compile_walk` gives the fast way, which finds the objects; `locate` the slow one, which also tells where they stand
and is used only when an error has to name its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, assert_never

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import FieldSegment, ListSegment, ResponsePath, TypeSegment

Step: TypeAlias = Callable[[list[JsonValue]], list[JsonValue]]
Walk: TypeAlias = Callable[[ResponseObject], list[ResponseObject]]
FlatPath: TypeAlias = tuple[str, ...]


def flatten_path(path: ResponsePath) -> FlatPath:
    """The field names of `path`; lists and type conditions left out."""
    return tuple(segment.name for segment in path if isinstance(segment, FieldSegment))


def print_path(path: ResponsePath) -> str:
    """`path` in the plan's notation, e.g. `people.nodes.@.cards`."""
    return ".".join(_print_segment(segment) for segment in path)


def _print_segment(segment: FieldSegment | ListSegment | TypeSegment) -> str:
    match segment:
        case FieldSegment(name):
            return name
        case ListSegment():
            return "@"
        case TypeSegment(types):
            return f"|[{','.join(sorted(types))}]"
        case _:
            assert_never(segment)


def leading_path(path: ResponsePath) -> ErrorPath:
    """The real part of `path`: the field names before its first list."""
    names: list[str] = []
    for segment in path:
        if isinstance(segment, ListSegment):
            break
        if isinstance(segment, FieldSegment):
            names.append(segment.name)
    return tuple(names)


def crosses_list(path: ResponsePath) -> bool:
    return any(isinstance(segment, ListSegment) for segment in path)


def compile_walk(path: ResponsePath) -> Walk:
    """A function that gives all objects at `path` below an object, in order.

    Nulls, and values that are not what the path says (a subgraph's mistake), are left out.
    """
    steps = tuple(_compile_steps(path))

    def walk(root: ResponseObject) -> list[ResponseObject]:
        found: list[JsonValue] = [root]
        for step in steps:
            found = step(found)
        return found

    return walk


def _compile_steps(path: ResponsePath) -> Iterator[Step]:
    segments = list(path)
    while segments:
        segment = segments.pop(0)
        match segment:
            case FieldSegment(name):
                if segments and isinstance(segments[0], ListSegment):
                    segments.pop(0)
                    yield _items_step(name, _kind_before(segments))
                else:
                    yield _field_step(name)
            case ListSegment():
                yield _nested_items_step(_kind_before(segments))
            case TypeSegment(types):
                yield _type_step(types)
            case _:
                assert_never(segment)


def _kind_before(segments: list[FieldSegment | ListSegment | TypeSegment]) -> type:
    """What a value must be so that the rest of the path can go on from it."""
    return list if segments and isinstance(segments[0], ListSegment) else dict


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
    # Without a `__typename` the path has only one possible type here, else the planner would have asked for it.
    return lambda objects: [
        found
        for found in objects
        if (typename := found.get("__typename")) is None or (typename.__class__ is str and typename in types)
    ]


def locate(root: ResponseObject, path: ResponsePath) -> Iterator[tuple[ErrorPath, ResponseObject]]:
    """All objects at `path` below `root` with the place of each; the same objects in the same order as the walk's."""
    places: Iterable[tuple[ErrorPath, JsonValue]] = [((), root)]
    for segment in path:
        places = _locate_segment(list(places), segment)
    return ((place, value) for place, value in places if value.__class__ is dict)


def _locate_segment(
    places: list[tuple[ErrorPath, JsonValue]], segment: FieldSegment | ListSegment | TypeSegment
) -> Iterator[tuple[ErrorPath, JsonValue]]:
    match segment:
        case FieldSegment(name):
            return (((*place, name), value.get(name)) for place, value in places if value.__class__ is dict)
        case ListSegment():
            return (
                ((*place, index), item)
                for place, value in places
                if value.__class__ is list
                for index, item in enumerate(value)
            )
        case TypeSegment(types):
            return (
                (place, value)
                for place, value in places
                if value.__class__ is dict and ((typename := value.get("__typename")) is None or typename in types)
            )
        case _:
            assert_never(segment)
