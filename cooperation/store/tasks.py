"""Tasks for people: what no program can or may do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, insert, literal, select, update

from cooperation.store.rows import OperationRow, TaskRow, record_of, values_of
from cooperation.store.tables import OPERATIONS, TASKS


class TaskKind(StrEnum):
    """What is to be done.

    TELEPHONE: the write came too late or cannot be delivered: the asking city calls the deciding one.
    CLARIFY: it is not known what came of a write, or the system contradicts itself: look there.
    DO_BY_HAND: the city's system does not offer it, or did not take it in time: do it there by hand.
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
    delivery_id: str | None = None,
) -> TaskRow:
    """A new task of the deciding city, or of another one; what is open of a delivery already is given as it is.

    Where it is about none, so is what is open of its kind in its city.
    """
    responsible = city or operation.addressee_city
    known = (
        read_task_about(connection, operation.number, delivery_id)
        if delivery_id is not None
        else _read_open(connection, operation.number, TASKS.c.kind == kind, TASKS.c.city == responsible)
    )
    if known is not None:
        return known
    number = connection.execute(select(func.count()).select_from(TASKS).where(_is_of(operation.number))).scalar_one()
    task = TaskRow(
        f"{operation.number}-task-{number + 1}",
        operation.number,
        delivery_id,
        kind,
        responsible,
        reason,
        at,
        None,
        None,
        None,
    )
    connection.execute(insert(TASKS), values_of(task))
    return task


def read_task_about(connection: Connection, operation_number: str, delivery_id: str) -> TaskRow | None:
    """The open task about one of an operation's deliveries: there is at most one."""
    return _read_open(connection, operation_number, TASKS.c.delivery_id == delivery_id)


def _read_open(connection: Connection, operation_number: str, *conditions: ColumnElement[bool]) -> TaskRow | None:
    statement = select(TASKS).where(_is_of(operation_number), TASKS.c.done_at.is_(None), *conditions)
    row = connection.execute(statement).first()
    return None if row is None else record_of(TaskRow, row)


def _is_of(operation_number: str) -> ColumnElement[bool]:
    return TASKS.c.operation_number == operation_number


def read_task(connection: Connection, task_id: str) -> TaskRow | None:
    """The task with this id."""
    row = connection.execute(select(TASKS).where(TASKS.c.id == task_id)).one_or_none()
    return None if row is None else record_of(TaskRow, row)


def read_newest_task(connection: Connection, operation_number: str, kind: TaskKind) -> TaskRow:
    """An operation's last task of a kind that it has, open or done."""
    is_wanted = and_(TASKS.c.operation_number == operation_number, TASKS.c.kind == kind)
    newest_first = (TASKS.c.opened_at.desc(), TASKS.c.id.desc())
    row = connection.execute(select(TASKS).where(is_wanted).order_by(*newest_first).limit(1)).one()
    return record_of(TaskRow, row)


def finish_tasks(connection: Connection, operation_number: str, actor: str | None, at: datetime) -> None:
    """Close what is open of an operation: it has come to its end otherwise. Only a person says what was undone."""
    conditions = (_is_of(operation_number), TASKS.c.done_at.is_(None), TASKS.c.kind != TaskKind.UNDO)
    connection.execute(update(TASKS).where(*conditions).values(done_at=at, done_by=actor))


def finish_task(
    connection: Connection, task_id: str, actor: str | None, at: datetime, note_sealed: str | None = None
) -> None:
    """Close one task; None is the platform's own way.

    A note is kept as long as the operation's content is: of what was erased, none is kept.
    """
    is_erased = exists().where(OPERATIONS.c.number == TASKS.c.operation_number, OPERATIONS.c.content_sealed.is_(None))
    kept = case((is_erased, None), else_=literal(note_sealed, TASKS.c.note_sealed.type))
    columns = {"done_at": at, "done_by": actor, "note_sealed": kept}
    connection.execute(update(TASKS).where(TASKS.c.id == task_id).values(columns))
