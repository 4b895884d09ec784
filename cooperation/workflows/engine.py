"""DBOS: a durable workflow per delivery, which takes a turn, sleeps, and takes the next one, across restarts.

DBOS has one instance per process and registers workflows by module, so what they need is kept here per process.

- A workflow's input is the delivery's id, its steps give pauses.
- Workflows of one subject (a card, a pension) stand in line: the queue has a partition for each and runs one of it. The
  partition's name, a keyed digest, is all that DBOS's tables hold of a citizen.
- The version is our own: a new one only when the loop below changes, or workflows begun before would not go on.
- Every process has a name of its own (`executors.py`): DBOS recovers by name, and only at its start.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetEnqueueOptions, SetWorkflowID, error
from sqlalchemy.exc import DBAPIError

from cooperation.delivery.ledger import ASIDE_SECONDS
from cooperation.delivery.turn import OnStep, end_late, take_turn
from cooperation.desk import Desk
from cooperation.store.deliveries import DeliveryState, read_delivery, update_delivery
from cooperation.store.rows import DeliveryRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.workflows.places import Places
from legacy_adapters.process_log import describe_defect

APPLICATION = "bureaugraph-cooperation"
WORKFLOW = "deliver"
WORKFLOW_VERSION = "1"
QUEUE = "cooperation_deliveries"

POLL_SECONDS = 0.2
STOP_SECONDS = 10.0
PAUSE_AFTER_DEFECT_SECONDS = 60.0
PAUSE_WITHOUT_DATABASE_SECONDS = 5.0

DELETED_AT_ONCE = 500
_ENDS = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")

_NOT_LAUNCHED = "No engine is launched in this process."
_LOG = logging.getLogger("bureaugraph.cooperation")


@dataclass(frozen=True, slots=True)
class _Work:
    """What workflows of this process need."""

    desk: Desk
    on_step: OnStep
    loop: asyncio.AbstractEventLoop
    places: Places


_work: _Work | None = None
_dbos: DBOS | None = None


async def launch_engine(desk: Desk, executor_id: str, on_step: OnStep) -> None:
    """Begin to work; turns are taken on the running event loop. Once per process at a time.

    Raises DatabaseUnavailable.
    """
    global _work  # noqa: PLW0603  (DBOS is one per process, and so is what it works on)
    _work = _Work(desk, on_step, asyncio.get_running_loop(), Places(desk.config))
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
    global _dbos  # noqa: PLW0603  (as in launch_engine)
    _dbos = DBOS(config=config)
    _log_in_our_form()
    DBOS.launch()
    # No limit on how many run: most of them sleep. How many take a turn at one city is for `places.py`.
    DBOS.register_queue(QUEUE, partition_concurrency=1, polling_interval_sec=POLL_SECONDS)


async def take_turn_now(delivery_id: str) -> None:
    """Take one turn outside any workflow: whoever accepts something tries it at once.

    A turn may be taken by several at a time, and before others of its subject: it sees to that itself. Who waits for it
    needs no place: what is owed to a city since long must not keep an officer waiting.
    """
    if _work is None:
        raise RuntimeError(_NOT_LAUNCHED)
    await _guarded(delivery_id, take_turn(_work.desk, delivery_id, _work.on_step))


async def end_late_now(delivery_id: str) -> None:
    """End what is too late to be sent, though its workflow stands in line behind others and has no turn."""
    if _work is None:
        raise RuntimeError(_NOT_LAUNCHED)
    await _guarded(delivery_id, end_late(_work.desk, delivery_id))


async def stop_engine() -> None:
    """Stop working; what is under way is gone on with by whoever works next."""
    global _work  # noqa: PLW0603  (as in launch_engine)
    await asyncio.to_thread(_stop)
    _work = None


def _stop() -> None:
    if _dbos is not None:
        for event in _dbos.background_thread_stop_events:
            event.set()
        # A thread that waits for the database to come back would keep the process from ending as long as it is away.
        if _dbos._sys_db_field is not None:  # noqa: SLF001  (DBOS has no setting for it)
            _dbos._sys_db_field._retry_connection_errors = False  # noqa: SLF001  (as above)
    # DBOS stops its loop before its queues: what a queue has just claimed could not be begun, and would be waited for.
    _join(f"queue-worker-{QUEUE}")
    DBOS.destroy()
    # Nor does it wait for what is just being written down of a step: whoever closes the database next would cut it off.
    _join("dbos-executor-")


def _join(prefix: str) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threading.enumerate():
        if thread.name.startswith(prefix):
            thread.join(max(0.0, deadline - time.monotonic()))


def workflow_id(delivery: DeliveryRow) -> str:
    """The workflow of a delivery's present run."""
    return f"{delivery.id}-run-{delivery.run}"


async def start_delivery(delivery: DeliveryRow) -> None:
    """Have a delivery worked at, behind those of the same subject. Again is the same as once."""

    def enqueue() -> None:
        with SetWorkflowID(workflow_id(delivery)), SetEnqueueOptions(queue_partition_key=delivery.subject):
            DBOS.enqueue_workflow(QUEUE, deliver, delivery.id)

    # Not `to_thread`: it takes the context along, and what a workflow steps aside for is not a part of that workflow.
    await asyncio.get_running_loop().run_in_executor(None, enqueue)


