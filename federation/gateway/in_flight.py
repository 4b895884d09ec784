"""Identical queries under way are asked once.

Two queries are identical when client, body and headers are, whatever ids their traces have. A mutation ends the sharing
of everything begun before it, so that whoever reads after a mutation reads what it did.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeAlias

from federation.executor.errors import deadline_failure
from federation.executor.subgraph_client import SubgraphClient, SubgraphRequest, SubgraphResponse
from federation.gateway.http_client import request_body
from federation.query_plan.nodes import OperationKind

_Key: TypeAlias = tuple[SubgraphClient, bytes, tuple[tuple[str, str], ...]]


class InFlight:
    """The queries under way of one graph."""

    def __init__(self) -> None:
        self._flights: dict[_Key, _Flight] = {}

    def forget(self) -> None:
        """Let nobody join what is under way; those who joined already still get its answer."""
        self._flights.clear()

    async def join(self, client: SubgraphClient, request: SubgraphRequest) -> SubgraphResponse:
        """Wait for the identical call under way, or make it. It ends when the last who waits is gone.

        Who joins may have more time left than who began, so the call has the subgraph's time limit only, and each
        waits until the end of its own request.
        """
        if request.deadline is not None and request.deadline <= asyncio.get_running_loop().time():
            return deadline_failure(request.operation)
        # Who joins a call goes by the trace of who began it.
        key = (client, request_body(request), request.identifying_headers())
        flight = self._flights.get(key)
        if flight is None or flight.task.done():
            flight = self._start(key, client, replace(request, deadline=None))
        flight.joined += 1
        flight.waiting += 1
        try:
            async with asyncio.timeout_at(request.deadline):
                response = await asyncio.shield(flight.task)
        except TimeoutError:
            return deadline_failure(request.operation)
        finally:
            self._leave(key, flight)
        return response if flight.joined == 1 else replace(response, is_exclusive=False)

    def _leave(self, key: _Key, flight: _Flight) -> None:
        flight.waiting -= 1
        if flight.waiting == 0 and not flight.task.done():
            self._remove(key, flight)
            flight.task.cancel()

    def _start(self, key: _Key, client: SubgraphClient, request: SubgraphRequest) -> _Flight:
        flight = _Flight(asyncio.ensure_future(client.execute(request)))
        self._flights[key] = flight
        flight.task.add_done_callback(lambda _: self._remove(key, flight))
        return flight

    def _remove(self, key: _Key, flight: _Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]


class _Flight:
    """A call under way: how many have joined it, how many of them still wait."""

    __slots__ = ("joined", "task", "waiting")

    def __init__(self, task: asyncio.Task[SubgraphResponse]) -> None:
        self.task = task
        self.joined = 0
        self.waiting = 0


class SharingSubgraphClient:
    """A `SubgraphClient` that joins identical queries of another one."""

    def __init__(self, client: SubgraphClient, in_flight: InFlight) -> None:
        self._client = client
        self._in_flight = in_flight

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        if request.operation.kind is not OperationKind.QUERY:
            return await self._mutate(request)
        return await self._in_flight.join(self._client, request)

    async def _mutate(self, request: SubgraphRequest) -> SubgraphResponse:
        self._in_flight.forget()
        try:
            return await self._client.execute(request)
        finally:
            self._in_flight.forget()
