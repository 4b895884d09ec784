"""What is streamed: the lists of which the initial result has the beginning only.

`@stream` changes no fetch. The executor runs what is fetched for a list's items twice, so no fetch for anything else
may wait for what is fetched for the items.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from graphql import DocumentNode

from federation.planner.deferral import NOT_DEFERRED, deferrals_of
from federation.planner.demands import Demand
from federation.query_plan.incremental import initial_count_of, label_of, streamed_fields
from federation.query_plan.nodes import (
    EntityCall,
    FetchNode,
    FieldSegment,
    ListSegment,
    RequiredField,
    RequiredSelection,
    ResponsePath,
    StreamedList,
)

_Place: TypeAlias = tuple[str, ...]


def find_streams(document: DocumentNode, demands: Iterable[Demand]) -> tuple[StreamedList, ...]:
    """Find the streamed lists among what is wanted of a root type; none stands in another or in anything deferred."""
    nodes = list(streamed_fields(document))
    if not nodes:
        return ()
    return tuple(
        StreamedList((*path, ListSegment()), label_of(nodes[number]), initial_count_of(nodes[number]))
        for path, number in _streams(demands, ())
    )


def _streams(demands: Iterable[Demand], path: ResponsePath) -> Iterator[tuple[ResponsePath, int]]:
    """The paths of streamed lists, each once. Fields under one key, of objects of several types, are streamed alike."""
    by_key: dict[str, list[Demand]] = {}
    for demand in demands:
        by_key.setdefault(demand.use.response_key, []).append(demand)
    for key, alike in by_key.items():
        field = (*path, FieldSegment(key))
        stream = alike[0].stream
        if stream is not None and all(d.stream == stream and _is_wanted_at_once(d) for d in alike):
            yield field, stream
        else:
            lists = max(demand.list_depth for demand in alike)
            children = (child for demand in alike for child in demand.children)
            yield from _streams(children, (*field, *(ListSegment(),) * lists))


def _is_wanted_at_once(demand: Demand) -> bool:
    return deferrals_of(demand.alternatives) == NOT_DEFERRED


def leave_out_required(streams: tuple[StreamedList, ...], fetches: Iterable[FetchNode]) -> tuple[StreamedList, ...]:
    """Leave out the lists that are read as a whole, to be sent with the representation of something else."""
    read = (
        {each for fetch in fetches for call in fetch.entity_calls for each in _read_places(call)} if streams else set()
    )
    return tuple(stream for stream in streams if not _is_read_from_outside(_place(stream.path), read))


def _is_read_from_outside(streamed: _Place, read: Iterable[tuple[_Place, _Place]]) -> bool:
    length = len(streamed)
    return any(place[:length] == streamed and entity[:length] != streamed for entity, place in read)


def _read_places(call: EntityCall) -> Iterator[tuple[_Place, _Place]]:
    """The places that a call's representations are read from, each after the place of the entity."""
    for path in call.paths:
        entity = _place(path)
        for place in _required_places(call.requires, entity):
            yield entity, place


def _required_places(selections: Iterable[RequiredSelection], place: _Place) -> Iterator[_Place]:
    for selection in selections:
        inner = (*place, selection.response_name) if isinstance(selection, RequiredField) else place
        yield inner
        yield from _required_places(selection.selections, inner)


def _place(path: ResponsePath) -> _Place:
    return tuple(segment.name for segment in path if isinstance(segment, FieldSegment))
