"""Where a turn can be made to fail: between its steps, around what it sends, and at each of its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from cooperation.store.store import Connection, DatabaseUnavailable, Store
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import Observation, Outcome
from legacy_adapters.operations.protocols import CityOperations, Knowledge, LegacyWrite

T = TypeVar("T")

STEPS = ("opened", "observed", "begun", "written", "kept", "read_back", "concluded")
"""What a turn tells of itself."""
POINTS = ("observing", "seen", "sending", "sent")
"""What the wire tells: before and after a read, before and after a write."""


class Killed(BaseException):
    """The process dies here."""


@dataclass
class Script:
    """What happens to one turn.

    Attributes:
        kill_at: the step or point at which its process dies.
        database: the transaction that fails, counted from 0, and whether its commit was lost or only its answer.
        wait_at: the point at which the turn stands still until `go_on` is set.
        interrupt_at: the point at which somebody else does something, which is `interrupt`.
    """

    kill_at: str | None = None
    database: tuple[int, bool] | None = None
    wait_at: str | None = None
    interrupt_at: str | None = None
    interrupt: Callable[[], Awaitable[None]] | None = None
    transactions: int = 0

    def __post_init__(self) -> None:
        self.has_stopped = asyncio.Event()
        self.go_on = asyncio.Event()

    def step(self, name: str) -> None:
        if name == self.kill_at:
            self.kill_at = None
            raise Killed

    async def reach(self, point: str) -> None:
        self.step(point)
        if point == self.interrupt_at and self.interrupt is not None:
            self.interrupt_at = None
            await self.interrupt()
        if point == self.wait_at:
            self.wait_at = None
            self.has_stopped.set()
            await self.go_on.wait()


SCRIPT: ContextVar[Script | None] = ContextVar("script", default=None)


class FailingStore(Store):
    """A store whose transactions fail by the present script: before they begin, or after their commit."""

    __slots__ = ()

    async def transact(self, work: Callable[[Connection], T]) -> T:
        script = SCRIPT.get()
        if script is None or script.database is None:
            return await super().transact(work)
        number, is_committed = script.database
        is_hit = number == script.transactions
        script.transactions += 1
        if is_hit and not is_committed:
            raise DatabaseUnavailable("The cooperation database does not answer.")
        result = await super().transact(work)
        if is_hit:
            raise DatabaseUnavailable("The cooperation database does not answer.")
        return result


@dataclass(frozen=True)
class ScriptedWrite:
    """A city's write that tells the present script where it is."""

    inner: LegacyWrite[Any]

    @property
    def knowledge(self) -> Knowledge:
        return self.inner.knowledge

    async def observe(self, command: Any) -> Observation:
        script = SCRIPT.get() or Script()
        await script.reach("observing")
        seen = await self.inner.observe(command)
        await script.reach("seen")
        return seen

    async def write(self, command: Any, reference: str) -> Outcome:
        script = SCRIPT.get() or Script()
        await script.reach("sending")
        outcome = await self.inner.write(command, reference)
        await script.reach("sent")
        return outcome


def scripted_city(operations: CityOperations) -> CityOperations:
    """The same city with every write scripted."""
    names = {field.name for field in fields(operations)} & set(OperationName)
    writes = {name: getattr(operations, name) for name in names}
    return replace(operations, **{name: ScriptedWrite(write) for name, write in writes.items() if write is not None})
