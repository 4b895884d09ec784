"""Filling what is missing in one item, a root field or an entity, from what is remembered of it.

A hole is where the answer has null and an error says that the partition could not be asked for it. At a remembered
field the hole gets the last value; at an object that has such fields, the object with these, and with null and the
error in its other fields. Paths are relative to the item.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from federation.executor.encoding import decode
from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject, SourceStatus
from federation.partition.stale.memory import Provenance, Record
from federation.partition.stale.units import RememberedType

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class LocatedError:
    """An error with its place, and what it says of the partition."""

    path: ErrorPath
    error: ResponseObject
    status: SourceStatus

    @property
    def is_failure(self) -> bool:
        """Whether the partition could not be asked; a refusal is an answer."""
        return self.status in (SourceStatus.TIMEOUT, SourceStatus.UNAVAILABLE)


@dataclass(slots=True)
class RestoredItem:
    """An item after its holes were filled.

    Attributes:
        value: a new object where something was filled in.
        stale: the places that were filled, with where their values are from.
        errors: what is still missing, and why.
    """

    value: JsonValue
    stale: dict[ErrorPath, Provenance] = field(default_factory=dict)
    errors: list[LocatedError] = field(default_factory=list)


def restore_item(
    type_: RememberedType, value: JsonValue, errors: Iterable[LocatedError], record: Record | None, now: float
) -> RestoredItem:
    """Fill the holes of `value` that `errors` explain."""
    item = RestoredItem(value)
    holes: dict[ErrorPath, list[LocatedError]] = {}
    for error in errors:
        hole = _hole(value, error.path) if error.is_failure and record is not None else None
        if hole is None:
            item.errors.append(error)
        else:
            holes.setdefault(hole, []).append(error)
    if record is not None and holes:
        remembered = decode(record.answer)
        for hole, causes in holes.items():
            _Filling(item, record, now, causes).fill(type_, remembered, hole)
    return item


def _hole(value: JsonValue, path: ErrorPath) -> ErrorPath | None:
    """The place of the null that stands at `path` or above it."""
    for depth, step in enumerate(path):
        if value is None:
            return path[:depth]
        value = value.get(step) if isinstance(value, dict) else value[step]
    return path if value is None else None


@dataclass(frozen=True, slots=True)
class _Filling:
    """Fills one hole."""

    item: RestoredItem
    record: Record
    now: float
    causes: list[LocatedError]

    def fill(self, type_: RememberedType, remembered: JsonValue, hole: ErrorPath) -> None:
        """Put what is remembered into the hole, or leave its errors as they are."""
        target = _target(type_, self.item.value, hole)
        value = _value_at(remembered, hole)
        known = len(self.item.stale)
        errors: list[ErrorPath] = []
        if value is not _ABSENT and target is not None:
            value = (
                self._field(target, value, hole, errors)
                if isinstance(target, int)
                else self._object(target, value, hole, errors)
            )
        if len(self.item.stale) == known:
            self.item.errors += self.causes
            return
        self.item.value = _put(self.item.value, hole, value)
        cause = self.causes[0]
        self.item.errors += [replace(cause, path=path) for path in errors]

    def _field(self, seconds: int, value: JsonValue, path: ErrorPath, missing: list[ErrorPath]) -> JsonValue:
        provenance = self.record.provenance_of(path)
        if provenance is None or self.now - provenance.at > seconds:
            missing.append(path)
            return None
        self.item.stale[path] = provenance
        return value

    def _object(self, type_: RememberedType, value: JsonValue, path: ErrorPath, missing: list[ErrorPath]) -> JsonValue:
        if value is None:
            # That there was nothing is known as long as each of its fields would be.
            known = self._field(min(type_.every_age()), True, path, missing)
            if known and not type_.is_whole:
                missing.append(path)
            return None
        fields = type_.of(value)
        restored: ResponseObject = {}
        left_out: list[ErrorPath] = []
        known = len(self.item.stale)
        for name, below in value.items():
            here = (*path, name)
            if fields is None or name in fields.kept:
                restored[name] = below
            elif name in fields.ages:
                restored[name] = self._field(fields.ages[name], below, here, left_out)
            elif name in fields.below:
                restored[name] = self._object(fields.below[name], below, here, left_out)
            else:
                restored[name] = None
                left_out.append(here)
        is_restored = len(self.item.stale) > known
        missing += left_out if is_restored else [path]
        return restored if is_restored else None


def _target(type_: RememberedType, value: JsonValue, path: ErrorPath) -> int | RememberedType | None:
    """What is remembered at a place of a value: a field for so many seconds, an object's fields, or nothing."""
    for depth, step in enumerate(path):
        fields = type_.of(value)
        name = str(step)
        if fields is None or (name not in fields.below and name not in fields.ages):
            return None
        if name in fields.ages:
            return fields.ages[name] if depth == len(path) - 1 else None
        type_ = fields.below[name]
        value = value.get(name)
    return type_


