"""The working part of cooperation as one: opened with a desk, closed with the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import TextIO, TypeAlias

from cooperation.acceptance import Accepted, Intent, accept_intent
from cooperation.actions import RESUME, Given, finish_task, take_action
from cooperation.changes.watch import ChangeWatch
from cooperation.delivery.turn import OnStep, no_step
from cooperation.desk import Desk
from cooperation.letter_tasks import NOTHING_SAID, Handled
from cooperation.states.move import Officer
from cooperation.store import deliveries
from cooperation.store.deliveries import DeliveryState
from cooperation.store.migrate import migrate
from cooperation.store.operations import read_operation
from cooperation.store.rows import DeliveryRow, OperationRow, TaskRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.transfers import REGISTER
from cooperation.undo import Undoing, undo_operation
from cooperation.webhooks.dispatch import dispatch_forever
from cooperation.workflows import engine
from cooperation.workflows.executors import leave, lock_file, new_executor_id, register_executor
from cooperation.workflows.rekeying import rekey_at_start
from cooperation.workflows.sweep import sweep_forever
from legacy_adapters.process_log import describe_defect

OUTCOME_POLL_SECONDS = 0.05

_UNDER_WAY = ("ACCEPTED", "DELIVERING")
_DELIVERING_ACTIONS = (RESUME, REGISTER)

FirstTurn: TypeAlias = Callable[[], Awaitable[None]]
"""Taken by whoever asks; only what is not settled by it is handed over to a workflow."""

_LOG = logging.getLogger("bureaugraph.cooperation")


async def _no_turn() -> None:
    """Workflows take all turns."""


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
    _beginnings: set[asyncio.Task[bool]] = field(init=False, default_factory=set)

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
            asyncio.create_task(rekey_at_start(desk), name="cooperation-rekeying"),
        )
        return cls(desk, executor_id, lock, background)

    async def aclose(self) -> None:
        """Stop working and say so, that others go on at once."""
        working = (*self._background, *self._beginnings)
        for task in working:
            task.cancel()
        await asyncio.gather(*working, return_exceptions=True)
        await engine.stop_engine()
        with suppress(DatabaseUnavailable):  # else the lease runs out by itself
            await self.desk.store.transact(lambda connection: leave(connection, self.executor_id, self.desk.clock()))
        self.desk.store.close()
        if self._lock is not None:
            self._lock.close()

    async def accept(self, intent: Intent) -> Accepted:
        """Accept an intent and begin with it; wait a moment for its effect.

        The first turn is taken here and now; only what is not settled by it is handed over to a workflow. The operation
        given is as it stands then: in effect, refused, or queued. Raises what `accept_intent` raises.
        """
        return await self._begun(await accept_intent(self.desk, intent))

    async def act(self, number: str, action: str, officer: Officer, given: Given) -> OperationRow:
        """Take an officer's action, and begin with what it brings about. Raises what `take_action` raises."""
        moved = await take_action(self.desk, number, action, officer, given)
        if action not in _DELIVERING_ACTIONS:
            return await self._go_on(moved, is_awaited=False)
        return await self._go_on(moved, partial(self._try_owed, moved.number) if self._tries_at_once else _no_turn)

    async def undo(self, number: str, officer: Officer, key: str) -> Undoing:
        """Undo what took effect: by its counterpart, or by a task for a person, which leaves the operation as it is.

        Raises what `undo_operation` raises.
        """
        undoing = await undo_operation(self.desk, number, officer, key)
        return undoing if undoing.task else replace(undoing, accepted=await self._begun(undoing.accepted))

    async def finish_task(self, task_id: str, officer: Officer, note: str, handled: Handled = NOTHING_SAID) -> TaskRow:
        """Say that a task is done; begin with what is written again. Raises what `finish_task` of `actions` raises."""
        task = await finish_task(self.desk, task_id, officer, note, handled)
        await self._begin_until(self._deadline(), task.operation_number)
        return task

    async def operation(self, number: str) -> OperationRow:
        """The operation with this number. Raises OperationUnknown."""
        return await self.desk.store.read(lambda connection: read_operation(connection, number))

    async def _begun(self, accepted: Accepted) -> Accepted:
        first_turn = _no_turn
        if accepted.is_new and accepted.delivery_id is not None and self._tries_at_once:
            first_turn = partial(engine.take_turn_now, accepted.delivery_id)
        return replace(accepted, operation=await self._go_on(accepted.operation, first_turn))

    @property
    def _tries_at_once(self) -> bool:
        return self.desk.config.immediate_seconds > 0

    async def _go_on(
        self, operation: OperationRow, first_turn: FirstTurn = _no_turn, *, is_awaited: bool = True
    ) -> OperationRow:
        """Begin with what an operation owes: it as it stands once its outcome is known, or nobody waits any longer.

        The operation is committed by now: what fails from here on shortens the wait, and is made good by a sweep.
        """
        deadline = self._deadline()
        has_failed = not await self._begin_until(deadline, operation.number, first_turn)
        return operation if has_failed or not is_awaited else await self._await_outcome(operation, deadline)

    def _deadline(self) -> float:
        """Until when a caller may be kept waiting from now on."""
        return monotonic() + self.desk.config.immediate_seconds

    async def _begin_until(self, deadline: float, number: str, first_turn: FirstTurn = _no_turn) -> bool:
        """Begin with what an operation owes. Whether that has not failed; it may not be over at the deadline."""
        # The engine waits for its database as long as it is away; its caller does not.
        task = asyncio.create_task(self._begin_safely(number, first_turn), name="cooperation-beginning")
        self._beginnings.add(task)
        task.add_done_callback(self._beginnings.discard)
        done, _ = await asyncio.wait((task,), timeout=max(0.0, deadline - monotonic()))
        return all(one.result() for one in done)

    async def _begin_safely(self, number: str, first_turn: FirstTurn) -> bool:
        """Take a first turn, and have what is owed worked at. Whether that succeeded; nothing is raised."""
        try:
            await first_turn()
            await self._begin(number)
        except DatabaseUnavailable:
            _LOG.warning("The cooperation database does not answer; %s is begun by a sweep.", number)
            return False
        except Exception as defect:  # noqa: BLE001  (what was accepted must not look refused for a defect of ours)
            _LOG.error("%s was not begun: %s", number, describe_defect(defect))
            return False
        return True

    async def _try_owed(self, number: str) -> None:
        """A turn for each that an operation owes."""
        for delivery in await self._deliveries(number):
            if delivery.state == DeliveryState.OPEN:
                await engine.take_turn_now(delivery.id)

    async def _begin(self, number: str) -> None:
        """Have what an operation owes worked at; what was withdrawn while it waited lets others pass."""
        for delivery in await self._deliveries(number):
            if delivery.state == DeliveryState.OPEN:
                await engine.start_delivery(delivery)
            elif delivery.state == DeliveryState.WITHDRAWN:
                await engine.give_up_workflow(delivery)

    async def _deliveries(self, number: str) -> list[DeliveryRow]:
        return await self.desk.store.read(lambda connection: deliveries.read_deliveries(connection, [number]))

    async def _await_outcome(self, operation: OperationRow, deadline: float) -> OperationRow:
        with suppress(DatabaseUnavailable):
            operation = await self.operation(operation.number)
            while operation.state in _UNDER_WAY and monotonic() < deadline:
                await asyncio.sleep(OUTCOME_POLL_SECONDS)
                operation = await self.operation(operation.number)
        return operation
