"""Streamed lists, compiled: what is fetched for their items, and once more for those that come later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from federation.executor.fetches import CompiledCall, CompiledFetch
from federation.executor.paths import FlatPath, flatten_path
from federation.executor.subgraph_client import JsonValue
from federation.query_plan.nodes import QueryPlan

#: No fetch has so many left to wait for: it is never begun.
_NEVER = -1


@dataclass(frozen=True, slots=True)
class CompiledStream:
    """A streamed list.

    Attributes:
        place: of the list in the response tree.
        client_place: the same in the client's answer, where a key may be called otherwise.
        fetches: those for its items, as bits.
    """

    place: FlatPath
    client_place: FlatPath
    label: str | None
    initial_count: int | str
    fetches: int

    def count(self, variables: Mapping[str, JsonValue]) -> int:
        """How many items the initial result has; none where the client's variable is null or missing."""
        known = variables.get(self.initial_count) if isinstance(self.initial_count, str) else self.initial_count
        return known or 0


def compile_streams(plan: QueryPlan, fetches: Sequence[CompiledFetch]) -> tuple[CompiledStream, ...]:
    """Compile the streamed lists of a plan."""

    def fetched_for(place: FlatPath) -> int:
        return sum(fetch.bit for fetch in fetches if any(_is_within(path, place) for path in _places(fetch)))

    return tuple(
        CompiledStream(
            place=(place := flatten_path(stream.path)),
            client_place=tuple("__typename" if name == plan.typename_key else name for name in place),
            label=stream.label,
            initial_count=stream.initial_count,
            fetches=fetched_for(place),
        )
        for stream in plan.streamed
    )


def compile_fetches_for_others(
    fetches: Sequence[CompiledFetch], streams: Sequence[CompiledStream]
) -> tuple[tuple[CompiledFetch, ...], tuple[int, ...]]:
    """The fetches as they run for the items that come later, and how many of these each waits for.

    Calls for anything but items of streamed lists have no places; fetches without others are never begun.
    """
    places = [stream.place for stream in streams]
    wanted = 0
    for stream in streams:
        wanted |= stream.fetches
    bits = {fetch.node.id: fetch.bit for fetch in fetches}
    counts = [sum(1 for d in set(fetch.node.depends_on) if bits[d] & wanted) for fetch in fetches]
    return (
        tuple(_restricted(fetch, places) if fetch.bit & wanted else fetch for fetch in fetches),
        tuple(count if fetch.bit & wanted else _NEVER for fetch, count in zip(fetches, counts, strict=True)),
    )


def _restricted(fetch: CompiledFetch, streamed: Sequence[FlatPath]) -> CompiledFetch:
    return replace(fetch, calls=tuple(_restricted_call(call, streamed) for call in fetch.calls))


def _restricted_call(call: CompiledCall, streamed: Sequence[FlatPath]) -> CompiledCall:
    kept = [
        number
        for number, path in enumerate(call.node.paths)
        if any(_is_within(flatten_path(path), place) for place in streamed)
    ]
    node = replace(call.node, paths=tuple(call.node.paths[number] for number in kept))
    return replace(call, node=node, walks=tuple(call.walks[number] for number in kept))


def _places(fetch: CompiledFetch) -> list[FlatPath]:
    paths = [path for call in fetch.calls for path in call.node.paths] if fetch.calls else [fetch.node.path]
    return [flatten_path(path) for path in paths]


def _is_within(place: FlatPath, streamed: FlatPath) -> bool:
    return place[: len(streamed)] == streamed
