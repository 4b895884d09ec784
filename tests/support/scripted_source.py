"""An event source that plays what a test wrote down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse


class ScriptedSource:
    """Each subscription plays the next of `scripts`, the last one again and again.

    A script's steps: data or a `SubgraphResponse` is an event, an exception is raised, an `asyncio.Event` is waited
    for. After the last step the stream is over.

    Attributes:
        requests: what was asked of it, in order.
        closed: how many subscriptions ended, by whomever.
        is_closed: set whenever one ended.
    """

    def __init__(self, *scripts: Iterable[Any]) -> None:
        self._scripts = list(scripts)
        self.requests: list[SubgraphRequest] = []
        self.closed = 0
        self.is_closed = asyncio.Event()

    def play(self, script: Iterable[Any]) -> None:
        """Play another script from the next subscription on."""
        self._scripts = [script]

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphResponse, None]:
        self.requests.append(request)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, asyncio.Event):
                    await step.wait()
                else:
                    yield step if isinstance(step, SubgraphResponse) else SubgraphResponse(step)
        finally:
            self.closed += 1
            self.is_closed.set()
