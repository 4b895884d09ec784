"""By whom a task is finished, and where not by saying so: what stands for its operation's state ends with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from cooperation.errors import OfficerNotEntitled
from cooperation.states.machine import Side
from cooperation.states.machines import MANUAL
from cooperation.states.move import Officer, Standing, allowed_transitions, or_of, side_of
from cooperation.store import tasks
from cooperation.store.rows import OperationRow, TaskRow
from cooperation.store.tasks import TaskKind

FINISH = "finishTask"


def require_entitled(standing: Standing, task: TaskRow, officer: Officer) -> None:
    """Raise OfficerNotEntitled unless the officer acts for a side of the operation that is in the task's city."""
    sides = [side_of(standing, side) for side in (Side.ADDRESSEE, Side.REQUESTER)]
    offices = tuple(dict.fromkeys(office for city, known in sides if city == task.city for office in known))
    fits = {"officer.city": officer.city == task.city, "officer.office": officer.office in offices}
    if not all(fits.values()):
        message = f"The task is for an officer of {or_of(offices)} in {task.city}."
        raise OfficerNotEntitled(message, *(name for name, is_right in fits.items() if not is_right))


def ending_actions(standing: Standing, task: TaskRow) -> tuple[str, ...]:
    """The actions on its operation that end an open task; empty where it is finished by saying so.

    Finished by itself it would leave the operation behind with nobody to go on with it.
    """
    stands_for_state = task.kind == TaskKind.VERIFY_DEATH or (
        standing.state == MANUAL.name and task.kind not in {TaskKind.TELEPHONE, TaskKind.UNDO}
    )
    if task.done_at is not None or not stands_for_state:
        return ()
    return tuple(dict.fromkeys(one.action for one in allowed_transitions(standing) if one.side is Side.ADDRESSEE))


def hand_on(connection: Connection, operation: OperationRow, task: TaskRow, at: datetime) -> None:
    """The deciding city was called: from now on it is a task of its own to end what it was called about."""
    if task.kind == TaskKind.TELEPHONE and operation.state == MANUAL.name:
        tasks.open_task(connection, operation, TaskKind.DO_BY_HAND, task.reason, at, delivery_id=task.delivery_id)
