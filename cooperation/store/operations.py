"""Operations and their history: written here only, each change with its entry in the change feed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, exists, insert, or_, select, update

from cooperation.errors import OperationUnknown
from cooperation.kinds import OperationKind, machine_of
from cooperation.states.machine import Machine, Office, Transition
from cooperation.states.move import CREATE, Past, Standing
from cooperation.store.counters import CHANGES_COUNTER, next_number
from cooperation.store.deliveries import DeliveryState
from cooperation.store.rows import EventRow, OperationRow, record_of, values_of
from cooperation.store.tables import ATTEMPTS, CHANGES, DELIVERIES, EVENTS, OPERATIONS

WITHOUT_EFFECT = ("REFUSED", "EXPIRED", "WITHDRAWN")
"""Ends of writes of which nothing came."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when somebody is waited for; all None when nobody is."""

    due_for: str | None = None
    due_on: date | None = None
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One taken transition: by whom (None is the platform), when, with which sealed note.

    Attributes:
        deadline: the new one; None leaves it as it is.
        content_sealed: the new content; None leaves it as it is.
        addressee_number: the number the addressed city gives it now.
    """

    transition: Transition
    actor: str | None
    at: datetime
    note_sealed: str | None = None
    deadline: Deadline | None = None
    content_sealed: str | None = None
    addressee_number: str | None = None


def create_operation(connection: Connection, operation: OperationRow) -> None:
    """Insert a new operation, the first entry of its history, and the change."""
    connection.execute(insert(OPERATIONS), values_of(operation))
    _record(connection, operation, CREATE, None, operation.state, operation.created_by, None)


def find_operation(connection: Connection, number: str, *, for_update: bool = False) -> OperationRow | None:
    """The operation with this number, the requesting or the deciding city's; locked as by `read_operation`."""
    statement = select(OPERATIONS).where(or_(OPERATIONS.c.number == number, OPERATIONS.c.addressee_number == number))
    row = connection.execute(statement.with_for_update() if for_update else statement).one_or_none()
    return None if row is None else record_of(OperationRow, row)


def read_operation(connection: Connection, number: str, *, for_update: bool = False) -> OperationRow:
    """The operation with this number, the requesting or the deciding city's. Raises OperationUnknown.

    It is locked until the transaction's end if asked for.
    """
    operation = find_operation(connection, number, for_update=for_update)
    if operation is None:
        raise OperationUnknown("There is no operation of this number.", "number")
    return operation


def lock_line(connection: Connection, names: Collection[str]) -> None:
    """Lock what is open on a card or pension until the transaction's end; before any of it is read for update.

    `names` are the card's, of every platform key. Whoever begins to write there and whoever puts something back into
    the line in front of it see of each other by this.
    """
    is_open = (OPERATIONS.c.subject.in_(names), OPERATIONS.c.closed_at.is_(None))
    # In one order, or two of them could wait for each other.
    connection.execute(
        select(OPERATIONS.c.number).where(*is_open).order_by(OPERATIONS.c.number).with_for_update()
    ).all()


def read_by_key(connection: Connection, requester_city: str, idempotency_key: str) -> OperationRow | None:
    """The operation that a city's idempotency key made."""
    condition = (OPERATIONS.c.requester_city == requester_city) & (OPERATIONS.c.idempotency_key == idempotency_key)
    row = connection.execute(select(OPERATIONS).where(condition)).one_or_none()
    return None if row is None else record_of(OperationRow, row)


def read_not_returned(connection: Connection, names: Collection[str]) -> str | None:
    """The operation, by its number, that hands a case over and was not returned or called back; None for none."""
    ends = ("REJECTED", *WITHOUT_EFFECT)
    statement = select(OPERATIONS.c.number).where(OPERATIONS.c.subject.in_(names), OPERATIONS.c.state.not_in(ends))
    return connection.execute(statement.limit(1)).scalar()


