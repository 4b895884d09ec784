"""Running a plan that defers something: an initial result, then parts as they become complete.

    execute(plan, variables, clients):
        run the fetches as ever, in a task of its own
        when those are done that the initial result needs:
            project it without what is deferred; of each object with a deferred fragment note where it stands
        as often as the fetches of some of these fragments are done:
            project each, where its object stands; what it defers in turn is noted
        nobody wants more → cancel what still runs

A null that must not be one makes null of its own part and of nothing outside. An error belongs to the first part that
has its place. What is selected of an object that an earlier part has already is told again in `data`, not in `fields`.
Source: https://github.com/graphql/graphql-spec/pull/1110
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from federation.executor.compile import CompiledPlan
from federation.executor.completion import Completion, Place, locate_place
from federation.executor.errors import ErrorPath
from federation.executor.fetches import CompiledFetch
from federation.executor.repeated import Repeated, object_in
from federation.executor.request import ExecutionRequest
from federation.executor.schedule import Execution
from federation.executor.subgraph_client import JsonValue, ResponseObject, SubgraphClient
from federation.query_plan.nodes import Deferral, OperationKind, SubgraphName

_Complete: TypeAlias = Callable[[JsonValue, Place, None, Completion], ResponseObject | None]


@dataclass(frozen=True, slots=True)
class Pending:
    """A part that will come: the fragment with `label` of the object at `path`."""

    id: str
    path: ErrorPath
    label: str | None


@dataclass(frozen=True, slots=True)
class Part:
    """A deferred fragment of one object.

    Attributes:
        data: all that it selects; None if a null that must not be one was in it.
        fields: of `data` what no part before had, by the place below the part's own path.
    """

    pending: Pending
    data: ResponseObject | None = field(repr=False)
    fields: tuple[tuple[ErrorPath, ResponseObject], ...] = field(repr=False)
    errors: tuple[ResponseObject, ...] = ()


@dataclass(frozen=True, slots=True)
class IncrementalResult:
    """The initial result, whose `data` and `errors` are its own, or one with further parts.

    Attributes:
        pending: the parts that are announced.
        has_next: whether another result follows.
        subgraph_calls: how many fetches were sent since the result before.
    """

    is_initial: bool
    has_next: bool
    data: ResponseObject | None = field(default=None, repr=False)
    errors: tuple[ResponseObject, ...] = ()
    parts: tuple[Part, ...] = ()
    pending: tuple[Pending, ...] = ()
    extensions: ResponseObject = field(default_factory=dict)
    subgraph_calls: int = 0

    def all_errors(self) -> tuple[ResponseObject, ...]:
        """Its own errors and those of its parts."""
        return (*self.errors, *(error for part in self.parts for error in part.errors))


async def execute_incrementally(
    compiled: CompiledPlan, request: ExecutionRequest, clients: Mapping[SubgraphName, SubgraphClient]
) -> AsyncGenerator[IncrementalResult, None]:
    """Give the initial result of a plan that defers something, then the others, the last without `has_next`.

    Close the generator (`aclosing`) to give up what is not there yet; a mutation's fetches go on to their end.
    """
    execution = _IncrementalExecution(compiled, request, clients)
    running = asyncio.ensure_future(execution.run(None))
    running.add_done_callback(execution.all_is_done)
    try:
        await execution.initial_is_ready()
        if running.done():
            await running  # raises what went wrong
        result = execution.initial()
        yield result
        while result.has_next:
            await execution.something_is_ready()
            if running.done():
                await running
            result = execution.next()
            yield result
    finally:
        if compiled.plan.operation_kind is not OperationKind.MUTATION:
            running.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait((running,))


@dataclass(frozen=True, slots=True, eq=False)
class _Deferred:
    """A part to be made: `complete` completes it, all of `fetches` (as bits) must be done before."""

    pending: Pending
    deferral: Deferral
    complete: _Complete
    fetches: int


class _DeferringCompletion(Completion):
    """Notes what is deferred while a result is completed; of repeated objects each place is completed by itself."""

    __slots__ = ("deferred",)

    def __init__(self, explained: list[ErrorPath], introspection: ResponseObject) -> None:
        super().__init__(explained, introspection)
        self.deferred: list[tuple[int, _Complete, ErrorPath]] = []

    def defer(self, number: int, complete: _Complete, place: Place) -> None:
        """The fragment `number` of the object at `place` is deferred."""
        self.deferred.append((number, complete, locate_place(place, None)))

    def keep(self, repeated: Repeated, complete: object, completed: ResponseObject, troubles: int) -> JsonValue:  # noqa: ARG002
        return completed


class _IncrementalExecution(Execution):
    """One execution with what has been given of it so far."""

    __slots__ = (
        "_all_done",
        "_calls_told",
        "_completion",
        "_given",
        "_initial_fetches",
        "_labels",
        "_left",
        "_made",
        "_needed",
        "_progress",
    )

    def __init__(
        self, compiled: CompiledPlan, request: ExecutionRequest, clients: Mapping[SubgraphName, SubgraphClient]
    ) -> None:
        super().__init__(compiled, request, clients)
        self._progress = asyncio.Event()
        self._all_done = False
        self._labels = {part.deferral[-1]: part.label for part in compiled.plan.deferred}
        self._needed: dict[Deferral, int] = {}
        self._initial_fetches = self._needed_by(())
        self._completion = _DeferringCompletion([], self._introspection())
        self._given: ResponseObject | None = None
        self._left: list[_Deferred] = []
        self._made = 0
        self._calls_told = 0

    def _introspection(self) -> ResponseObject:
        introspection = self._compiled.introspection
        return introspection.answer(self._request.variables) if introspection else {}

    # How far it has come.

    def _released_by(self, fetch: CompiledFetch) -> list[CompiledFetch]:
        released = super()._released_by(fetch)
        self._progress.set()
        return released

    def all_is_done(self, _running: asyncio.Future[None]) -> None:
        """Nothing more will come, be it that the deadline has passed."""
        self._all_done = True
        self._progress.set()

    async def initial_is_ready(self) -> None:
        """Wait for the fetches that the initial result needs."""
        while not self._are_done(self._initial_fetches):
            await self._next_progress()

    async def something_is_ready(self) -> None:
        """Wait for the fetches that one of the deferred parts needs."""
        while not any(self._are_done(each.fetches) for each in self._left):
            await self._next_progress()

    async def _next_progress(self) -> None:
        await self._progress.wait()
        self._progress.clear()

    def _are_done(self, fetches: int) -> bool:
        return self._all_done or not fetches & ~self._finder.done

    def _needed_by(self, deferral: Deferral) -> int:
        needed = self._needed.get(deferral)
        if needed is None:
            fetches = self._compiled.fetches
            needed = self._needed[deferral] = sum(f.bit for f in fetches if f.node.is_needed_by(deferral))
        return needed

    # Results.

    def initial(self) -> IncrementalResult:
        """The initial result."""
        deferring = self._compiled.deferring
        assert deferring is not None  # noqa: S101  (nobody else defers)
        completion, fetches = self._completion, self._initial_fetches
        completion.explain(self._errors.explained(fetches))
        project = self._request.project or deferring.get(self._request.variables)
        data = project(self.data, None, None, completion)
        self._given = _copied(data)
        pending = self._announce((), data, ())
        is_settled = self._is_settled if self._left else _any_place
        errors = (*self._errors.take(fetches, is_settled), *completion.errors)
        result = IncrementalResult(is_initial=True, has_next=bool(self._left), data=data, errors=errors)
        return self._told(result, pending)

    def next(self) -> IncrementalResult:
        """The result with all parts that are ready."""
        ready = [each for each in self._left if self._are_done(each.fetches)]
        self._left = [each for each in self._left if each not in ready]
        parts: list[Part] = []
        pending: list[Pending] = []
        for deferred in ready:
            part, announced = self._complete_part(deferred)
            parts.append(part)
            pending += announced
        if not self._left and (rest := self._errors.take(-1, _any_place)):
            parts[-1] = replace(parts[-1], errors=(*parts[-1].errors, *rest))
        result = IncrementalResult(is_initial=False, has_next=bool(self._left), parts=tuple(parts))
        return self._told(result, pending)

    def _complete_part(self, deferred: _Deferred) -> tuple[Part, list[Pending]]:
        completion, path = self._completion, deferred.pending.path
        completion.explain(self._errors.explained(deferred.fetches))
        known = len(completion.errors)
        data = deferred.complete(self._object_at(path), _place_of(path), None, completion)
        pending = self._announce(deferred.deferral, data, path)
        target = _value_at(self._given, path)
        fields = tuple(_add(target, data, ())) if data is not None and isinstance(target, dict) else ()

        def belongs_here(place: ErrorPath) -> bool:
            return self._is_settled(place) or (data is None and place[: len(path)] == path)

        errors = (*self._errors.take(deferred.fetches, belongs_here), *completion.errors[known:])
        return Part(deferred.pending, data, fields, errors), pending

    def _announce(self, around: Deferral, data: ResponseObject | None, path: ErrorPath) -> list[Pending]:
        """Note the parts that were found to be deferred in `data`, unless a null has taken their objects away."""
        announced = []
        for number, complete, place in self._completion.deferred:
            if not isinstance(_value_at(data, place[len(path) :]), dict):
                continue
            deferral = (*around, number)
            pending = Pending(str(self._made), place, self._labels[number])
            self._left.append(_Deferred(pending, deferral, complete, self._needed_by(deferral)))
            self._made += 1
            announced.append(pending)
        self._completion.deferred.clear()
        return announced

    def _told(self, result: IncrementalResult, pending: list[Pending]) -> IncrementalResult:
        calls = self._calls - self._calls_told
        self._calls_told = self._calls
        extensions = self._extensions() if result.is_initial or not result.has_next else {}
        return replace(result, pending=tuple(pending), extensions=extensions, subgraph_calls=calls)

    def _object_at(self, path: ErrorPath) -> JsonValue:
        """The object of the response tree at a place of the answer."""
        value: JsonValue = self.data
        for step in path:
            key = self._compiled.plan.typename_key if step == "__typename" else step
            value = object_in(value[key])
        return value

    def _is_settled(self, place: ErrorPath) -> bool:
        """Whether a place of the answer, or a null above it, has been given."""
        value: JsonValue = self._given
        for step in place:
            if isinstance(value, dict):
                if step not in value:
                    return False
                value = value[step]
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return True
        return True


def _any_place(_place: ErrorPath) -> bool:
    return True


def _value_at(value: JsonValue, path: ErrorPath) -> JsonValue:
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _place_of(path: ErrorPath) -> Place:
    """The place with this path, from which its fields are located."""
    place: Place = None
    for step in path:
        place = (place, None, range(step)) if isinstance(step, int) else (place, step, None)
    return place


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
