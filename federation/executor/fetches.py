"""One fetch of a plan, compiled: what it sends, and how its answer gets into the response tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import orjson

from federation.executor.answer_decoder import AnswerDecoder, repeated_in_answer
from federation.executor.contexts import CompiledContexts, Values, compile_contexts
from federation.executor.merge import Copy, compile_copy, merge_entities, merge_objects, put_entities
from federation.executor.ownership import Contribution, Ownership, contributions_of, survey_ownership
from federation.executor.paths import FlatPath, flatten_path
from federation.executor.repeats import repeating_paths
from federation.executor.representations import Collect, compile_collect
from federation.executor.subgraph_client import FetchOperation, JsonValue, ResponseObject
from federation.executor.walks import Contributors, Finder, WalkPlanner, WalkStep, compile_walk
from federation.query_plan.nodes import Condition, EntityCall, FetchId, FetchNode, QueryPlan, RenameKey, ResponsePath

PutEntities: TypeAlias = Callable[[list[ResponseObject], list[int], list[JsonValue]], None]
Rewrite: TypeAlias = Callable[[ResponseObject], None]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledCall:
    """One entity call.

    Attributes:
        walks: one per path, the numbers of the steps that find the entities.
        collect: makes their representations.
        copy: makes of an answered entity one whose inner places may be changed; None if nothing changes them.
        rewrite: undoes internal aliases; None if there are none.
        put: merges answered entities into their places.
        contexts: finds its contextual values, and the entities below them; None if it has none.
    """

    node: EntityCall
    walks: tuple[int, ...]
    collect: Collect
    copy: Copy | None
    rewrite: Rewrite | None
    put: PutEntities
    contexts: CompiledContexts | None

    def merge(self, batch: EntityBatch, entities: list[JsonValue], *, is_exclusive: bool) -> None:
        """Merge the answer's `entities` into the places of `batch`; both were counted to be of the same length."""
        if self.copy and not is_exclusive:
            entities = list(map(self.copy, entities))
        if self.rewrite:
            for entity in entities:
                if entity.__class__ is dict:
                    self.rewrite(entity)
        for number, (places, indices) in enumerate(batch.places):
            # Each path has later fetches of its own, so no two may share what these change.
            own = list(map(self.copy, entities)) if number and self.copy else entities
            self.put(places, indices, own)


@dataclass(frozen=True, slots=True)
class EntityBatch:
    """The entities of one call in one execution.

    Attributes:
        places: per path the entities found there, and for each the index of its representation (-1: not sent).
    """

    call: CompiledCall
    representations: list[ResponseObject] = field(repr=False)
    places: tuple[tuple[list[ResponseObject], list[int]], ...] = field(repr=False)

    def unknown(self, entities: list[JsonValue]) -> Iterator[ResponseObject]:
        """The places of null entities in the answer."""
        for places, indices in self.places:
            for place, index in zip(places, indices, strict=True):
                if index >= 0 and entities[index] is None:
                    yield place


@dataclass(frozen=True, slots=True, eq=False)
class CompiledRoot:
    """How the data of a fetch on a root type is merged; `walk` is the step that finds the root objects."""

    walk: int
    copy: Copy | None
    rewrite: Rewrite | None
    is_deep: bool

    def merge(self, roots: list[ResponseObject], data: ResponseObject, *, is_exclusive: bool) -> None:
        """Merge `data` into each of `roots`."""
        if self.copy and not is_exclusive:
            data = self.copy(data)
        if self.rewrite:
            self.rewrite(data)
        for number, root in enumerate(roots):
            own = self.copy(data) if number and self.copy else data
            if self.is_deep:
                merge_objects(root, own)
            else:
                root.update(own)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFetch:
    """A fetch ready to run.

    Attributes:
        bit: its position in the plan as a bit.
        operation: what is sent, with a prepared head of the request body.
        root: for a fetch on a root type, else None and `calls` are not empty.
        root_keys: the response keys it brings to the root.
        dependants: positions in the plan of the fetches that wait for this one.
    """

    node: FetchNode
    bit: int
    operation: FetchOperation
    root: CompiledRoot | None
    calls: tuple[CompiledCall, ...]
    root_keys: tuple[str, ...]
    dependants: tuple[int, ...]

    @property
    def is_continuation(self) -> bool:
        """Whether it adds to what other fetches brought; the client's own root fields stand for themselves."""
        return self.root is None or bool(self.node.path)

    def collect(self, finder: Finder, variables: Mapping[str, JsonValue]) -> tuple[EntityBatch, ...]:
        """The representations of all its calls, from the data fetched so far; none of a call that is not wanted."""
        return tuple(_collect_batch(call, finder, variables) for call in self.calls)

    def collect_by_context(self, contexts: CompiledContexts, finder: Finder) -> list[tuple[Values, EntityBatch]]:
        """The representations of its only call, apart for each combination of contextual values."""
        (call,) = self.calls
        return [(group.values, batch_of(call, (group.entities,))) for group in contexts.groups(finder)]

    @property
    def contexts(self) -> CompiledContexts | None:
        """How its contextual values are found; None if it has none."""
        return self.calls[0].contexts if self.calls else None


