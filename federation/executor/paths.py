"""Response paths: their forms for people and for errors, and the places they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, assert_never

from federation.executor.errors import ErrorPath
from federation.executor.repeated import object_in
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.query_plan.nodes import FieldSegment, ListSegment, ResponsePath, TypeSegment

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


def locate(root: ResponseObject, path: ResponsePath) -> Iterator[tuple[ErrorPath, ResponseObject]]:
    """All objects at `path` below `root` with the place of each, in the order of the walks.

    This is the slow way, for errors that have to name their place; `walks` has the fast one.
    """
    places: Iterable[tuple[ErrorPath, JsonValue]] = [((), root)]
    for segment in path:
        places = _locate_segment(list(places), segment)
    return ((place, value) for place, value in places if value.__class__ is dict)


def _locate_segment(
    places: list[tuple[ErrorPath, JsonValue]], segment: FieldSegment | ListSegment | TypeSegment
) -> Iterator[tuple[ErrorPath, JsonValue]]:
    match segment:
        case FieldSegment(name):
            return (((*place, name), object_in(value.get(name))) for place, value in places if value.__class__ is dict)
        case ListSegment():
            return (
                ((*place, index), object_in(item))
                for place, value in places
                if value.__class__ is list
                for index, item in enumerate(value)
            )
        case TypeSegment(types):
            return ((place, value) for place, value in places if value.__class__ is dict and is_of_types(value, types))
        case _:
            assert_never(segment)


def is_of_types(value: ResponseObject, types: frozenset[str]) -> bool:
    """Whether an object's `__typename` is one of `types`.

    Without a `__typename` only one type is possible there, else the planner would have asked for it.
    """
    typename = value.get("__typename")
    return typename is None or (typename.__class__ is str and typename in types)
