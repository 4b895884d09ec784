"""The working part of cooperation as one: opened with a desk, closed with the process."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

from cooperation.acceptance import Accepted, Intent, accept_intent
from cooperation.actions import Given, finish_task, take_action
from cooperation.changes.watch import ChangeWatch
from cooperation.delivery.turn import OnStep, no_step
from cooperation.desk import Desk
from cooperation.states.move import Officer
from cooperation.store import deliveries
from cooperation.store.deliveries import DeliveryState
from cooperation.store.migrate import migrate
from cooperation.store.operations import read_operation
from cooperation.store.rows import OperationRow, TaskRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.undo import compensation_of
from cooperation.webhooks.dispatch import dispatch_forever
from cooperation.workflows import engine
from cooperation.workflows.executors import leave, lock_file, new_executor_id, register_executor
from cooperation.workflows.sweep import sweep_forever

OUTCOME_POLL_SECONDS = 0.05

_UNDER_WAY = ("ACCEPTED", "DELIVERING")


@dataclass(slots=True)
class CooperationOffice:
    """What officers' requests are brought to.

    Attributes:
        executor_id: this process's name among those that work.
        watch: tells of every change, in whichever process.
    """

    desk: Desk
    executor_id: str
    _lock: TextIO | None
    _background: tuple[asyncio.Task[None], ...]
    watch: ChangeWatch = field(init=False)
    _first_turns: set[asyncio.Task[None]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.watch = ChangeWatch(self.desk.store)

    @classmethod
    async def open(cls, desk: Desk, on_step: OnStep = no_step) -> CooperationOffice:
        """Bring the database to its version, take up work, and what was left lying.

        `on_step` is told of every step of every turn. Raises DatabaseInUse, DatabaseUnavailable.
        """
        lock = lock_file(desk.store)
        await asyncio.to_thread(migrate, desk.store)
        executor_id, now, is_alone = new_executor_id(), desk.clock(), lock is not None
        await desk.store.transact(lambda connection: register_executor(connection, executor_id, now, is_alone=is_alone))
        await engine.launch_engine(desk, executor_id, on_step)
        background = (
            asyncio.create_task(sweep_forever(desk, executor_id), name="cooperation-sweep"),
            asyncio.create_task(dispatch_forever(desk), name="cooperation-webhooks"),
        )
        return cls(desk, executor_id, lock, background)

    async def aclose(self) -> None:
        """Stop working and say so, that others go on at once."""
        working = (*self._background, *self._first_turns)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await engine.stop_engine()
        with suppress(DatabaseUnavailable):  # else the lease runs out by itself
            await self.desk.store.transact(lambda connection: leave(connection, self.executor_id))
        self.desk.store.close()
        if self._lock is not None:
            self._lock.close()

    async def accept(self, intent: Intent) -> Accepted:
        """Accept an intent and begin with it; wait a moment for its effect.

        The first turn is taken here and now; only what is not settled by it is handed over to a workflow. The operation
        given is as it stands then: in effect, refused, or queued. Raises what `accept_intent` raises.
        """
        accepted = await accept_intent(self.desk, intent)
        if accepted.is_new and accepted.delivery_id is not None and self.desk.config.immediate_seconds:
            await self._take_first_turn(accepted.operation.number, accepted.delivery_id)
        else:
            await self._begin(accepted.operation.number)
        return Accepted(await self._await_outcome(accepted.operation), accepted.is_new, accepted.delivery_id)

    async def act(self, number: str, action: str, officer: Officer, given: Given) -> OperationRow:
        """Take an officer's action, and begin with what it brings about. Raises what `take_action` raises."""
        moved = await take_action(self.desk, number, action, officer, given)
        await self._begin(number)
        return moved if action != "resume" else await self._await_outcome(moved)

    async def undo(self, number: str, officer: Officer, key: str) -> Accepted:
        """Undo what took effect: by its counterpart, or by a task for a person, which leaves the operation as it is.

        Raises what `compensation_of` and `accept_intent` raise.
        """
        intent = await compensation_of(self.desk, number, officer, key)
        if intent is None:
            return Accepted(await self.operation(number), is_new=False, delivery_id=None)
        return await self.accept(intent)

    async def finish_task(self, task_id: str, officer: Officer, note: str) -> TaskRow:
        """Say that a task is done. Raises what `finish_task` of `actions` raises."""
        return await finish_task(self.desk, task_id, officer, note)

    async def operation(self, number: str) -> OperationRow:
        """The operation with this number. Raises OperationUnknown."""
        return await self.desk.store.transact(lambda connection: read_operation(connection, number))

    async def _take_first_turn(self, number: str, delivery_id: str) -> None:
        """Wait for the first turn and what follows from it, as long as the caller may be kept waiting."""

        async def work() -> None:
            await engine.take_turn_now(delivery_id)
            await self._begin(number)

        task = asyncio.create_task(work(), name="cooperation-first-turn")
        self._first_turns.add(task)
        task.add_done_callback(self._first_turns.discard)
        done, _ = await asyncio.wait((task,), timeout=self.desk.config.immediate_seconds)
        if done:
            task.result()

    async def _begin(self, number: str) -> None:
        """Have what an operation owes worked at; what was withdrawn while it waited lets others pass."""
        owed = await self.desk.store.transact(lambda connection: deliveries.read_deliveries(connection, [number]))
        for delivery in owed:
            if delivery.state == DeliveryState.OPEN:
                await engine.start_delivery(delivery)
            elif delivery.state == DeliveryState.WITHDRAWN:
                await engine.give_up_workflow(delivery)

    async def _await_outcome(self, operation: OperationRow) -> OperationRow:
        deadline = time.monotonic() + self.desk.config.immediate_seconds
        while operation.state in _UNDER_WAY:
            operation = await self.operation(operation.number)
            if operation.state not in _UNDER_WAY or time.monotonic() >= deadline:
                break
            await asyncio.sleep(OUTCOME_POLL_SECONDS)
        return operation
