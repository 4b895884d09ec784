"""DBOS: a durable workflow per delivery, which takes a turn, sleeps, and takes the next one, across restarts.

DBOS has one instance per process and registers workflows by module, so what they need is kept here per process.

- A workflow's input is the delivery's id, its steps give pauses: DBOS's tables hold nothing of a citizen.
- Workflows of one subject (a card, a pension) stand in line: the queue has a partition for each and runs one of it.
- The version is our own: a new one only when the loop below changes, or workflows begun before would not go on.
- Every process has a name of its own (`executors.py`): DBOS recovers by name, and only at its start.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID, error
from sqlalchemy.exc import DBAPIError

from cooperation.delivery.turn import OnStep, take_turn
from cooperation.desk import Desk
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import DatabaseUnavailable
from legacy_adapters.process_log import describe_defect

APPLICATION = "bureaugraph-cooperation"
WORKFLOW_VERSION = "1"
QUEUE = "cooperation_deliveries"

POLL_SECONDS = 0.2
PAUSE_AFTER_DEFECT_SECONDS = 60.0
PAUSE_WITHOUT_DATABASE_SECONDS = 5.0

_NOT_LAUNCHED = "No engine is launched in this process."
_LOG = logging.getLogger("bureaugraph.cooperation")


@dataclass(frozen=True, slots=True)
class _Work:
    """What workflows of this process need.

    Attributes:
        due: by delivery, when a workflow may take its first turn, where one was taken outside any workflow before it.
    """

    desk: Desk
    on_step: OnStep
    loop: asyncio.AbstractEventLoop
    due: dict[str, float] = field(default_factory=dict)


_work: _Work | None = None


async def launch_engine(desk: Desk, executor_id: str, on_step: OnStep) -> None:
    """Begin to work; turns are taken on the running event loop. Once per process at a time.

    Raises DatabaseUnavailable.
    """
    global _work  # noqa: PLW0603  (DBOS is one per process, and so is what it works on)
    _work = _Work(desk, on_step, asyncio.get_running_loop())
    # In a thread: DBOS would else run its workflows on our loop, and leave them there when it is stopped.
    try:
        await asyncio.to_thread(_launch, desk, executor_id)
    except DBAPIError as failure:
        await stop_engine()
        raise DatabaseUnavailable("The cooperation database does not answer.") from failure


def _launch(desk: Desk, executor_id: str) -> None:
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": desk.store.engine.url.render_as_string(hide_password=False),
        "application_version": WORKFLOW_VERSION,
        "executor_id": executor_id,
        "sys_db_pool_size": 8,
        "log_level": "WARNING",
        "enable_otlp": False,
        # Its own default is pickle: who may write the database could have us run anything.
        "serializer": DBOSPortableJSONSerializer(),
    }
    DBOS(config=config)
    _log_in_our_form()
    DBOS.launch()
    # No limit on how many run: most of them sleep. What a city's system bears, its adapter's limits hold.
    DBOS.register_queue(QUEUE, partition_concurrency=1, polling_interval_sec=POLL_SECONDS)


async def take_turn_now(delivery_id: str) -> None:
    """Take one turn outside any workflow: whoever accepts something tries it at once.

    A turn may be taken by several at a time, and before others of its subject: it sees to that itself.
    """
    if _work is None:
        raise RuntimeError(_NOT_LAUNCHED)
    pause = await _guarded_turn(_work, delivery_id)
    if pause is not None:
        _work.due[delivery_id] = time.monotonic() + pause


async def stop_engine() -> None:
    """Stop working; what is under way is gone on with by whoever works next."""
    global _work  # noqa: PLW0603  (as in launch_engine)
    await asyncio.to_thread(DBOS.destroy)
    _work = None


def workflow_id(delivery: DeliveryRow) -> str:
    """The workflow of a delivery's present run."""
    return f"{delivery.id}-run-{delivery.run}"


async def start_delivery(delivery: DeliveryRow) -> None:
    """Have a delivery worked at, behind those of the same subject. Again is the same as once."""

    def enqueue() -> None:
        with SetWorkflowID(workflow_id(delivery)), SetEnqueueOptions(queue_partition_key=delivery.subject):
            DBOS.enqueue_workflow(QUEUE, deliver, delivery.id)

    await asyncio.to_thread(enqueue)


async def workflow_states(deliveries: Sequence[DeliveryRow]) -> dict[str, str]:
    """The states DBOS has of these deliveries' workflows, by workflow id; those it does not know are left out."""
    ids = [workflow_id(delivery) for delivery in deliveries]
    found = await asyncio.to_thread(lambda: DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False))
    return {workflow.workflow_id: workflow.status for workflow in found}


async def give_up_workflow(delivery: DeliveryRow) -> None:
    """End a delivery's workflow, asleep or stuck: the next one of its subject may begin."""
    with suppress(error.DBOSNonExistentWorkflowError):
        await asyncio.to_thread(DBOS.cancel_workflow, workflow_id(delivery))


def take_over(living: set[str]) -> int:
    """Have the workflows of dead processes gone on with by any living one. How many there were. Runs in a thread."""
    pending = DBOS.list_workflows(status="PENDING", queue_name=QUEUE, load_input=False, load_output=False)
    left = [workflow.workflow_id for workflow in pending if workflow.executor_id not in living]
    if left:
        DBOS.resume_workflows(left, queue_name=QUEUE)
    return len(left)


@DBOS.workflow(name="deliver", max_recovery_attempts=None)
async def deliver(delivery_id: str) -> None:
    """Turn after turn until the delivery is settled. Nothing else may stand here: it is replayed by its steps."""
    while (pause := await DBOS.run_step_async({"name": "turn"}, _turn, delivery_id)) is not None:
        await DBOS.sleep_async(pause)


async def _turn(delivery_id: str) -> float | None:
    work = _work
    if work is None:
        raise RuntimeError(_NOT_LAUNCHED)
    due = work.due.pop(delivery_id, None)
    if due is not None and (left := due - time.monotonic()) > 0:
        return left
    # Adapters belong to the loop that opened them.
    taken = asyncio.run_coroutine_threadsafe(_guarded_turn(work, delivery_id), work.loop)
    return await asyncio.wrap_future(taken)


async def _guarded_turn(work: _Work, delivery_id: str) -> float | None:
    try:
        return await take_turn(work.desk, delivery_id, work.on_step)
    except DatabaseUnavailable:
        return PAUSE_WITHOUT_DATABASE_SECONDS
    except Exception as defect:  # noqa: BLE001  (a defect of ours must not end a delivery, nor show what it is about)
        _LOG.error("A turn at %s failed: %s", delivery_id, describe_defect(defect))
        return PAUSE_AFTER_DEFECT_SECONDS


def _log_in_our_form() -> None:
    # DBOS writes messages to a handler of its own; ours shows of other libraries where they spoke, not what they said.
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.propagate = True