def _collect_batch(call: CompiledCall, finder: Finder, variables: Mapping[str, JsonValue]) -> EntityBatch:
    alternatives = call.node.alternatives
    if alternatives and not any(hold(conditions, variables) for conditions in alternatives):
        return batch_of(call, [[] for _ in call.walks])
    return batch_of(call, [finder.find(walk) for walk in call.walks])


def hold(conditions: Iterable[Condition], variables: Mapping[str, JsonValue]) -> bool:
    """Whether all conditions hold; a variable that is not given is false."""
    return all(bool(variables.get(condition.variable)) is condition.value for condition in conditions)


def batch_of(call: CompiledCall, found: Iterable[list[ResponseObject]]) -> EntityBatch:
    """Collect the entities `found` at each path."""
    representations: list[ResponseObject] = []
    seen: dict[object, int] = {}
    places = tuple((entities, call.collect(entities, representations, seen)) for entities in found)
    return EntityBatch(call, representations, places)


@dataclass(frozen=True, slots=True, eq=False)
class CompiledFetches:
    """All fetches of a plan, in its order, and the steps of all paths in them."""

    fetches: tuple[CompiledFetch, ...]
    steps: tuple[WalkStep, ...]


def compile_fetches(plan: QueryPlan) -> CompiledFetches:
    """Compile all fetches of `plan`."""
    surveyed = [(fetch, *contributions_of(fetch)) for fetch in plan.fetches]
    ownership = survey_ownership(part for _, _, parts in surveyed for part in parts)
    bringing, adding = _as_bits(plan, ownership.bringing), _as_bits(plan, ownership.adding)
    repeating = repeating_paths(plan, ownership)
    streamed = frozenset(flatten_path(stream.path) for stream in plan.streamed)
    walks = WalkPlanner(bringing, adding, repeating, streamed)
    dependants = _dependants(plan)
    fetches = tuple(
        CompiledFetch(
            node=fetch,
            bit=1 << position,
            operation=prepare_operation(
                fetch, [path for part in parts for path in repeated_in_answer(part, repeating)]
            ),
            root=None if fetch.entity_calls else _compile_root(fetch, parts[0], ownership, walks),
            calls=tuple(
                _compile_call(call, part, ownership, walks)
                for call, part in zip(fetch.entity_calls, parts, strict=False)
            ),
            root_keys=fetched.roots,
            dependants=dependants[fetch.id],
        )
        for position, (fetch, fetched, parts) in enumerate(surveyed)
    )
    return CompiledFetches(fetches, walks.steps)


def _as_bits(plan: QueryPlan, fetches_at: Mapping[FlatPath, frozenset[FetchId]]) -> Contributors:
    bits = {fetch.id: 1 << position for position, fetch in enumerate(plan.fetches)}
    return lambda place: sum(bits[fetch] for fetch in fetches_at.get(place, ()))


def _dependants(plan: QueryPlan) -> dict[FetchId, tuple[int, ...]]:
    return {
        fetch.id: tuple(position for position, other in enumerate(plan.fetches) if fetch.id in other.depends_on)
        for fetch in plan.fetches
    }


def prepare_operation(fetch: FetchNode, repeated: Sequence[ResponsePath] = ()) -> FetchOperation:
    """The unchanging part of the request, with its body up to the variables.

    `repeated` are the paths in its answers at which equal entities may become one.
    """
    name = b"" if fetch.operation_name is None else b'"operationName":' + orjson.dumps(fetch.operation_name) + b","
    head = b'{"query":' + orjson.dumps(fetch.operation) + b"," + name + b'"variables":'
    decode = AnswerDecoder(fetch.operation, repeated) if repeated else None
    return FetchOperation(fetch.subgraph, fetch.operation, fetch.operation_kind, fetch.operation_name, head, decode)


def _compile_root(fetch: FetchNode, part: Contribution, ownership: Ownership, walks: WalkPlanner) -> CompiledRoot:
    return CompiledRoot(
        walk=walks.add(fetch.path),
        copy=compile_copy(ownership.owned_below(part)),
        rewrite=compile_rewrite(fetch.output_rewrites),
        is_deep=ownership.needs_deep_merge(part),
    )


def _compile_call(call: EntityCall, part: Contribution, ownership: Ownership, walks: WalkPlanner) -> CompiledCall:
    return CompiledCall(
        node=call,
        walks=tuple(walks.add(path) for path in call.paths),
        collect=compile_collect(call),
        copy=compile_copy(ownership.owned_below(part)),
        rewrite=compile_rewrite(call.output_rewrites),
        put=merge_entities if ownership.needs_deep_merge(part) else put_entities,
        contexts=compile_contexts(call, walks) if call.contextual_values else None,
    )


def compile_rewrite(rewrites: tuple[RenameKey, ...]) -> Rewrite | None:
    """A function that renames keys in a fetched object, in place and in order; None when there is nothing to rename."""
    if not rewrites:
        return None
    steps = tuple((compile_walk(rewrite.path), rewrite.alias, rewrite.name) for rewrite in rewrites)

    def rewrite(fetched: ResponseObject) -> None:
        for walk, alias, name in steps:
            for found in walk(fetched):
                if alias in found:
                    found[name] = found.pop(alias)

    return rewrite
