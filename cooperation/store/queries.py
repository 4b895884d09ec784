"""Lists of operations and tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from cooperation.store.rows import EventRow, OperationRow, TaskRow, record_of
from cooperation.store.tables import EVENTS, OPERATIONS, TASKS

MOST_PER_KEY = 100


@dataclass(frozen=True, slots=True)
class OperationQuery:
    """Which operations; what is None or empty does not matter.

    Attributes:
        today: on the cities' calendar; with it `is_overdue` is decided.
    """

    today: date
    kinds: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    requester_city: str | None = None
    addressee_city: str | None = None
    person_id: str | None = None
    due_by: date | None = None
    is_overdue: bool | None = None
    is_closed: bool | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the last operation's moment and number."""

    created_at: datetime
    number: str


@dataclass(frozen=True, slots=True)
class OperationPage:
    """A page of operations, newest first."""

    operations: list[OperationRow]
    total: int
    has_next: bool


def list_operations(
    connection: Connection, query: OperationQuery, first: int, after: Position | None, *, is_counted: bool
) -> OperationPage:
    """At most `first` operations behind a position. The total is 0 where it was not asked for."""
    conditions = _conditions(query)
    statement = select(OPERATIONS).where(*conditions)
    if after is not None:
        created_at, number = OPERATIONS.c.created_at, OPERATIONS.c.number
        earlier = and_(created_at == after.created_at, number < after.number)
        statement = statement.where(or_(created_at < after.created_at, earlier))
    statement = statement.order_by(OPERATIONS.c.created_at.desc(), OPERATIONS.c.number.desc()).limit(first + 1)
    rows = [record_of(OperationRow, row) for row in connection.execute(statement)]
    total = 0
    if is_counted:
        total = connection.execute(select(func.count()).select_from(OPERATIONS).where(*conditions)).scalar_one()
    return OperationPage(rows[:first], total, len(rows) > first)


def find_operation(connection: Connection, number: str) -> OperationRow | None:
    """The operation with this number, the requesting or the deciding city's."""
    either = or_(OPERATIONS.c.number == number, OPERATIONS.c.addressee_number == number)
    row = connection.execute(select(OPERATIONS).where(either)).first()
    return None if row is None else record_of(OperationRow, row)


def operations_by_number(connection: Connection, numbers: Sequence[str]) -> Mapping[str, OperationRow]:
    """The operations with these numbers."""
    statement = select(OPERATIONS).where(OPERATIONS.c.number.in_(numbers))
    found = [record_of(OperationRow, row) for row in connection.execute(statement)]
    return {operation.number: operation for operation in found}


def operations_by_person(
    connection: Connection, keys: Sequence[tuple[str, tuple[str, ...]]]
) -> Mapping[tuple[str, tuple[str, ...]], list[OperationRow]]:
    """Operations by person and kinds (none is all), newest first."""
    rows = _newest(connection, OPERATIONS.c.person_id.in_({person for person, _ in keys}))
    return {
        key: [row for row in rows if row.person_id == key[0] and (not key[1] or row.kind in key[1])][:MOST_PER_KEY]
        for key in keys
    }


def operations_by_subject(connection: Connection, subjects: Sequence[str]) -> Mapping[str, list[OperationRow]]:
    """Operations on a card or a pension, newest first."""
    found: dict[str, list[OperationRow]] = defaultdict(list)
    for row in _newest(connection, OPERATIONS.c.subject.in_(subjects)):
        if row.subject is not None and len(found[row.subject]) < MOST_PER_KEY:
            found[row.subject].append(row)
    return found


def histories(connection: Connection, numbers: Sequence[str]) -> Mapping[str, list[EventRow]]:
    """What was done to operations, oldest first."""
    statement = select(EVENTS).where(EVENTS.c.operation_number.in_(numbers)).order_by(EVENTS.c.sequence)
    found: dict[str, list[EventRow]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.operation_number].append(record_of(EventRow, row))
    return found


def tasks_of(connection: Connection, numbers: Sequence[str]) -> Mapping[str, list[TaskRow]]:
    """The tasks of operations, oldest first."""
    statement = select(TASKS).where(TASKS.c.operation_number.in_(numbers)).order_by(TASKS.c.opened_at, TASKS.c.id)
    found: dict[str, list[TaskRow]] = defaultdict(list)
    for row in connection.execute(statement):
        found[row.operation_number].append(record_of(TaskRow, row))
    return found


def list_tasks(connection: Connection, city: str | None, first: int, *, includes_done: bool) -> list[TaskRow]:
    """What people have to do, oldest first."""
    statement = select(TASKS).order_by(TASKS.c.opened_at, TASKS.c.id).limit(first)
    if city is not None:
        statement = statement.where(TASKS.c.city == city)
    if not includes_done:
        statement = statement.where(TASKS.c.done_at.is_(None))
    return [record_of(TaskRow, row) for row in connection.execute(statement)]


def _newest(connection: Connection, condition: ColumnElement[bool]) -> list[OperationRow]:
    statement = select(OPERATIONS).where(condition)
    statement = statement.order_by(OPERATIONS.c.created_at.desc(), OPERATIONS.c.number.desc())
    return [record_of(OperationRow, row) for row in connection.execute(statement)]


def _conditions(query: OperationQuery) -> list[ColumnElement[bool]]:
    columns = OPERATIONS.c
    wanted: list[ColumnElement[bool] | None] = [
        columns.kind.in_(query.kinds) if query.kinds else None,
        columns.state.in_(query.states) if query.states else None,
        None if query.requester_city is None else columns.requester_city == query.requester_city,
        None if query.addressee_city is None else columns.addressee_city == query.addressee_city,
        None if query.person_id is None else columns.person_id == query.person_id,
        None if query.due_by is None else columns.due_on <= query.due_by,
        None if query.created_from is None else columns.created_at >= query.created_from,
        None if query.created_before is None else columns.created_at < query.created_before,
        _flag(query.is_overdue, func.coalesce(columns.due_on < query.today, False)),
        _flag(query.is_closed, columns.closed_at.is_not(None)),
    ]
    return [condition for condition in wanted if condition is not None]


def _flag(wanted: bool | None, condition: ColumnElement[bool]) -> ColumnElement[bool] | None:
    match wanted:
        case None:
            return None
        case True:
            return condition
        case False:
            return ~condition
