"""Subscriptions at a partitioned subgraph: the events of all selected partitions, in the order in which they arrive.

    subscribe(request):
        dispatch = which partitions, as for a query               (a route that names nobody: StreamFailure)
        follow every partition asked, at once:
            subscribe at it; hand its events on, each folded as the answer of this partition alone
            it fails, and trying again may help: an error event, then wait and subscribe again, until it works
            it fails for good: an error event     it says that there is no more: done
        done when all partitions are; a failure for good that leaves no partition ends the whole stream

An error event names its partition. One is given when a stream breaks, not for each attempt to get it back. What
happened at a partition meanwhile is not sent later.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias

from federation.executor.errors import StreamFailure
from federation.executor.subgraph_client import EventSource, SubgraphRequest, SubgraphResponse
from federation.partition.contract import Contract
from federation.partition.dispatch import Ask, Dispatch, dispatch_request
from federation.partition.fold import Answer, fold_answers
from federation.partition.merge.share import MergeRun
from federation.partition.program import Program, compile_program

Sleep: TypeAlias = Callable[[float], Awaitable[object]]

#: Events that wait to be folded; a partition with more is not read meanwhile.
_WAITING_EVENTS = 16


@dataclass(frozen=True, slots=True)
class ReconnectSettings:
    """How long a partition that failed is left in peace: doubled each time, never longer than `max_seconds`."""

    first_seconds: float = 1.0
    max_seconds: float = 30.0

    def seconds(self, attempt: int) -> float:
        """The longest wait before the `attempt`th try in a row, from 0."""
        return min(self.first_seconds * 2.0 ** min(attempt, 30), self.max_seconds)


class PartitionedSource:
    """An `EventSource` over one per city."""

    def __init__(
        self,
        contract: Contract,
        sources: Mapping[str, EventSource],
        settings: ReconnectSettings | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`sources` are by city code, one for each of the contract's partitions."""
        self._contract = contract
        self._sources = tuple(sources[partition.city] for partition in contract.subgraph.partitions)
        self._settings = settings or ReconnectSettings()
        self._sleep = sleep

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphResponse, None]:
        """Subscribe at every partition the request concerns, and merge their events."""
        program = compile_program(self._contract, request.operation)
        dispatch = dispatch_request(program, request.variables)
        if not dispatch.asks:
            raise StreamFailure(SubgraphResponse(None, dispatch.errors))
        if dispatch.errors:
            yield SubgraphResponse(None, dispatch.errors)
        merged = _Merged(program, replace(dispatch, errors=()))
        followers = [asyncio.ensure_future(self._follow(ask, request, merged)) for ask in dispatch.asks]
        try:
            async for event in merged.events(len(followers)):
                yield event
        finally:
            for follower in followers:
                follower.cancel()
            await asyncio.wait(followers)

    async def _follow(self, ask: Ask, request: SubgraphRequest, merged: _Merged) -> None:
        """Hand on what one partition gives, until it is done or fails for good."""
        asked = SubgraphRequest(ask.operation, ask.variables, request.headers)
        attempt = 0  # of those in a row that gave no event
        try:
            while True:
                stretch = await self._read(ask, asked, merged)
                if stretch.is_final:
                    return await merged.put(_Item(ask, stretch.error, is_end=True))
                attempt = 0 if stretch.has_events else attempt
                if attempt == 0:
                    await merged.put(_Item(ask, stretch.error))
                await self._sleep(self._settings.seconds(attempt) * random.uniform(0.5, 1.0))  # noqa: S311  (no secret)
                attempt += 1
        except Exception as error:  # noqa: BLE001  (who takes the events gets it)
            await merged.put(_Item(ask, is_end=True, defect=error))

    async def _read(self, ask: Ask, request: SubgraphRequest, merged: _Merged) -> _Stretch:
        """Subscribe at one partition, and hand on its events until the stream ends or breaks."""
        has_events = False
        try:
            async with aclosing(self._sources[ask.partition].subscribe(request)) as events:
                async for event in events:
                    has_events = True
                    await merged.put(_Item(ask, event))
        except StreamFailure as failure:
            return _Stretch(has_events, failure.response, is_final=not failure.is_retryable)
        return _Stretch(has_events, None, is_final=True)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A partition's stream from its beginning to its end or break.

    Attributes:
        error: what it broke with; None when the partition said that there is no more.
        is_final: subscribing again does not help.
    """

    has_events: bool
    error: SubgraphResponse | None
    is_final: bool


@dataclass(frozen=True, slots=True)
class _Item:
    """What a follower hands on: an event, and whether it ends with it, for good; `defect` is ours."""

    ask: Ask
    event: SubgraphResponse | None = None
    is_end: bool = False
    defect: Exception | None = None


class _Merged:
    """The events of several followers, folded one by one."""

    def __init__(self, program: Program, dispatch: Dispatch) -> None:
        self._program = program
        self._dispatch = dispatch
        self._items: asyncio.Queue[_Item] = asyncio.Queue(_WAITING_EVENTS)

    async def put(self, item: _Item) -> None:
        """Hand on an item; waits where too many wait to be folded."""
        await self._items.put(item)

    async def events(self, running: int) -> AsyncGenerator[SubgraphResponse, None]:
        """The events of `running` followers, until all have ended."""
        while running:
            item = await self._items.get()
            running -= item.is_end
            if item.defect is not None:
                raise item.defect
            if item.event is None:
                continue
            folded = self._fold(item.ask, item.event)
            if item.is_end and not running:
                raise StreamFailure(replace(folded, data=None))
            yield folded

    def _fold(self, ask: Ask, event: SubgraphResponse) -> SubgraphResponse:
        """One partition's event as the partitioned subgraph's; nobody waited for it, so it took no time."""
        own = self._dispatch.run
        dispatch = replace(self._dispatch, run=MergeRun(own.cities, own.pages))
        return fold_answers(self._program, dispatch, [Answer(ask, event, 0.0)])
