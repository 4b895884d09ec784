"""Tasks for people: what no program can or may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, update

from cooperation.store.rows import OperationRow, TaskRow, record_of, values_of
from cooperation.store.tables import TASKS


class TaskKind(StrEnum):
    """What is to be done.

    TELEPHONE: the write came too late or cannot be delivered: call the deciding city.
    CLARIFY: it is not known what came of a write, or the system contradicts itself: look there.
    DO_BY_HAND: the city's system does not offer it: do it there by hand.
    MEND_ACCESS: our credentials or rights were refused.
    VERIFY_DEATH: a death was notified; verify it. No payment is stopped by the notice.
    UNDO: what was done cannot be undone by a program.
    """

    TELEPHONE = "TELEPHONE"
    CLARIFY = "CLARIFY"
    DO_BY_HAND = "DO_BY_HAND"
    MEND_ACCESS = "MEND_ACCESS"
    VERIFY_DEATH = "VERIFY_DEATH"
    UNDO = "UNDO"


def open_task(  # noqa: PLR0913  (the columns of a row)
    connection: Connection,
    operation: OperationRow,
    kind: TaskKind,
    reason: str | None,
    at: datetime,
    *,
    city: str | None = None,
) -> TaskRow:
    """A new task of the deciding city, or of another one; one that is open already is given as it is."""
    open_one = (TASKS.c.operation_number == operation.number) & (TASKS.c.kind == kind) & TASKS.c.done_at.is_(None)
    row = connection.execute(select(TASKS).where(open_one)).first()
    if row is not None:
        return record_of(TaskRow, row)
    number = connection.execute(
        select(func.count()).select_from(TASKS).where(TASKS.c.operation_number == operation.number)
    ).scalar_one()
    task = TaskRow(
        f"{operation.number}-task-{number + 1}",
        operation.number,
        kind,
        city or operation.addressee_city,
        reason,
        at,
        None,
        None,
        None,
    )
    connection.execute(insert(TASKS), values_of(task))
    return task


def read_task(connection: Connection, task_id: str) -> TaskRow | None:
    """The task with this id."""
    row = connection.execute(select(TASKS).where(TASKS.c.id == task_id).with_for_update()).one_or_none()
    return None if row is None else record_of(TaskRow, row)


def finish_tasks(connection: Connection, operation_number: str, actor: str | None, at: datetime) -> None:
    """Close what is open of an operation: it has come to its end otherwise."""
    condition = (TASKS.c.operation_number == operation_number) & TASKS.c.done_at.is_(None)
    connection.execute(update(TASKS).where(condition).values(done_at=at, done_by=actor))


def finish_task(connection: Connection, task_id: str, actor: str, at: datetime, note_sealed: str | None) -> None:
    """Close one task."""
    connection.execute(
        update(TASKS).where(TASKS.c.id == task_id).values(done_at=at, done_by=actor, note_sealed=note_sealed)
    )
