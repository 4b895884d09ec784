"""Finds what was left lying: what nobody works at, the work of processes that died, what is too late in its line.

A delivery is written down together with its operation, and only then handed to DBOS: whoever dies in between leaves it
to the next sweep. So nothing that was accepted is lost, whichever of the two is behind.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooperation.desk import Desk
from cooperation.store.clock import renew_clock
from cooperation.store.deliveries import MAX_DUE, read_open_deliveries
from cooperation.store.retention import BATCH, delete_changes, erase_contents
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.workflows import engine
from cooperation.workflows.executors import dead_executors, living_executors, renew_lease
from cooperation.workflows.waking import Waker, begin_anew
from legacy_adapters.process_log import describe_defect

SWEEP_SECONDS = 2.0
FORGET_SECONDS = 3600.0
FORGET_AGAIN_SECONDS = 60.0
"""After a failure."""
DAYS_OF_A_YEAR = 365.25
GRACE_SECONDS = 3.0
"""How long a delivery may be due before it is looked for: its own process is about to take it up."""
STUCK_SECONDS = 600.0
"""How long a workflow may have missed its turn before it is given up and begun anew. No turn takes so long."""

LATE_AT_ONCE = 100
"""So many take a sweep no longer than its lease lasts."""

_TAKE_OVER_LOCK = 0x6275726562
_UNDER_WAY = ("PENDING", "ENQUEUED", "DELAYED")

_LOG = logging.getLogger("bureaugraph.cooperation")


async def sweep_forever(desk: Desk, executor_id: str) -> None:
    """Sweep from time to time until cancelled, and forget beside it: that may take longer than a lease lasts."""
    sweeper = Sweeper(desk, executor_id)
    forgetting = asyncio.create_task(_forget_forever(desk), name="cooperation-forgetting")
    try:
        while True:
            try:
                await sweeper.sweep()
            except DatabaseUnavailable:
                _LOG.warning("The cooperation database does not answer; trying again.")
            except Exception as error:  # noqa: BLE001  (the next sweep finds what this one has not)
                _LOG.error("A sweep failed: %s", describe_defect(error))
            await asyncio.sleep(SWEEP_SECONDS)
    finally:
        forgetting.cancel()
        await asyncio.gather(forgetting, return_exceptions=True)


async def _forget_forever(desk: Desk) -> None:
    """Erase and prune from time to time until cancelled."""
    while True:
        pause = FORGET_AGAIN_SECONDS
        try:
            await erase(desk)
            await prune(desk)
            pause = FORGET_SECONDS
        except DatabaseUnavailable:
            _LOG.warning("The cooperation database does not answer; what is to be erased is erased later.")
        except Exception as error:  # noqa: BLE001  (it is tried again)
            _LOG.error("Erasing failed: %s", describe_defect(error))
        await asyncio.sleep(pause)


class Sweeper:
    """One process's sweeps: each renews its lease, takes over what the dead have left, begins what nobody has begun,
    and wakes what sleeps though its city is back.

    What is due is looked through page by page, a page a sweep and then from the beginning: however much is owed, a
    sweep costs the same, and what stands at the end is found too.
    """

    def __init__(self, desk: Desk, executor_id: str) -> None:
        self._desk = desk
        self._executor_id = executor_id
        self._waker = Waker(desk)
        self._last: DeliveryRow | None = None
        self._has_taken_over = False

    async def sweep(self) -> None:
        """One sweep. It begins with the clock by which processes judge one another."""
        await renew_clock(self._desk.clock)
        now = self._desk.clock()
        living, dead = await self._desk.store.transact(
            lambda connection: _executors(connection, self._executor_id, now)
        )
        # The first one looks for the work of those that nobody remembers, too.
        await _take_over(self._desk, living, dead if self._has_taken_over else None)
        self._has_taken_over = True
        await self._begin_forgotten(now)
        await self._waker.wake()

    async def _begin_forgotten(self, now: datetime) -> None:
        due_before, last = now - timedelta(seconds=GRACE_SECONDS), self._last
        owed = await self._desk.store.read(lambda connection: read_open_deliveries(connection, due_before, last))
        self._last = owed[-1] if len(owed) == MAX_DUE else None
        states = await engine.workflow_states(owed) if owed else {}
        late: list[str] = []
        for delivery in owed:
            state = states.get(engine.workflow_id(delivery))
            if state is None:
                await engine.start_delivery(delivery)
            elif _is_late_in_line(delivery, state, now):
                late.append(delivery.id)
            elif (state.status not in _UNDER_WAY or _is_stuck(delivery, state, now)) and await begin_anew(
                self._desk, delivery
            ):
                status = state.status
                _LOG.error(
                    "The workflow of delivery %s is %s without an end of it; it is begun anew.", delivery.id, status
                )
        for delivery_id in late[:LATE_AT_ONCE]:
            await engine.end_late_now(delivery_id)


async def erase(desk: Desk) -> None:
    """Erase what has been kept long enough."""
    closed_before = desk.clock() - timedelta(days=DAYS_OF_A_YEAR * desk.config.retention_years)
    while await desk.store.transact(lambda connection: erase_contents(connection, closed_before)) == BATCH:
        pass


async def prune(desk: Desk) -> None:
    """Delete changes and ended workflows that have been kept long enough."""
    now = desk.clock()
    happened_before = now - timedelta(days=desk.config.changes_days)
    while await desk.store.transact(lambda connection: delete_changes(connection, happened_before)) == BATCH:
        pass
    ended_before = now - timedelta(days=desk.config.workflow_days)
    while await asyncio.to_thread(engine.delete_ended_workflows, ended_before) == engine.DELETED_AT_ONCE:
        pass


def _executors(connection: Connection, executor_id: str, now: datetime) -> tuple[set[str], set[str]]:
    renew_lease(connection, executor_id, now)
    return living_executors(connection, now), dead_executors(connection, now)


async def _take_over(desk: Desk, living: set[str], dead: set[str] | None) -> None:
    if dead is not None and not dead:
        return
    if not desk.store.is_shared:
        # DBOS writes to this same file, and must not wait for a transaction of ours.
        taken = await asyncio.to_thread(engine.take_over, living, dead)
    else:
        taken = await desk.store.transact(lambda connection: _take_over_alone(connection, living, dead))
    if taken:
        _LOG.warning("Took over %d deliveries of a process that has ended.", taken)


def _take_over_alone(connection: Connection, living: set[str], dead: set[str] | None) -> int:
    # One process at a time: else a second one would restart what the first has just handed to a living one.
    locked = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_TAKE_OVER_LOCK})").scalar_one()
    return engine.take_over(living, dead) if locked else 0


def _is_late_in_line(delivery: DeliveryRow, state: engine.WorkflowState, now: datetime) -> bool:
    """Whether it has become too late behind others of its line: it would wait for them, and for its turn, in vain."""
    return state.status == "ENQUEUED" and delivery.useless_after is not None and delivery.useless_after <= now


def _is_stuck(delivery: DeliveryRow, state: engine.WorkflowState, now: datetime) -> bool:
    """Whether its turn was due, it was at the front of its line, and it has not taken it for too long."""
    if state.status != "PENDING" or state.taken_at is None:
        return False
    since = max(state.taken_at, delivery.not_before or delivery.created_at)
    return now - since > timedelta(seconds=STUCK_SECONDS)