@dataclass(frozen=True, slots=True)
class WorkflowState:
    """What DBOS has of a workflow.

    Attributes:
        taken_at: when it came to the front of its line, in whichever process; None while it stands in it.
    """

    status: str
    taken_at: datetime | None


async def workflow_states(deliveries: Sequence[DeliveryRow]) -> dict[str, WorkflowState]:
    """The states DBOS has of these deliveries' workflows, by workflow id; those it does not know are left out."""
    ids = [workflow_id(delivery) for delivery in deliveries]
    found = await asyncio.to_thread(lambda: DBOS.list_workflows(workflow_ids=ids, load_input=False, load_output=False))
    return {workflow.workflow_id: WorkflowState(workflow.status, _moment(workflow.dequeued_at)) for workflow in found}


async def give_up_workflow(delivery: DeliveryRow) -> None:
    """End a delivery's workflow, asleep or stuck: the next one of its subject may begin."""
    with suppress(error.DBOSNonExistentWorkflowError):
        await asyncio.to_thread(DBOS.cancel_workflow, workflow_id(delivery))


def take_over(living: Collection[str], dead: Collection[str] | None) -> int:
    """Have the workflows of dead processes gone on with by any living one. How many there were. Runs in a thread.

    `dead` are the names they had; None looks through all that are under way, for names that nobody knows any more.
    """
    pending = DBOS.list_workflows(
        status="PENDING",
        queue_name=QUEUE,
        executor_id=None if dead is None else sorted(dead),
        load_input=False,
        load_output=False,
    )
    left = [workflow.workflow_id for workflow in pending if workflow.executor_id not in living]
    if left:
        DBOS.resume_workflows(left, queue_name=QUEUE)
    return len(left)


def delete_ended_workflows(ended_before: datetime) -> int:
    """Delete what DBOS keeps of workflows that ended before a moment, at most a batch. How many. Runs in a thread."""
    ended = DBOS.list_workflows(
        name=WORKFLOW,
        status=list(_ENDS),
        completed_before=ended_before.astimezone(UTC).isoformat(),
        limit=DELETED_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if ended:
        DBOS.delete_workflows([workflow.workflow_id for workflow in ended])
    return len(ended)


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
async def deliver(delivery_id: str) -> None:
    """Turn after turn until the delivery is settled. Nothing else may stand here: it is replayed by its steps."""
    while (pause := await DBOS.run_step_async({"name": "turn"}, _turn, delivery_id)) is not None:
        await DBOS.sleep_async(pause)


async def _turn(delivery_id: str) -> float | None:
    work = _work
    if work is None:
        raise RuntimeError(_NOT_LAUNCHED)
    # Adapters belong to the loop that opened them.
    turn = _guarded(delivery_id, _turn_in_line(work, delivery_id))
    taken = asyncio.run_coroutine_threadsafe(turn, work.loop)
    return await asyncio.wrap_future(taken)


async def _turn_in_line(work: _Work, delivery_id: str) -> float | None:
    """A turn, if it is due, when the city has a place for it; the pause until the next one."""
    delivery = await _read(work.desk, delivery_id)
    if delivery.state == DeliveryState.OPEN and (left := _seconds_left(work.desk, delivery)) > 0:
        return left
    async with work.places.of(delivery.city) as is_free:
        if not is_free:
            return await _wait_on(work.desk, delivery_id)
        pause = await take_turn(work.desk, delivery_id, work.on_step)
    if pause is None:
        await _hand_over_what_stepped_aside(work.desk, delivery_id)
    return pause


async def _read(desk: Desk, delivery_id: str) -> DeliveryRow:
    return await desk.store.read(lambda connection: read_delivery(connection, delivery_id))


def _seconds_left(desk: Desk, delivery: DeliveryRow) -> float:
    return 0.0 if delivery.not_before is None else (delivery.not_before - desk.clock()).total_seconds()


async def _wait_on(desk: Desk, delivery_id: str) -> float:
    """Say that it is not stuck, only waiting, and go on doing so behind the others."""
    now = desk.clock()
    await desk.store.transact(lambda connection: update_delivery(connection, delivery_id, not_before=now))
    return 0.0


async def _hand_over_what_stepped_aside(desk: Desk, delivery_id: str) -> None:
    """Have a delivery that let an earlier one pass stand in line again at once, behind it."""
    delivery = await _read(desk, delivery_id)
    if delivery.state == DeliveryState.OPEN and _seconds_left(desk, delivery) <= ASIDE_SECONDS:
        await start_delivery(delivery)


async def _guarded(delivery_id: str, turn: Awaitable[float | None]) -> float | None:
    try:
        return await turn
    except DatabaseUnavailable:
        return PAUSE_WITHOUT_DATABASE_SECONDS
    except Exception as defect:  # noqa: BLE001  (a defect of ours must not end a delivery, nor show what it is about)
        _LOG.error("A turn at %s failed: %s", delivery_id, describe_defect(defect))
        return PAUSE_AFTER_DEFECT_SECONDS


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)


def _log_in_our_form() -> None:
    # DBOS writes messages to a handler of its own; ours shows of other libraries where they spoke, not what they said.
    logger = logging.getLogger("dbos")
    logger.handlers.clear()
    logger.propagate = True
