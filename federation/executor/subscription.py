"""Running a subscription's plan: the first fetch is an event stream, the others complete each of its events.

    subscribe(plan, variables, source, clients):
        read the source into a bounded buffer; while that is full, wait
        for each event taken from the buffer:
            execute the plan with the event as the answer to its first fetch; give the completed answer
        a buffer full for too long, or a broken source, ends it with an error; an event with errors does not

Events are completed one after the other, so that answers keep the order of the events.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from federation.executor.compile import CompiledPlan
from federation.executor.errors import ErrorCode, StreamFailure, SubscriptionFailure
from federation.executor.event_buffer import EventBuffer
from federation.executor.request import ExecutionRequest, ExecutionResult
from federation.executor.schedule import execute_plan
from federation.executor.subgraph_client import EventSource, SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import SubgraphName


@dataclass(frozen=True, slots=True)
class SubscriptionLimits:
    """What one subscription may cost.

    Attributes:
        max_buffered_events: so many events wait for the client; while there are more the source is not read.
        slow_client_seconds: so long they may be as many and never none before the subscription is ended.
        event_timeout_seconds: the fetches that complete one event have this long.
    """

    max_buffered_events: int = 64
    slow_client_seconds: float = 10.0
    event_timeout_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Subgraphs:
    """Where a plan's fetches go: its first to one of `sources`, the others to `clients`."""

    sources: Mapping[SubgraphName, EventSource]
    clients: Mapping[SubgraphName, SubgraphClient]


async def execute_subscription(
    compiled: CompiledPlan, request: ExecutionRequest, subgraphs: Subgraphs, limits: SubscriptionLimits
) -> AsyncGenerator[ExecutionResult, None]:
    """Give the completed answer to each event, until the source is done. Raises SubscriptionFailure.

    Close the generator (`aclosing`) to unsubscribe. The request's own deadline does not matter.
    """
    source = subgraphs.sources[compiled.fetches[0].node.subgraph]
    stream = source.subscribe(_source_request(compiled, request))
    async with _buffered(stream, limits) as events:
        try:
            while (event := await events.take()) is not None:
                yield await _complete(compiled, _for_event(request, limits), subgraphs, event)
        except StreamFailure as failure:
            result = await _complete(compiled, _for_event(request, limits), subgraphs, failure.response)
            raise SubscriptionFailure(result.errors) from failure
    if events.has_overflowed:
        raise SubscriptionFailure((_too_slow(limits),))


def _source_request(compiled: CompiledPlan, request: ExecutionRequest) -> SubgraphRequest:
    fetch, values = compiled.fetches[0], request.variables
    variables = {name: values[name] for name in fetch.node.variables if name in values}
    return SubgraphRequest(fetch.operation, variables, request.headers)


def _for_event(request: ExecutionRequest, limits: SubscriptionLimits) -> ExecutionRequest:
    return replace(request, deadline=asyncio.get_running_loop().time() + limits.event_timeout_seconds)


async def _complete(
    compiled: CompiledPlan, request: ExecutionRequest, subgraphs: Subgraphs, event: SubgraphResponse
) -> ExecutionResult:
    return await execute_plan(compiled, request, subgraphs.clients, event)


@asynccontextmanager
async def _buffered(
    stream: AsyncGenerator[SubgraphResponse, None], limits: SubscriptionLimits
) -> AsyncGenerator[EventBuffer, None]:
    """Read `stream` in a task of its own; on leaving, it is closed."""
    buffer = EventBuffer(limits.max_buffered_events, limits.slow_client_seconds)
    reader = asyncio.ensure_future(_read(stream, buffer))
    try:
        yield buffer
    finally:
        reader.cancel()
        await asyncio.wait((reader,))


async def _read(stream: AsyncGenerator[SubgraphResponse, None], buffer: EventBuffer) -> None:
    try:
        async with aclosing(stream):
            async for event in stream:
                if not await buffer.put(event):
                    break
    except Exception as error:  # noqa: BLE001  (who takes the events gets it)
        buffer.end(error)
    else:
        buffer.end()


def _too_slow(limits: SubscriptionLimits) -> dict[str, object]:
    message = (
        f"The client was {limits.max_buffered_events} events behind for too long, so the subscription was ended; "
        "subscribe again to get what happens from then on."
    )
    return {"message": message, "extensions": {"code": ErrorCode.SUBSCRIPTION_CLIENT_TOO_SLOW.value, "retryable": True}}
