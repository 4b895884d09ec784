"""Remembers partitions' answers, and puts the last ones where a partition cannot be asked.

Remembered is by what was asked: selection, variables or entity, and the headers that may change an answer. Keys are
digests, so that they hold neither id numbers nor tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from federation.executor.encoding import encode
from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import (
    JsonValue,
    ResponseObject,
    SourceStatus,
    SubgraphRequest,
    SubgraphResponse,
)
from federation.executor.translation import error_path
from federation.partition.sources import status_of, worst_status
from federation.partition.stale.memory import Memory, Provenance, Record
from federation.partition.stale.restore import LocatedError, RestoredItem, prune, renew_record, restore_item
from federation.partition.stale.units import Unit

_KEY_BYTES = 16
#: What an answer raises that has not the shape of its operation.
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a partition was asked: all root fields, and the units among them."""

    partition: int
    names: tuple[str, ...]
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """A partition's answer with its last known values in it.

    Attributes:
        response: without the errors that these have made good.
        stale: the places of its data where they stand, with the time they are from.
        is_whole: the partition gave no answer at all.
        status: how asking ended, all in all.
        as_of: the oldest of the times.
    """

    response: SubgraphResponse
    stale: tuple[tuple[ErrorPath, str], ...]
    is_whole: bool
    status: SourceStatus
    as_of: str


class StaleAnswers:
    """The memories of a subgraph's partitions, in the contract's order; None where nothing is to be remembered."""

    def __init__(self, memories: Sequence[Memory | None]) -> None:
        self._memories = tuple(memories)

    def settle(self, asked: Asked, request: SubgraphRequest, response: SubgraphResponse) -> Settled | None:
        """Remember what a partition answered, and give its answer with what is missing; None if nothing is put in.

        `request` is as the partition got it.
        """
        memory = self._memories[asked.partition]
        if memory is None or not asked.units:
            return None
        try:
            return self._settle(memory, asked, request, response)
        except _MALFORMED:
            return None  # an answer that is none to what was asked; it is reported when it is merged

    def _settle(
        self, memory: Memory, asked: Asked, request: SubgraphRequest, response: SubgraphResponse
    ) -> Settled | None:
        if response.data is not None and not response.errors:
            provenance = _provenance(memory, response)
            for unit in asked.units:
                keys = _keys(unit, request)
                items = _items(unit, response.data, len(keys))
                if unit.representations is None or response.data[unit.name] is not None:
                    _remember(memory, unit, zip(keys, items, strict=False), provenance)
            return None
        return _Settling(memory, request, response).settle(asked)


def _remember(memory: Memory, unit: Unit, items: Iterable[tuple[bytes, JsonValue]], provenance: Provenance) -> None:
    expires_at = provenance.at + unit.longest
    if not unit.type.is_whole:
        items = ((key, prune(unit.type, item)) for key, item in items)
    memory.keep((key, Record(encode(item), provenance, expires_at)) for key, item in items)


def _provenance(memory: Memory, response: SubgraphResponse) -> Provenance:
    as_of = response.extensions.get("asOf")
    return Provenance(memory.clock(), as_of if isinstance(as_of, str) else None)


def _keys(unit: Unit, request: SubgraphRequest) -> list[bytes]:
    """The key of each item."""
    values = [request.variables.get(name) for name in unit.variables]
    context = encode([values, sorted(request.identifying_headers())])
    shared = blake2b(context, digest_size=_KEY_BYTES, key=unit.signature)
    if unit.representations is None:
        return [shared.digest()]
    keys = []
    for representation in request.variables[unit.representations]:
        digest = shared.copy()
        digest.update(encode(representation))
        keys.append(digest.digest())
    return keys


def _items(unit: Unit, data: ResponseObject | None, count: int) -> list[JsonValue]:
    """The items of an answer: an object with the root field alone, or the entities. ValueError if these are others."""
    value = None if data is None else data.get(unit.name)
    if unit.representations is None:
        # Left out by a condition: the field is in no answer.
        return [] if data is not None and unit.name not in data else [{unit.name: value}]
    if value is None:
        return [None] * count
    if len(value) != count:
        raise ValueError("another number of entities was asked for")
    items: list[JsonValue] = value
    return items


