"""Sharing identical queries in flight: one request to the subgraph, its answer for all who asked meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeAlias

from federation.executor.encoding import encode
from federation.executor.subgraph_client import FetchOperation, SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import OperationKind

SharingKey: TypeAlias = tuple[FetchOperation, bytes, tuple[tuple[str, str], ...]]


class SharingClient:
    """Wraps a client so that queries with equal operation, variables and headers share one request while it runs.

    Mutations are never shared. A caller that gives up leaves the request running for the others; the last one to give
    up cancels it. The shared request has the deadline of the one who asked first.
    """

    __slots__ = ("_client", "_in_flight")

    def __init__(self, client: SubgraphClient) -> None:
        self._client = client
        self._in_flight: dict[SharingKey, _Flight] = {}

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        if request.operation.kind is not OperationKind.QUERY:
            return await self._client.execute(request)
        key = (request.operation, encode(request.variables), request.headers)
        flight = self._in_flight.get(key)
        if flight is None:
            flight = self._in_flight[key] = _Flight(asyncio.ensure_future(self._client.execute(request)))
        flight.waiting += 1
        try:
            response = await asyncio.shield(flight.task)
        finally:
            self._leave(key, flight)
        return replace(response, is_exclusive=False)

    def _leave(self, key: SharingKey, flight: _Flight) -> None:
        """One who waited has the answer or gives up; whoever asks after the last one begins anew."""
        flight.waiting -= 1
        if self._in_flight.get(key) is flight and (flight.task.done() or not flight.waiting):
            del self._in_flight[key]
        if not flight.waiting:
            flight.task.cancel()


class _Flight:
    """One running request and how many wait for it."""

    __slots__ = ("task", "waiting")

    def __init__(self, task: asyncio.Future[SubgraphResponse]) -> None:
        self.task = task
        self.waiting = 0