def _value_at(value: JsonValue, path: ErrorPath) -> JsonValue:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return _ABSENT
        value = value[step]
    return value


def _put(value: JsonValue, path: ErrorPath, inner: JsonValue) -> JsonValue:
    """`value` with another one at `path`; nothing of it is changed."""
    if not path:
        return inner
    name = path[0]
    return {**value, name: _put(value.get(name), path[1:], inner)}


def renew_record(
    type_: RememberedType, item: RestoredItem, errors: Iterable[LocatedError], before: Record | None
) -> tuple[JsonValue, Mapping[ErrorPath, Provenance | None]]:
    """What to remember of an item that is an answer in part: its value, and where the rest of it is from.

    A field below which an error is keeps its last value, unless the partition refused it.
    """
    renewal = _Renewal(item, tuple(errors), before, {})
    old = _ABSENT if before is None else decode(before.answer)
    return renewal.object(type_, item.value, old, ()), renewal.older


@dataclass(frozen=True, slots=True)
class _Renewal:
    item: RestoredItem
    errors: tuple[LocatedError, ...]
    before: Record | None
    older: dict[ErrorPath, Provenance | None]

    def object(self, type_: RememberedType, value: JsonValue, old: JsonValue, path: ErrorPath) -> JsonValue:
        if value is None:
            if self._touching(path):
                self.older[path] = self.item.stale.get(path)
            return None
        fields = type_.of(value)
        kept: ResponseObject = {}
        for name, below in value.items():
            here = (*path, name)
            if fields is None or name in fields.kept:
                kept[name] = below
            elif name in fields.ages:
                kept[name] = self._field(below, _value_at(old, (name,)), here)
            elif name in fields.below:
                kept[name] = self.object(fields.below[name], below, _value_at(old, (name,)), here)
            else:
                kept[name] = None
        return kept

    def _field(self, value: JsonValue, old: JsonValue, path: ErrorPath) -> JsonValue:
        touching = self._touching(path)
        if path in self.item.stale:
            self.older[path] = self.item.stale[path]
            return value
        if not touching:
            return value
        if old is _ABSENT or self.before is None or any(error.status is SourceStatus.REFUSED for error in touching):
            self.older[path] = None
            return None
        self.older[path] = self.before.provenance_of(path)
        return old

    def _touching(self, path: ErrorPath) -> list[LocatedError]:
        return [error for error in self.errors if path[: len(error.path)] == error.path[: len(path)]]


def prune(type_: RememberedType, value: JsonValue) -> JsonValue:
    """A value with null instead of what is not remembered."""
    if value is None:
        return None
    fields = type_.of(value)
    if fields is None or fields.is_whole:
        return value
    return {
        name: below
        if name in fields.ages or name in fields.kept
        else (prune(fields.below[name], below) if name in fields.below else None)
        for name, below in value.items()
    }
