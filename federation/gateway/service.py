"""The graph in service, exchanged for a newer one without a request losing the one it began with.

exchange(new):
    serve `new` from the next request on
    end the subscriptions whose operation it plans differently or asks elsewhere
    close each older graph when the last request or subscription on it is done
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing, contextmanager
from typing import TypeVar

from federation.executor.errors import SubscriptionFailure
from federation.executor.request import ExecutionResult
from federation.gateway.context import Deferred, Subscribed
from federation.gateway.errors import RequestCode, RequestError, coded_error
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.prepare import PreparedOperation
from federation.query_plan.nodes import SubgraphName
from federation.query_plan.pretty import pretty

#: Older graphs that subscriptions may keep alive; when there are more, those of the oldest are ended.
MAX_OLDER_GRAPHS = 2
#: Who was given a stream begins it a moment later.
CLOSING_SECONDS = 1.0
_PLANNING_SECONDS = 30.0
R = TypeVar("R")


class ServedGraph:
    """One graph, and who uses it.

    Attributes:
        graph: what is served.
        subscriptions: those that run on it.
    """

    __slots__ = ("__weakref__", "_is_retired", "_on_closed", "_uses", "graph", "subscriptions")

    def __init__(self, graph: Graph, on_closed: Callable[[ServedGraph], None]) -> None:
        self.graph = graph
        self.subscriptions: set[_Subscription] = set()
        self._on_closed = on_closed
        self._uses = 0
        self._is_retired = False

    @contextmanager
    def in_use(self) -> Iterator[ServedGraph]:
        """Keep the graph open for one request."""
        self._uses += 1
        try:
            yield self
        finally:
            self._uses -= 1
            if self._is_retired and not self._uses:
                self._close_soon()

    def retire(self) -> None:
        """Close the graph once nobody uses it."""
        self._is_retired = True
        if not self._uses:
            self._close_soon()

    def hold(self, answer: Subscribed | Deferred, parameters: GraphQLParameters) -> Subscribed | Deferred:
        """The same answer, whose stream uses the graph until its end."""
        match answer:
            case Subscribed(results):
                return Subscribed(self._subscribed(results, _Subscription(parameters)))
            case Deferred(parts, form):
                return Deferred(self._held(parts), form)

    async def _held(self, results: AsyncGenerator[R, None]) -> AsyncGenerator[R, None]:
        with self.in_use():
            async with aclosing(results):
                async for result in results:
                    yield result

    async def _subscribed(
        self, results: AsyncGenerator[ExecutionResult, None], subscription: _Subscription
    ) -> AsyncGenerator[ExecutionResult, None]:
        self.subscriptions.add(subscription)
        if self._is_retired:  # it comes too late to be compared
            subscription.end()
        try:
            async with aclosing(self._held(subscription.until_ended(results))) as events:
                async for event in events:
                    yield event
        finally:
            self.subscriptions.discard(subscription)

    def _close_soon(self) -> None:
        asyncio.get_running_loop().call_later(CLOSING_SECONDS, self._close)

    def _close(self) -> None:
        if not self._uses:  # else the last to leave comes here again
            self._on_closed(self)


class GraphService:
    """Which graph is served now, and which are not closed yet.

    Attributes:
        current: from which the next request is answered.
        closed: called after an older graph was closed, when its memory can be given back.
    """

    __slots__ = ("_closing", "_older", "closed", "current")

    def __init__(self, graph: Graph) -> None:
        self.current = ServedGraph(graph, self._close)
        self.closed: Callable[[], None] = lambda: None
        self._older: list[ServedGraph] = []
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def older(self) -> int:
        """How many graphs are not served any more but still in use."""
        return len(self._older)

    async def exchange(self, graph: Graph) -> None:
        """Serve `graph` from now on."""
        replaced, self.current = self.current, ServedGraph(graph, self._close)
        self._older.append(replaced)
        replaced.retire()
        for served, subscription in self._subscriptions():
            if await _is_touched(served.graph, graph, subscription):
                subscription.end()
        for served in [served for served in self._older if served.subscriptions][:-MAX_OLDER_GRAPHS]:
            for subscription in tuple(served.subscriptions):
                subscription.end()

    async def close(self) -> None:
        """Close all graphs; requests under way lose their subgraphs."""
        for served in (*self._older, self.current):
            await served.graph.close()

    def _subscriptions(self) -> list[tuple[ServedGraph, _Subscription]]:
        return [(served, each) for served in self._older for each in served.subscriptions]

    def _close(self, served: ServedGraph) -> None:
        if served in self._older:
            self._older.remove(served)
            task = asyncio.ensure_future(self._close_graph(served.graph))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def _close_graph(self, graph: Graph) -> None:
        await graph.close()
        self.closed()


class _Subscription:
    """A client's subscription, which can be ended from outside."""

    __slots__ = ("_ended", "parameters")

    def __init__(self, parameters: GraphQLParameters) -> None:
        self.parameters = parameters
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """Let its client subscribe again."""
        if not self._ended.done():
            self._ended.set_result(None)

    async def until_ended(
        self, results: AsyncGenerator[ExecutionResult, None]
    ) -> AsyncGenerator[ExecutionResult, None]:
        """Its results. Raises SubscriptionFailure (SUBSCRIPTION_SCHEMA_RELOAD) when it was ended."""
        async with aclosing(results):
            while True:
                coming = asyncio.ensure_future(anext(results, None))
                try:
                    await asyncio.wait((coming, self._ended), return_when=asyncio.FIRST_COMPLETED)
                    if self._ended.done():
                        raise SubscriptionFailure((_reload_error(),))
                    result = coming.result()
                finally:
                    coming.cancel()
                    await asyncio.gather(coming, return_exceptions=True)
                if result is None:
                    return
                yield result


def _reload_error() -> dict[str, object]:
    message = "The graph was exchanged for one that answers this subscription otherwise; subscribe again."
    error = coded_error(RequestCode.SUBSCRIPTION_SCHEMA_RELOAD, message)
    return {**error, "extensions": {**error["extensions"], "retryable": True}}


async def _is_touched(old: Graph, new: Graph, subscription: _Subscription) -> bool:
    """Whether the new graph plans the subscription differently, or has other addresses for the subgraphs it asks."""
    text, name = subscription.parameters.query, subscription.parameters.operation_name
    deadline = asyncio.get_running_loop().time() + _PLANNING_SECONDS
    try:
        before = await old.operations.get(text, name, deadline)
        after = await new.operations.get(text, name, deadline)
    except RequestError:
        return True
    if pretty(before.plan) != pretty(after.plan):
        return True
    return any(_place(old, subgraph) != _place(new, subgraph) for subgraph in _subgraphs(before))


def _subgraphs(operation: PreparedOperation) -> set[SubgraphName]:
    return {fetch.node.subgraph for fetch in operation.compiled.fetches}


def _place(graph: Graph, name: SubgraphName) -> tuple[object, ...]:
    """All that decides how a subgraph is asked."""
    supergraph = graph.supergraph
    return supergraph.subgraphs[name].url, supergraph.partitions.get(name), graph.settings