def read_later_number(
    connection: Connection,
    operation: OperationRow,
    names: Collection[str],
    other_than: str = "",
    *,
    is_begun: bool = False,
) -> str | None:
    """The last operation that was accepted after this one on its card and has not ended without effect.

    By its number. `names` are the card's, of every platform key; `other_than` is not looked at, and neither is, where
    only those wanted are that have begun, what waits in line and was never sent.
    """
    has_begun = or_(DELIVERIES.c.state != DeliveryState.OPEN, exists().where(ATTEMPTS.c.delivery_id == DELIVERIES.c.id))
    own = select(DELIVERIES.c.created_at).where(DELIVERIES.c.operation_number == operation.number).scalar_subquery()
    statement = (
        select(OPERATIONS.c.number)
        .join(DELIVERIES, DELIVERIES.c.operation_number == OPERATIONS.c.number)
        .where(
            OPERATIONS.c.subject.in_(names),
            OPERATIONS.c.state.not_in(WITHOUT_EFFECT),
            OPERATIONS.c.number.not_in((operation.number, other_than)),
            # The moments of deliveries: they stand in line by them, whatever the clocks said.
            DELIVERIES.c.created_at > own,
            *((has_begun,) if is_begun else ()),
        )
        .order_by(DELIVERIES.c.created_at.desc())
    )
    return connection.execute(statement.limit(1)).scalar()


def read_history(connection: Connection, number: str) -> list[EventRow]:
    """Everything that was done to an operation, oldest first."""
    statement = select(EVENTS).where(EVENTS.c.operation_number == number).order_by(EVENTS.c.sequence)
    return [record_of(EventRow, row) for row in connection.execute(statement)]


def standing_of(operation: OperationRow, history: Sequence[EventRow]) -> Standing:
    """Where an operation stands, for its machine."""
    return Standing(
        machine_of(OperationKind(operation.kind)),
        operation.state,
        operation.requester_city,
        operation.addressee_city,
        Office(operation.addressee_office),
        [Past(event.action, event.actor) for event in history],
    )


def move_operation(connection: Connection, operation: OperationRow, step: Step) -> OperationRow:
    """Take a step with an operation that was read for update; gives it as it is then."""
    target = step.transition.target
    is_closed = _machine(operation).state(target).is_final
    deadline = Deadline() if is_closed else step.deadline
    changed = {
        "state": target,
        "version": operation.version + 1,
        "updated_at": step.at,
        "closed_at": step.at if is_closed else None,
        **({} if deadline is None else _deadline_columns(deadline)),
        **({} if step.content_sealed is None else {"content_sealed": step.content_sealed}),
        **({} if step.addressee_number is None else {"addressee_number": step.addressee_number}),
    }
    connection.execute(update(OPERATIONS).where(OPERATIONS.c.number == operation.number).values(changed))
    moved = record_of_values(operation, changed)
    _record(connection, moved, step.transition.action, operation.state, target, step.actor, step.note_sealed)
    return moved


def note_event(
    connection: Connection, operation: OperationRow, action: str, actor: str | None, at: datetime
) -> OperationRow:
    """One more entry in the history of an operation that was read for update; its state stays as it is."""
    changed = {"version": operation.version + 1, "updated_at": at}
    connection.execute(update(OPERATIONS).where(OPERATIONS.c.number == operation.number).values(changed))
    noted = record_of_values(operation, changed)
    _record(connection, noted, action, noted.state, noted.state, actor, None)
    return noted


def record_of_values(operation: OperationRow, changed: dict[str, object]) -> OperationRow:
    """The operation with some of its columns changed."""
    return OperationRow(**(dict(values_of(operation)) | changed))


def _machine(operation: OperationRow) -> Machine:
    return machine_of(OperationKind(operation.kind))


def _deadline_columns(deadline: Deadline) -> dict[str, object]:
    return {"due_for": deadline.due_for, "due_on": deadline.due_on, "due_is_estimated": deadline.is_estimated}


def _record(  # noqa: PLR0913, PLR0917  (the columns of one row)
    connection: Connection,
    operation: OperationRow,
    action: str,
    source: str | None,
    target: str,
    actor: str | None,
    note_sealed: str | None,
) -> None:
    event = EventRow(
        operation.number, operation.version, action, source, target, actor, note_sealed, operation.updated_at
    )
    connection.execute(insert(EVENTS), values_of(event))
    record_change(connection, operation, action, operation.updated_at)


def record_change(connection: Connection, operation: OperationRow, action: str, at: datetime) -> None:
    """One more entry in the change feed. Last in its transaction: the counter is locked until the commit."""
    connection.execute(
        insert(CHANGES),
        {
            "cursor": next_number(connection, CHANGES_COUNTER),
            "operation_number": operation.number,
            "kind": operation.kind,
            "action": action,
            "state": operation.state,
            "requester_city": operation.requester_city,
            "addressee_city": operation.addressee_city,
            "happened_at": at,
        },
    )
