"""Finds what was left lying: deliveries that nobody works at, and the work of processes that died.

A delivery is written down together with its operation, and only then handed to DBOS: whoever dies in between leaves it
to the next sweep. So nothing that was accepted is lost, whichever of the two is behind.
"""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooperation.desk import Desk
from cooperation.store import deliveries
from cooperation.store.retention import erase_contents
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.workflows import engine
from cooperation.workflows.executors import living_executors, renew_lease
from legacy_adapters.process_log import describe_defect

SWEEP_SECONDS = 2.0
ERASE_SECONDS = 3600.0
DAYS_OF_A_YEAR = 365.25
GRACE_SECONDS = 3.0
"""How long a delivery may be due before it is looked for: its own process is about to take it up."""
STUCK_SECONDS = 600.0
"""How long a workflow may have missed its turn before it is given up and begun anew. No turn takes so long."""

_TAKE_OVER_LOCK = 0x6275726562
_UNDER_WAY = ("PENDING", "ENQUEUED", "DELAYED")

_LOG = logging.getLogger("bureaugraph.cooperation")


async def sweep_forever(desk: Desk, executor_id: str) -> None:
    """Sweep from time to time until cancelled."""
    erase_at = 0.0
    while True:
        try:
            await sweep(desk, executor_id)
            if time.monotonic() >= erase_at:
                await erase(desk)
                erase_at = time.monotonic() + ERASE_SECONDS
        except DatabaseUnavailable:
            _LOG.warning("The cooperation database does not answer; trying again.")
        except Exception as error:  # noqa: BLE001  (the next sweep finds what this one has not)
            _LOG.error("A sweep failed: %s", describe_defect(error))
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(desk: Desk, executor_id: str) -> None:
    """Renew the lease, take over what the dead have left, begin what nobody has begun."""
    now = desk.clock()
    living = await desk.store.transact(lambda connection: _living(connection, executor_id, now))
    await _take_over(desk, living)
    await _begin_forgotten(desk, now)


async def erase(desk: Desk) -> None:
    """Erase what has been kept long enough."""
    closed_before = desk.clock() - timedelta(days=DAYS_OF_A_YEAR * desk.config.retention_years)
    await desk.store.transact(lambda connection: erase_contents(connection, closed_before))


def _living(connection: Connection, executor_id: str, now: datetime) -> set[str]:
    renew_lease(connection, executor_id, now)
    return living_executors(connection, now)


async def _take_over(desk: Desk, living: set[str]) -> None:
    if not desk.store.is_shared:
        # DBOS writes to this same file, and must not wait for a transaction of ours.
        taken = await asyncio.to_thread(engine.take_over, living)
    else:
        taken = await desk.store.transact(lambda connection: _take_over_alone(connection, living))
    if taken:
        _LOG.warning("Took over %d deliveries of a process that has ended.", taken)


def _take_over_alone(connection: Connection, living: set[str]) -> int:
    # One process at a time: else a second one would restart what the first has just handed to a living one.
    locked = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({_TAKE_OVER_LOCK})").scalar_one()
    return engine.take_over(living) if locked else 0


async def _begin_forgotten(desk: Desk, now: datetime) -> None:
    owed = await desk.store.transact(lambda connection: deliveries.read_open_deliveries(connection, _due(now)))
    if not owed:
        return
    states = await engine.workflow_states(owed)
    for delivery in owed:
        state = states.get(engine.workflow_id(delivery))
        if state is None:
            await engine.start_delivery(delivery)
        elif state not in _UNDER_WAY or _is_stuck(delivery, state, now):
            await _begin_anew(desk, delivery, state)


async def _begin_anew(desk: Desk, delivery: DeliveryRow, state: str) -> None:
    """Another run, in place of one that has ended or does not go on, though the delivery is owed still."""
    _LOG.error("The workflow of delivery %s is %s without an end of it; it is begun anew.", delivery.id, state)
    if state in _UNDER_WAY:
        await engine.give_up_workflow(delivery)
    run = delivery.run + 1
    await desk.store.transact(lambda connection: deliveries.update_delivery(connection, delivery.id, run=run))
    await engine.start_delivery(
        await desk.store.transact(lambda connection: deliveries.read_delivery(connection, delivery.id))
    )


def _due(now: datetime) -> datetime:
    return now - timedelta(seconds=GRACE_SECONDS)


def _is_stuck(delivery: DeliveryRow, state: str, now: datetime) -> bool:
    since = delivery.not_before or delivery.created_at
    return state == "PENDING" and delivery.turns > 0 and now - since > timedelta(seconds=STUCK_SECONDS)
