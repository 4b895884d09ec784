"""Putting fetched data into the response tree: objects field by field, lists position by position."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from federation.executor.paths import FlatPath
from federation.executor.subgraph_client import JsonValue, ResponseObject

Copy: TypeAlias = Callable[[JsonValue], JsonValue]


def merge_objects(target: ResponseObject, source: ResponseObject) -> None:
    """Put the fields of `source` into `target`, in place.

    An object present in both is merged, a list position by position, and a null never replaces a value: subgraphs
    that share a field agree on it, so a null beside a value means that one of them failed.
    """
    for name, value in source.items():
        if value is None:
            target.setdefault(name, None)
        elif value.__class__ is dict and (present := target.get(name)).__class__ is dict:
            merge_objects(present, value)
        elif value.__class__ is list and (present := target.get(name)).__class__ is list:
            _merge_lists(present, value)
        else:
            target[name] = value


def _merge_lists(target: list[JsonValue], source: list[JsonValue]) -> None:
    for position, value in enumerate(source[: len(target)]):
        present = target[position]
        if present.__class__ is dict and value.__class__ is dict:
            merge_objects(present, value)
        elif present.__class__ is list and value.__class__ is list:
            _merge_lists(present, value)
        elif value is not None:
            target[position] = value
    target.extend(source[len(target) :])


def compile_copy(paths: Iterable[FlatPath]) -> Copy | None:
    """A function that copies objects and lists along `paths`, and shares everything else with the original.

    What the copy holds at these paths may be changed in place; the empty path is the object itself. None when there
    are no paths.
    """
    known = sorted(set(paths))
    spine: dict[str, list[FlatPath]] = {}
    for path in filter(None, known):
        spine.setdefault(path[0], []).append(path[1:])
    steps = tuple((name, copy) for name, rests in spine.items() if (copy := compile_copy(rests)))
    return _copy_along(steps) if known else None


def _copy_along(steps: tuple[tuple[str, Copy], ...]) -> Copy:
    def copy(value: JsonValue) -> JsonValue:
        if value.__class__ is list:
            return [copy(item) for item in value]
        if value.__class__ is not dict:
            return value
        copied = value.copy()
        for name, copy_child in steps:
            child = copied.get(name)
            if child is not None:
                copied[name] = copy_child(child)
        return copied

    return copy


def put_entities(places: list[ResponseObject], indices: list[int], entities: list[JsonValue]) -> None:
    """Give each of `places` the fields of the entity that answers its representation.

    `entities[indices[i]]` belongs to `places[i]`; a place without a representation (-1) or with a null entity stays
    as it is. For entities that bring no object which is there already.
    """
    for place, index in zip(places, indices, strict=True):
        if index >= 0 and (entity := entities[index]).__class__ is dict:
            place.update(entity)


def merge_entities(places: list[ResponseObject], indices: list[int], entities: list[JsonValue]) -> None:
    """As `put_entities`, for entities whose objects may have to be merged with some that are there already."""
    for place, index in zip(places, indices, strict=True):
        if index >= 0 and (entity := entities[index]).__class__ is dict:
            merge_objects(place, entity)
