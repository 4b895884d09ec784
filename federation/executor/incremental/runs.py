"""The runs over a plan: the first, and one more for the later items of streamed lists."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from federation.executor.compile import CompiledPlan
from federation.executor.fetches import CompiledFetch
from federation.executor.paths import FlatPath
from federation.executor.request import ExecutionRequest
from federation.executor.schedule import Execution
from federation.executor.subgraph_client import SubgraphClient
from federation.executor.walks import StreamFinder
from federation.query_plan.nodes import SubgraphName


class Run(Execution):
    """One run over the plan, which tells how far it has come.

    Attributes:
        progress: set whenever another fetch is done, or all.
        is_over: nothing more will come, be it that the deadline has passed.
    """

    __slots__ = ("_ending", "is_over", "progress", "task")

    def __init__(
        self,
        compiled: CompiledPlan,
        request: ExecutionRequest,
        clients: Mapping[SubgraphName, SubgraphClient],
        first: Run | None = None,
    ) -> None:
        """`first` is the first run for the same request, if this is not it."""
        super().__init__(compiled, request, clients, first.collected if first is not None else None)
        self.progress: asyncio.Event = first.progress if first is not None else asyncio.Event()
        self.is_over = False
        self.task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin to run, in a task."""
        self.task = asyncio.ensure_future(self.run(None))
        self.task.add_done_callback(self._end)

    def _end(self, _task: asyncio.Task[None]) -> None:
        self.is_over = True
        self.progress.set()

    def _released_by(self, fetch: CompiledFetch) -> list[CompiledFetch]:
        released = super()._released_by(fetch)
        self.progress.set()
        return released

    def has_done(self, fetches: int) -> bool:
        """Whether these fetches are done, or will never be. Raises what went wrong in the run."""
        if self.is_over and self.task is not None:
            self.task.result()
        return self.is_over or not fetches & ~self._finder.done

    @property
    def done(self) -> int:
        """The fetches that are done, as bits."""
        return self._finder.done

    @property
    def calls(self) -> int:
        """How many fetches were sent."""
        return self._calls


class RunForOthers(Run):
    """Runs what is fetched for the items of streamed lists once more, for the items in `ranges`."""

    __slots__ = ("_again", "_first")

    def __init__(
        self,
        compiled: CompiledPlan,
        request: ExecutionRequest,
        clients: Mapping[SubgraphName, SubgraphClient],
        first: Run,
    ) -> None:
        super().__init__(compiled, request, clients, first)
        self._first = first
        fetches = zip(compiled.fetches, self._waiting, strict=True)
        self._again = sum(fetch.bit for fetch, left in fetches if left >= 0)

    def take_up(self, ranges: Mapping[FlatPath, slice]) -> None:
        """Begin where the first run has fetched all but these items' data; something deferred may still be to come."""
        done = self._first.done & ~self._again
        self._finder = StreamFinder(self.data, self._compiled.walk_steps, ranges, done)
        self.begin()

    def has_done(self, fetches: int) -> bool:
        """Whether these fetches are done, in this run or, if it does not repeat them, in the first."""
        return super().has_done(fetches & self._again) and self._first.has_done(fetches & ~self._again)
