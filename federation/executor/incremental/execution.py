"""Running a plan that defers or streams something: an initial result, then parts as they become complete.

    execute(plan, variables, clients):
        run the fetches as ever, in a task of its own; of streamed lists find the first items only
        when those are done that the initial result needs:
            project it without what is deferred; of each object with a deferred fragment note where it stands,
            and of each streamed list that has more items
        if a list has more: run what is fetched for its items once more, for the others
        as often as the fetches of some of these parts are done:
            project each, where its object or list stands; what it defers in turn is noted
        nobody wants more → cancel what still runs

A null that must not be one makes null of its own part and of nothing outside; it ends a list. An error belongs to the
first part that has its place. What is selected of an object that an earlier part has already is told again in `data`,
not in `fields`.
Source: https://github.com/graphql/graphql-spec/pull/1110
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import assert_never

from federation.executor.compile import CompiledPlan
from federation.executor.completion import Place
from federation.executor.errors import ErrorPath
from federation.executor.incremental.completion import (
    Complete,
    CompleteItems,
    FoundFragment,
    FoundList,
    PartialCompletion,
)
from federation.executor.incremental.given import GivenData
from federation.executor.incremental.results import FragmentPart, IncrementalResult, ItemsPart, Part, Pending
from federation.executor.incremental.runs import Run, RunForOthers
from federation.executor.repeated import object_in
from federation.executor.request import ExecutionRequest
from federation.executor.streams import CompiledStream
from federation.executor.subgraph_client import JsonValue, ResponseObject, SubgraphClient
from federation.executor.walks import StreamFinder
from federation.query_plan.nodes import Deferral, OperationKind, SubgraphName


async def execute_incrementally(
    compiled: CompiledPlan, request: ExecutionRequest, clients: Mapping[SubgraphName, SubgraphClient]
) -> AsyncGenerator[IncrementalResult, None]:
    """Give the initial result of a plan whose answer comes in parts, then the others, the last without `has_next`.

    Close the generator (`aclosing`) to give up what is not there yet; a mutation's fetches go on to their end.
    """
    execution = _IncrementalExecution(compiled, request, clients)
    execution.begin()
    try:
        await execution.initial_is_ready()
        result = execution.initial()
        yield result
        while result.has_next:
            await execution.something_is_ready()
            result = execution.next()
            yield result
    finally:
        await execution.end(gives_up=compiled.plan.operation_kind is not OperationKind.MUTATION)


@dataclass(frozen=True, slots=True, eq=False)
class _LeftFragment:
    """A deferred fragment to be given: `complete` completes it.

    All of `fetches` (as bits) of `run` must be done before.
    """

    pending: Pending
    run: Run
    fetches: int
    deferral: Deferral
    complete: Complete


@dataclass(frozen=True, slots=True, eq=False)
class _LeftItems:
    """The items of a list after the first `count`, to be given in the same way."""

    pending: Pending
    run: Run
    fetches: int
    complete: CompleteItems
    items: list[JsonValue]
    count: int


class _IncrementalExecution(Run):
    """The first run, with what has been given so far."""

    __slots__ = (
        "_calls_told",
        "_completion",
        "_counts",
        "_given",
        "_initial_fetches",
        "_labels",
        "_left",
        "_made",
        "_needed",
        "_others",
    )

    def __init__(
        self, compiled: CompiledPlan, request: ExecutionRequest, clients: Mapping[SubgraphName, SubgraphClient]
    ) -> None:
        super().__init__(compiled, request, clients)
        self._labels = {part.deferral[-1]: part.label for part in compiled.plan.deferred}
        self._needed: dict[Deferral, int] = {}
        self._initial_fetches = self._needed_by(())
        self._counts = {stream: stream.count(request.variables) for stream in compiled.streams}
        self._completion = PartialCompletion(
            self._introspection(),
            self.collected.unknown,
            {stream.client_place: count for stream, count in self._counts.items()},
        )
        if compiled.streams:
            ranges = {stream.place: slice(count) for stream, count in self._counts.items()}
            self._finder = StreamFinder(self.data, compiled.walk_steps, ranges)
        self._others: RunForOthers | None = None
        self._given = GivenData(None)
        self._left: list[_LeftFragment | _LeftItems] = []
        self._made = 0
        self._calls_told = 0

    def _introspection(self) -> ResponseObject:
        introspection = self._compiled.introspection
        return introspection.answer(self._request.variables) if introspection else {}

    # How far it has come.

    async def initial_is_ready(self) -> None:
        """Wait for the fetches that the initial result needs."""
        while not self.has_done(self._initial_fetches):
            await self._next_progress()

    async def something_is_ready(self) -> None:
        """Wait for the fetches that one of the parts needs."""
        while not any(each.run.has_done(each.fetches) for each in self._left):
            await self._next_progress()

    async def _next_progress(self) -> None:
        await self.progress.wait()
        self.progress.clear()

    async def end(self, *, gives_up: bool) -> None:
        """Wait until nothing runs any more; `gives_up` what still does."""
        runs = (self, self._others) if self._others is not None else (self,)
        tasks = [run.task for run in runs if run.task is not None]
        if gives_up:
            for task in tasks:
                task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait(tasks)

    def _needed_by(self, deferral: Deferral) -> int:
        needed = self._needed.get(deferral)
        if needed is None:
            fetches = self._compiled.fetches
            needed = self._needed[deferral] = sum(f.bit for f in fetches if f.node.is_needed_by(deferral))
        return needed

    def _run_for_others(self) -> RunForOthers:
        """The run for the later items of streamed lists; begun when the first of them is wanted."""
        if self._others is None:
            compiled = self._compiled.for_others
            assert compiled is not None  # noqa: S101  (something is streamed)
            ranges = {stream.place: slice(count, None) for stream, count in self._counts.items()}
            self._others = RunForOthers(compiled, self._request, self._clients, self)
            self._others.take_up(ranges)
        return self._others

    # Results.

    def initial(self) -> IncrementalResult:
        """The initial result."""
        deferring = self._compiled.deferring
        assert deferring is not None  # noqa: S101  (nobody else gives parts)
        completion, fetches = self._completion, self._initial_fetches
        completion.explain(self._errors.explained(fetches))
        project = self._request.project or deferring.get(self._request.variables)
        data = project(self.data, None, None, completion)
        self._given = GivenData(data)
        pending = self._announce(self, ())
        is_settled = self._given.is_settled if self._left else _any_place
        errors = (*self._errors.take(fetches, is_settled), *completion.errors)
        result = IncrementalResult(is_initial=True, has_next=bool(self._left), data=data, errors=errors)
        return self._told(result, pending)

    def next(self) -> IncrementalResult:
        """The result with all parts that are ready."""
        ready = [each for each in self._left if each.run.has_done(each.fetches)]
        self._left = [each for each in self._left if each not in ready]
        parts: list[Part] = []
        pending: list[Pending] = []
        for left in ready:
            part, announced = self._complete(left)
            parts.append(part)
            pending += announced
        if not self._left and (rest := self._errors.take(-1, _any_place)):
            parts[-1] = replace(parts[-1], errors=(*parts[-1].errors, *rest))
        result = IncrementalResult(is_initial=False, has_next=bool(self._left), parts=tuple(parts))
        return self._told(result, pending)

    def _complete(self, left: _LeftFragment | _LeftItems) -> tuple[Part, list[Pending]]:
        self._completion.explain(self._errors.explained(left.fetches))
        match left:
            case _LeftFragment():
                return self._complete_fragment(left)
            case _LeftItems():
                return self._complete_items(left)
            case _:
                assert_never(left)

    def _complete_fragment(self, left: _LeftFragment) -> tuple[FragmentPart, list[Pending]]:
        completion, path = self._completion, left.pending.path
        known = len(completion.errors)
        completion.given = self._object_at(path)
        data = left.complete(completion.given, _place_of(path), None, completion)
        fields = self._given.add_fields(path, data) if data is not None else ()
        if data is None:
            completion.found.clear()
        pending = self._announce(left.run, left.deferral)
        errors = self._take_errors(left.fetches, path if data is None else None)
        return FragmentPart(left.pending, data, fields, (*errors, *completion.errors[known:])), pending

    def _complete_items(self, left: _LeftItems) -> tuple[ItemsPart, list[Pending]]:
        completion, path = self._completion, left.pending.path
        known = len(completion.errors)
        items, is_whole = left.complete(left.items, left.count, _place_of(path[:-1]), str(path[-1]), completion)
        self._given.add_items(path, items)
        pending = self._announce(left.run, ())
        # The list itself may have come with errors of later items.
        fetched = self._take_errors(self._initial_fetches, None if is_whole else path)
        errors = (*fetched, *completion.errors[known:])
        return ItemsPart(left.pending, left.count, tuple(items), is_whole, errors), pending

    def _take_errors(self, fetches: int, failed: ErrorPath | None) -> list[ResponseObject]:
        """The errors of these fetches at places that were given by now, or are within what has `failed`."""
        return self._errors.take(
            fetches,
            lambda place: self._given.is_settled(place) or (failed is not None and place[: len(failed)] == failed),
        )

    def _announce(self, run: Run, around: Deferral) -> list[Pending]:
        """Note the parts that were found to be left out, unless a null has taken their objects or lists away.

        Of a list that is selected by a deferred fragment as well, the items after the first are a part once.
        """
        announced = []
        for found in self._completion.found:
            begins = self._given.has_object if isinstance(found, FoundFragment) else self._given.open_list
            if begins(found.path):
                left = self._left_out_part(found, run, around)
                self._left.append(left)
                announced.append(left.pending)
        self._completion.found.clear()
        return announced

    def _left_out_part(
        self, found: FoundFragment | FoundList, run: Run, around: Deferral
    ) -> _LeftFragment | _LeftItems:
        self._made += 1
        id_ = str(self._made - 1)
        match found:
            case FoundFragment(number, complete, path):
                deferral = (*around, number)
                pending = Pending(id_, path, self._labels[number])
                return _LeftFragment(pending, run, self._needed_by(deferral), deferral, complete)
            case FoundList(complete, items, count, path):
                stream = self._stream_at(path)
                fetches = stream.fetches & self._initial_fetches
                pending = Pending(id_, path, stream.label)
                return _LeftItems(pending, self._run_for_others(), fetches, complete, items, count)
            case _:
                assert_never(found)

    def _stream_at(self, path: ErrorPath) -> CompiledStream:
        names = tuple(step for step in path if isinstance(step, str))
        return next(stream for stream in self._compiled.streams if stream.client_place == names)

    def _told(self, result: IncrementalResult, pending: list[Pending]) -> IncrementalResult:
        calls = self.calls + (self._others.calls if self._others is not None else 0)
        since, self._calls_told = calls - self._calls_told, calls
        extensions = self._extensions() if result.is_initial or not result.has_next else {}
        return replace(result, pending=tuple(pending), extensions=extensions, subgraph_calls=since)

    def _object_at(self, path: ErrorPath) -> JsonValue:
        """The object of the response tree at a place of the answer."""
        value: JsonValue = self.data
        for step in path:
            key = self._compiled.plan.typename_key if step == "__typename" else step
            value = object_in(value[key])
        return value


def _any_place(_place: ErrorPath) -> bool:
    return True


def _place_of(path: ErrorPath) -> Place:
    """The place with this path, from which its fields are located."""
    place: Place = None
    for step in path:
        place = (place, None, range(step)) if isinstance(step, int) else (place, step, None)
    return place
