"""What the client has been given so far."""

from __future__ import annotations

from collections.abc import Iterator

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject


class GivenData:
    """The data of all results so far, put together."""

    __slots__ = ("_data", "_open_lists", "_streamed_lists")

    def __init__(self, data: ResponseObject | None) -> None:
        self._data = _copied(data)
        self._open_lists: set[ErrorPath] = set()
        self._streamed_lists: set[ErrorPath] = set()

    def has_object(self, path: ErrorPath) -> bool:
        """Whether an object was given there."""
        return isinstance(self._at(path), dict)

    def open_list(self, path: ErrorPath) -> bool:
        """Note that further items of the list there are to come; False if none was given, or that was noted before."""
        if path in self._streamed_lists or not isinstance(self._at(path), list):
            return False
        self._streamed_lists.add(path)
        self._open_lists.add(path)
        return True

    def add_items(self, path: ErrorPath, items: list[JsonValue]) -> None:
        """The last items of the list there."""
        self._at(path).extend(map(_copied, items))
        self._open_lists.discard(path)

    def add_fields(self, path: ErrorPath, data: ResponseObject) -> tuple[tuple[ErrorPath, ResponseObject], ...]:
        """Add to the object there; give what is new of `data`, object by object with its place below `path`."""
        target = self._at(path)
        return tuple(_add(target, data, ())) if isinstance(target, dict) else ()

    def is_settled(self, place: ErrorPath) -> bool:
        """Whether a place of the answer, or a null above it, has been given."""
        value: JsonValue = self._data
        for depth, step in enumerate(place):
            if isinstance(value, dict):
                if step not in value:
                    return False
                value = value[step]
            elif isinstance(value, list) and isinstance(step, int):
                if step >= len(value):
                    return place[:depth] not in self._open_lists
                value = value[step]
            else:
                return True
        return True

    def _at(self, path: ErrorPath) -> JsonValue:
        value: JsonValue = self._data
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


def _add(target: ResponseObject, source: ResponseObject, path: ErrorPath) -> Iterator[tuple[ErrorPath, ResponseObject]]:
    """Put into `target` what of `source` it does not have, and give that, object by object."""
    new: ResponseObject = {}
    inner: list[tuple[JsonValue, JsonValue, ErrorPath]] = []
    for key, value in source.items():
        if key in target:
            inner.append((target[key], value, (*path, key)))
        else:
            new[key] = value
            target[key] = _copied(value)
    if new:
        yield path, new
    while inner:
        mine, its, place = inner.pop(0)
        if isinstance(mine, dict) and isinstance(its, dict):
            yield from _add(mine, its, place)
        elif isinstance(mine, list) and isinstance(its, list):
            inner += [(*both, (*place, number)) for number, both in enumerate(zip(mine, its, strict=False))]


def _copied(value: JsonValue) -> JsonValue:
    """A copy whose objects may get further fields."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copied(item) for item in value]
    return value
