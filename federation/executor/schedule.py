"""Running a compiled plan: every fetch starts as soon as the fetches it waits for are done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from federation.executor.compile import CompiledPlan
from federation.executor.completion import Completion
from federation.executor.contexts import Values
from federation.executor.errors import deadline_failure, malformed_response
from federation.executor.failures import FetchErrors, FetchNotes
from federation.executor.fetches import CompiledFetch, EntityBatch, hold
from federation.executor.request import ExecutionRequest, ExecutionResult
from federation.executor.sources import merge_reports, stale_note
from federation.executor.subgraph_client import (
    JsonValue,
    ResponseObject,
    SourceReport,
    SubgraphClient,
    SubgraphRequest,
    SubgraphResponse,
)
from federation.executor.walks import Finder
from federation.query_plan.nodes import FetchId, SubgraphName

#: Clients end their calls at the deadline themselves, for they know best whose share is missing then. This is how long
#: after it a call is given up of which nothing was heard.
GRACE_SECONDS = 0.25


async def execute_plan(
    compiled: CompiledPlan,
    request: ExecutionRequest,
    clients: Mapping[SubgraphName, SubgraphClient],
    event: SubgraphResponse | None = None,
) -> ExecutionResult:
    """Fetch what the plan says, merge it, and complete the client's answer.

    A failing subgraph costs only its own fields. Cancellation reaches all running fetches. At the deadline clients
    give up what has not come, with `GATEWAY_TIMEOUT`, and the rest is answered. Of a subscription's plan each `event`,
    an answer to its first fetch, is executed apart: the first fetch is not sent then.
    """
    execution = Execution(compiled, request, clients)
    await execution.run(event)
    return execution.complete()


class Collected:
    """What was collected for one request, by one or several runs over its plan.

    Attributes:
        data: the response tree.
        left_out: the fetches whose conditions do not hold, and those that would only go on from them.
        reports: what subgraphs said of their sources, each with the fetch as a bit.
        upper_bounds: the lists whose total may count somebody twice, as keys.
        order_conflicts: the lists that may show somebody twice, as keys.
        stale: the places with cities' last known shares; None as long as there are none.
        unknown: the objects of the response tree that were asked for as entities and answered with null, by `id`.
    """

    __slots__ = ("data", "errors", "left_out", "order_conflicts", "reports", "stale", "unknown", "upper_bounds")

    def __init__(self, errors: FetchErrors) -> None:
        self.data: ResponseObject = {}
        self.errors = errors
        self.left_out: set[FetchId] = set()
        self.reports: list[tuple[int, SourceReport]] = []
        self.upper_bounds: dict[str, None] = {}
        self.order_conflicts: dict[str, None] = {}
        self.stale: FetchNotes | None = None
        self.unknown: dict[int, ResponseObject] = {}


class Execution:
    """What changes during one run over a plan: what it has collected, and how far it has come."""

    __slots__ = (
        "_calls",
        "_clients",
        "_compiled",
        "_errors",
        "_finder",
        "_left_out",
        "_reports",
        "_request",
        "_running",
        "_upper_bounds",
        "_waiting",
        "collected",
        "data",
    )

    def __init__(
        self,
        compiled: CompiledPlan,
        request: ExecutionRequest,
        clients: Mapping[SubgraphName, SubgraphClient],
        collected: Collected | None = None,
    ) -> None:
        """`collected` is what another run for the same request has collected, and goes on to."""
        if collected is None:
            collected = Collected(FetchErrors(request.errors, compiled.operation, compiled.plan.typename_key))
        self.collected = collected
        self._compiled = compiled
        self._request = request
        self._clients = clients
        self._waiting = list(compiled.dependency_counts)
        self._running: dict[_Prepared, None] = {}
        self._left_out, self._errors = collected.left_out, collected.errors
        self._reports, self._upper_bounds = collected.reports, collected.upper_bounds
        self._calls = 0
        self.data = collected.data
        self._finder = Finder(self.data, compiled.walk_steps)

    async def run(self, event: SubgraphResponse | None) -> None:
        """Run all fetches, until the deadline; the first has its answer already when there is an `event`."""
        ready = [fetch for fetch, count in zip(self._compiled.fetches, self._waiting, strict=True) if not count]
        if event is not None:
            self._take(_prepare(ready[0], self._finder, self._request.variables)[0], event)
            ready = self._released_by(ready[0])
        if not ready:
            return
        limit = asyncio.timeout(None)
        timer = _start_timer(self._request.deadline, limit)
        try:
            async with limit, asyncio.TaskGroup() as group:
                await self._run_from(ready, group)
        except TimeoutError:
            self._give_up()
        finally:
            if timer is not None:
                timer.cancel()

    async def _run_from(self, ready: list[CompiledFetch], group: asyncio.TaskGroup) -> None:
        """Run `ready` fetches and all that become ready through them.

        One of them goes on in this task: a chain of fetches needs no task of its own for each link.
        """
        while ready:
            for fetch in ready[1:]:
                group.create_task(self._run_from([fetch], group))
            await self._run_fetch(ready[0])
            ready = self._released_by(ready[0])

    def _released_by(self, fetch: CompiledFetch) -> list[CompiledFetch]:
        """The fetches that waited only for `fetch` now."""
        released = []
        self._finder.done |= fetch.bit
        for position in fetch.dependants:
            self._waiting[position] -= 1
            if not self._waiting[position]:
                released.append(self._compiled.fetches[position])
        return released

    async def _run_fetch(self, fetch: CompiledFetch) -> None:
        """Send one fetch and merge its answer, if there is anything to ask and a place to put it."""
        if self._must_leave_out(fetch):
            self._left_out.add(fetch.node.id)
            return
        prepared_all = _prepare(fetch, self._finder, self._request.variables)
        without = self._compiled.without_requirements.get(fetch.bit)
        if without is not None:
            left_out = without.collect(batch for prepared in prepared_all for batch in prepared.batches)
            prepared_all += [_Prepared(left_out[0], [], left_out[1], {})] if left_out is not None else []
        match [prepared for prepared in prepared_all if prepared.has_places]:
            case []:
                return
            case [prepared]:
                await self._send(prepared)
            case several:
                async with asyncio.TaskGroup() as group:
                    for prepared in several:
                        group.create_task(self._send(prepared))

    async def _send(self, prepared: _Prepared) -> None:
        self._running[prepared] = None
        self._calls += 1
        response = await self._clients[prepared.fetch.node.subgraph].execute(self._subgraph_request(prepared))
        del self._running[prepared]
        self._take(prepared, response)

    def _must_leave_out(self, fetch: CompiledFetch) -> bool:
        """Whether its conditions do not hold, or whether it only goes on from fetches that were left out."""
        node = fetch.node
        if node.conditions and not hold(node.conditions, self._request.variables):
            return True
        if not self._left_out:
            return False
        return bool(fetch.is_continuation and node.depends_on and self._left_out.issuperset(node.depends_on))

    def _subgraph_request(self, prepared: _Prepared) -> SubgraphRequest:
        fetch, values = prepared.fetch, self._request.variables
        variables = {name: values[name] for name in fetch.node.variables if name in values}
        for batch in prepared.batches:
            variables[batch.call.node.variable] = batch.representations
        variables |= prepared.contextual_values
        return SubgraphRequest(fetch.operation, variables, self._request.headers, self._request.deadline)

    def _take(self, prepared: _Prepared, response: SubgraphResponse) -> None:
        """Merge an answer, note its errors and what it says of its sources."""
        self._reports.extend((prepared.fetch.bit, report) for report in response.sources)
        if response.upper_bounds:
            self._upper_bounds.update(dict.fromkeys(response.upper_bounds))
        if response.order_conflicts:
            self.collected.order_conflicts.update(dict.fromkeys(response.order_conflicts))
        is_complete = prepared.merge(response, self.collected.unknown)
        errors = response.errors
        if not is_complete and not errors:
            errors = malformed_response(prepared.fetch.node.subgraph).errors
        if errors:
            self._note(prepared, errors)
        if response.stale:
            collected = self.collected
            collected.stale = collected.stale or FetchNotes(self._compiled.operation, self._compiled.plan.typename_key)
            self._note(prepared, map(stale_note, response.stale), collected.stale)

    def _note(
        self, prepared: _Prepared, errors: Iterable[ResponseObject], collector: FetchErrors | None = None
    ) -> None:
        collector = collector or self._errors
        if prepared.batches:
            collector.add_from_calls(prepared.fetch, errors, prepared.batches, self.data)
        else:
            collector.add_from_root(prepared.fetch, errors, self.data)

    def _give_up(self) -> None:
        """The deadline has passed: every fetch that runs is an error."""
        for prepared in self._running:
            self._note(prepared, deadline_failure(prepared.fetch.operation).errors)

    def complete(self) -> ExecutionResult:
        """The client's answer from all that was fetched."""
        request, introspection = self._request, self._compiled.introspection
        completion = Completion(
            self._errors.explained(),
            introspection.answer(request.variables) if introspection else {},
            self.collected.unknown,
            is_for_encoding=request.is_for_encoding,
        )
        project = request.project or self._compiled.projections.get(request.variables)
        data = project(self.data, None, None, completion)
        errors = (*self._errors.in_order(), *completion.errors)
        return ExecutionResult(data, errors, self._extensions(), self._calls)

    def _extensions(self) -> ResponseObject:
        extensions: ResponseObject = {"sources": self._sources()} if self._reports else {}
        if self._upper_bounds:
            extensions["upperBounds"] = sorted(self._upper_bounds)
        if self.collected.order_conflicts:
            extensions["orderConflicts"] = sorted(self.collected.order_conflicts)
        if self.collected.stale is not None:
            extensions["stale"] = self.collected.stale.notes()
        return extensions

    def _sources(self) -> list[dict[str, JsonValue]]:
        """The sources that were asked, in the order of the plan."""
        return merge_reports(report for _, report in sorted(self._reports, key=lambda noted: noted[0]))


