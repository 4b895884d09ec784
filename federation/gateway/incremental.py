"""How an answer in parts is written in an HTTP body, and whether a client takes one.

    multipart/mixed;deferSpec=20220824, or nothing but multipart/mixed
        {"data": …, "hasNext": true}
        {"incremental": [{"path": …, "label": …, "data": …}], "hasNext": true}
        {"incremental": [{"path": […, 2], "label": …, "items": […]}], "hasNext": false}
    multipart/mixed;incrementalSpec=v0.2
        {"data": …, "pending": [{"id": "0", "path": …, "label": …}], "hasNext": true}
        {"incremental": [{"id": "0", "subPath": …, "data": …}], "completed": [{"id": "0"}], "hasNext": true}
        {"incremental": [{"id": "1", "items": […]}], "completed": [{"id": "1"}], "hasNext": false}

In the first, a part has all that its fragment selects; in the second, no field is sent twice.
Sources: https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md
https://github.com/graphql/graphql-spec/pull/1110
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import assert_never

from federation.executor.encoding import encode
from federation.executor.incremental import FragmentPart, IncrementalResult, ItemsPart, Part, Pending
from federation.executor.subgraph_client import ResponseObject
from federation.gateway.streams import StreamFormat, accepted_types, multipart

_HEADER_CACHE_SIZE = 512


@dataclass(frozen=True, slots=True)
class IncrementalFormat:
    """One way to write an answer in parts.

    Attributes:
        stream: of the body.
        names_pending_parts: whether parts are announced and referred to by an id.
    """

    stream: StreamFormat
    names_pending_parts: bool

    @property
    def content_type(self) -> bytes:
        """Of the whole body."""
        return self.stream.content_type

    def only(self, body: bytes) -> bytes:
        """Write an answer that is whole, given as JSON, for a client that takes nothing else."""
        return self.stream.only(body[:-1] + b',"hasNext":false}')

    def write(self, result: IncrementalResult) -> bytes:
        """Write one result as JSON."""
        content: ResponseObject = {"data": result.data} if result.is_initial else {}
        if result.errors:
            content["errors"] = result.errors
        if self.names_pending_parts:
            content |= _parts_by_id(result)
        elif not result.is_initial:
            content["incremental"] = [entry for part in result.parts for entry in _entries_by_path(part)]
        if result.extensions:
            content["extensions"] = result.extensions
        return encode(content | {"hasNext": result.has_next})


def _parts_by_id(result: IncrementalResult) -> ResponseObject:
    content: ResponseObject = {}
    if result.pending:
        content["pending"] = [{"id": each.id} | _place(each) for each in result.pending]
    if incremental := [entry for part in result.parts for entry in _entries(part)]:
        content["incremental"] = incremental
    if result.parts:
        content["completed"] = [_completed(part) for part in result.parts]
    return content


def _place(pending: Pending, *below: int) -> ResponseObject:
    label = {} if pending.label is None else {"label": pending.label}
    return {"path": [*pending.path, *below]} | label


def _entries(part: Part) -> Iterator[ResponseObject]:
    match part:
        case FragmentPart():
            return _fragment_entries(part)
        case ItemsPart():
            return _items_entries(part)
        case _:
            assert_never(part)


def _fragment_entries(part: FragmentPart) -> Iterator[ResponseObject]:
    """Write what is new, object by object; the part's errors stand with the first."""
    if part.data is None:
        return
    errors: ResponseObject = {"errors": part.errors} if part.errors else {}
    for place, fields in part.fields or ((((), {}),) if errors else ()):
        below: ResponseObject = {"subPath": list(place)} if place else {}
        yield {"id": part.pending.id} | below | {"data": fields} | errors
        errors = {}


def _items_entries(part: ItemsPart) -> Iterator[ResponseObject]:
    errors: ResponseObject = {"errors": part.errors} if part.errors and part.is_whole else {}
    if part.items or errors:
        yield {"id": part.pending.id, "items": part.items} | errors


def _completed(part: Part) -> ResponseObject:
    has_failed = part.data is None if isinstance(part, FragmentPart) else not part.is_whole
    return {"id": part.pending.id} | ({"errors": part.errors} if has_failed else {})


def _entries_by_path(part: Part) -> Iterator[ResponseObject]:
    errors: ResponseObject = {"errors": part.errors} if part.errors else {}
    match part:
        case FragmentPart():
            yield {"data": part.data} | _place(part.pending) | errors
        case ItemsPart(is_whole=True):
            yield {"items": part.items} | _place(part.pending, part.start) | errors
        case ItemsPart():
            if part.items:
                yield {"items": part.items} | _place(part.pending, part.start)
            yield {"items": None} | _place(part.pending, part.start + len(part.items)) | errors
        case _:
            assert_never(part)


def _stream(name: str, parameter: bytes) -> StreamFormat:
    return multipart(name, b"-", parameter, fatal=(b'{"errors":', b',"hasNext":false}'))


DEFER_20220824 = IncrementalFormat(_stream("defer-20220824", b"deferSpec=20220824"), names_pending_parts=False)
INCREMENTAL_V0_2 = IncrementalFormat(_stream("incremental-v0.2", b"incrementalSpec=v0.2"), names_pending_parts=True)


@lru_cache(_HEADER_CACHE_SIZE)
def choose_incremental_format(accept: bytes) -> IncrementalFormat | None:
    """Choose by an `Accept` value: of the formats it names the one with the highest quality, then the first."""
    chosen: IncrementalFormat | None = None
    best = 0.0
    for media_type, parameters, quality in accepted_types(accept):
        known = _format(parameters) if media_type == "multipart/mixed" else None
        if known is not None and quality > best:
            chosen, best = known, quality
    return chosen


def _format(parameters: dict[str, str]) -> IncrementalFormat | None:
    if parameters.get("incrementalspec") == "v0.2":
        return INCREMENTAL_V0_2
    is_plain = parameters.keys().isdisjoint(("subscriptionspec", "incrementalspec", "deferspec"))
    return DEFER_20220824 if is_plain or parameters.get("deferspec") == "20220824" else None