class _Settling:
    """One answer with errors on its way into one that has less of them."""

    def __init__(self, memory: Memory, request: SubgraphRequest, response: SubgraphResponse) -> None:
        self._memory = memory
        self._request = request
        self._response = response
        self._fresh = _provenance(memory, response)
        # An error without a place may be of anything: then nothing is known to be whole.
        self._is_telling = response.data is not None and all(error_path(error) for error in response.errors)
        self._data: ResponseObject = dict(response.data or {})
        self._stale: list[tuple[ErrorPath, Provenance]] = []
        self._errors: list[LocatedError] = []

    def settle(self, asked: Asked) -> Settled | None:
        located, unplaced = _located(self._response, asked.names)
        units = {unit.name: unit for unit in asked.units}
        self._errors = [error for error in located if error.path[0] not in units]
        for name, unit in units.items():
            self._settle_unit(unit, [error for error in located if error.path[0] == name])
        if not self._stale:
            return None
        errors = ({**error.error, "path": list(error.path)} for error in self._errors)
        statuses = (error.status for error in self._errors)
        oldest = min((provenance for _, provenance in self._stale), key=lambda found: found.at)
        return Settled(
            replace(self._response, data=self._data, errors=(*errors, *unplaced)),
            tuple((path, self._time(provenance)) for path, provenance in self._stale),
            self._response.data is None,
            worst_status([SourceStatus.STALE, *statuses]),
            self._time(oldest),
        )

    def _settle_unit(self, unit: Unit, errors: list[LocatedError]) -> None:
        keys = _keys(unit, self._request)
        items = _items(unit, self._response.data, len(keys))
        by_item = _by_item(unit, errors, len(items))
        restored = [self._settle_item(unit, *found) for found in zip(keys, items, by_item, strict=False)]
        if not any(item.stale for item in restored):
            self._errors += errors
            return
        for position, item in enumerate(restored):
            prefix = () if unit.representations is None else (unit.name, position)
            self._stale += [((*prefix, *path), provenance) for path, provenance in item.stale.items()]
            self._errors += [replace(error, path=(*prefix, *error.path)) for error in item.errors]
        values = [item.value for item in restored]
        self._data[unit.name] = values[0][unit.name] if unit.representations is None else values

    def _settle_item(self, unit: Unit, key: bytes, value: JsonValue, errors: list[LocatedError]) -> RestoredItem:
        memory = self._memory
        if not errors:
            if self._is_telling:
                _remember(memory, unit, [(key, value)], self._fresh)
            return RestoredItem(value)
        record = memory.find(key)
        item = restore_item(unit.type, value, errors, record, self._fresh.at)
        is_whole = any(len(error.path) <= (unit.representations is None) for error in errors)
        if is_whole and any(error.status is SourceStatus.REFUSED for error in errors):
            memory.forget(key)
        elif self._is_telling and not is_whole and item.value is not None:
            kept, older = renew_record(unit.type, item, errors, record)
            memory.keep([(key, Record(encode(kept), self._fresh, self._fresh.at + unit.longest, older))])
        return item

    def _time(self, provenance: Provenance) -> str:
        """When an answer was given, as far as its partition did not say it."""
        if provenance.as_of is not None:
            return provenance.as_of
        age = timedelta(seconds=self._fresh.at - provenance.at)
        return (datetime.now(UTC) - age).isoformat(timespec="seconds")


def _located(response: SubgraphResponse, names: Sequence[str]) -> tuple[list[LocatedError], list[ResponseObject]]:
    """The errors at their places, and those without one; a request that failed whole has one for each root field."""
    is_whole = response.data is None
    located: list[LocatedError] = []
    unplaced: list[ResponseObject] = []
    for error in response.errors:
        path = error_path(error)
        if path is not None and path[0] in names:
            located.append(LocatedError(path, error, status_of(error, is_whole=is_whole)))
        else:
            unplaced.append(error)
    if not is_whole or not response.errors:
        return located, unplaced
    cause = response.errors[0]
    told = {error.path[0] for error in located}
    status = status_of(cause, is_whole=True)
    return [*located, *(LocatedError((name,), cause, status) for name in names if name not in told)], []


def _by_item(unit: Unit, errors: list[LocatedError], count: int) -> list[list[LocatedError]]:
    """The errors of each item, their paths relative to it."""
    if unit.representations is None:
        return [errors]
    found: list[list[LocatedError]] = [[] for _ in range(count)]
    for error in errors:
        match error.path:
            case (_,):
                for of_item in found:
                    of_item.append(replace(error, path=()))
            case (_, int(position), *below) if position < count:
                found[position].append(replace(error, path=tuple(below)))
    return found