def _start_timer(deadline: float | None, limit: asyncio.Timeout) -> asyncio.TimerHandle | None:
    """Let `limit` end `GRACE_SECONDS` after the event loop has seen the deadline pass.

    A loop that was held up meets the deadline late: those whose calls ended there still get their turn.
    """
    if deadline is None:
        return None
    loop = asyncio.get_running_loop()
    return loop.call_at(deadline, lambda: limit.reschedule(loop.time() + GRACE_SECONDS))


def _prepare(fetch: CompiledFetch, finder: Finder, variables: Mapping[str, JsonValue]) -> list[_Prepared]:
    """The requests of a fetch: one, unless its entities have contextual values, which may differ."""
    if fetch.contexts is not None:
        found = fetch.collect_by_context(fetch.contexts, finder)
        return [_Prepared(fetch, [], (batch,), values) for values, batch in found]
    roots = finder.find(fetch.root.walk) if fetch.root else []
    return [_Prepared(fetch, roots, fetch.collect(finder, variables), {})]


class _Prepared:
    """One request of a fetch with the places its answer goes to: root objects, or the entities of its calls."""

    __slots__ = ("batches", "contextual_values", "fetch", "roots")

    def __init__(
        self,
        fetch: CompiledFetch,
        roots: list[ResponseObject],
        batches: tuple[EntityBatch, ...],
        contextual_values: Values,
    ) -> None:
        self.fetch = fetch
        self.roots = roots
        self.batches = batches
        self.contextual_values = contextual_values

    @property
    def has_places(self) -> bool:
        return bool(self.roots) or any(batch.representations for batch in self.batches)

    def merge(self, response: SubgraphResponse, unknown: dict[int, ResponseObject]) -> bool:
        """Merge the answer's data, and note the places of null entities as `unknown`.

        False when it is not of the form that was asked for.
        """
        data: JsonValue = response.data
        if data.__class__ is not dict:
            return False
        if self.fetch.root:
            self.fetch.root.merge(self.roots, data, is_exclusive=response.is_exclusive)
            return True
        merged = [_merge_batch(batch, data, unknown, is_exclusive=response.is_exclusive) for batch in self.batches]
        return all(merged)


def _merge_batch(
    batch: EntityBatch, data: ResponseObject, unknown: dict[int, ResponseObject], *, is_exclusive: bool
) -> bool:
    entities = data.get(batch.call.node.response_name)
    if entities.__class__ is not list or len(entities) != len(batch.representations):
        return False
    batch.call.merge(batch, entities, is_exclusive=is_exclusive)
    if None in entities:
        unknown.update((id(place), place) for place in batch.unknown(entities))
    return True
