"""Lists of operations and tasks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from sqlalchemy import Column, ColumnElement, Connection, Select, and_, func, literal, or_, select, tuple_

from cooperation.kinds import requesters_turn
from cooperation.store.rows import EventRow, OperationRow, TaskRow, record_of
from cooperation.store.tables import EVENTS, OPERATIONS, TASKS

MOST_PER_KEY = 100

Names: TypeAlias = tuple[str, ...]
"""All ids of one person, or all fingerprints of one card: one for each known platform key."""


@dataclass(frozen=True, slots=True)
class OperationQuery:
    """Which operations; what is None does not matter, and nothing is of no kind, in no state or about no person.

    Attributes:
        today: on the cities' calendar; with it `is_overdue` is decided.
        person_ids: all that one person has, of every platform key.
    """

    today: date
    kinds: tuple[str, ...] | None = None
    states: tuple[str, ...] | None = None
    requester_city: str | None = None
    addressee_city: str | None = None
    waits_for_city: str | None = None
    person_ids: tuple[str, ...] | None = None
    due_by: date | None = None
    is_overdue: bool | None = None
    is_closed: bool | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None


class ListOrder(StrEnum):
    """NEWEST: the last created first. DUE: the next deadline first, and only those that have one."""

    NEWEST = "NEWEST"
    DUE = "DUE"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ends: the last operation's moment of creation, or its day where the order is DUE, and number."""

    key: date
    number: str


@dataclass(frozen=True, slots=True)
class OperationPage:
    """A page of operations, in their order."""

    operations: list[OperationRow]
    total: int
    has_next: bool


def list_operations(  # noqa: PLR0913  (what a list is asked by)
    connection: Connection,
    query: OperationQuery,
    first: int,
    after: Position | None,
    *,
    is_counted: bool,
    order: ListOrder = ListOrder.NEWEST,
) -> OperationPage:
    """At most `first` operations behind a position. The total is 0 where it was not asked for."""
    conditions = _conditions(query)
    if order is ListOrder.DUE:
        conditions.append(OPERATIONS.c.due_on.is_not(None))
    statement = _in_order(select(OPERATIONS).where(*conditions), order, after).limit(first + 1)
    rows = [record_of(OperationRow, row) for row in connection.execute(statement)]
    total = 0
    if is_counted:
        total = connection.execute(select(func.count()).select_from(OPERATIONS).where(*conditions)).scalar_one()
    return OperationPage(rows[:first], total, len(rows) > first)


def _in_order(statement: Select[Any], order: ListOrder, after: Position | None) -> Select[Any]:
    number = OPERATIONS.c.number
    match order:
        case ListOrder.NEWEST:
            key: Column[Any] = OPERATIONS.c.created_at
            statement = statement.order_by(key.desc(), number.desc())
        case ListOrder.DUE:
            key = OPERATIONS.c.due_on
            statement = statement.order_by(key, number)
    if after is None:
        return statement
    present, last = tuple_(key, number), tuple_(literal(after.key, key.type), literal(after.number))
    return statement.where(present > last if order is ListOrder.DUE else present < last)


def operations_by_number(connection: Connection, numbers: Sequence[str]) -> Mapping[str, OperationRow]:
    """The operations with these numbers."""
    statement = select(OPERATIONS).where(OPERATIONS.c.number.in_(numbers))
    found = [record_of(OperationRow, row) for row in connection.execute(statement)]
    return {operation.number: operation for operation in found}


class PersonKey(NamedTuple):
    """A person, and which operations: of these kinds, None is all; at their end or not, None is both."""

    ids: Names
    kinds: tuple[str, ...] | None = None
    is_closed: bool | None = None

    def is_met_by(self, row: OperationRow) -> bool:
        """Whether it is one of them."""
        return (
            row.person_id in self.ids
            and (self.kinds is None or row.kind in self.kinds)
            and self.is_closed in (None, row.closed_at is not None)
        )


def operations_by_person(connection: Connection, keys: Sequence[PersonKey]) -> Mapping[PersonKey, list[OperationRow]]:
    """Operations about people, newest first."""
    rows = _newest(connection, OPERATIONS.c.person_id.in_({name for key in keys for name in key.ids}))
    return {key: [row for row in rows if key.is_met_by(row)][:MOST_PER_KEY] for key in keys}


def operations_by_subject(connection: Connection, subjects: Sequence[Names]) -> Mapping[Names, list[OperationRow]]:
    """Operations on a card or a pension, newest first."""
    rows = _newest(connection, OPERATIONS.c.subject.in_({name for names in subjects for name in names}))
    return {names: [row for row in rows if row.subject in names][:MOST_PER_KEY] for names in subjects}


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


def list_tasks(
    connection: Connection, city: str | None, first: int, *, includes_done: bool, after: Position | None = None
) -> list[TaskRow]:
    """At most `first` of what people have to do behind a position (`opened_at` and id), oldest first."""
    statement = select(TASKS).where(*_tasks_of(city, includes_done=includes_done)).limit(first)
    if after is not None:
        last = literal(after.key, TASKS.c.opened_at.type), literal(after.number)
        statement = statement.where(tuple_(TASKS.c.opened_at, TASKS.c.id) > tuple_(*last))
    if not includes_done:
        # In the order of the index: PostgreSQL would else look through the done ones of a city that has few open.
        statement = statement.order_by(TASKS.c.done_at)
    statement = statement.order_by(TASKS.c.opened_at, TASKS.c.id)
    return [record_of(TaskRow, row) for row in connection.execute(statement)]


def count_tasks(connection: Connection, city: str | None, *, includes_done: bool) -> int:
    """How many `list_tasks` lists on all pages."""
    conditions = _tasks_of(city, includes_done=includes_done)
    return int(connection.execute(select(func.count()).select_from(TASKS).where(*conditions)).scalar_one())


def open_task_counts(connection: Connection, city: str | None) -> list[tuple[str, str, int]]:
    """City, kind and number of the open tasks, in the order of the first two."""
    columns = (TASKS.c.city, TASKS.c.kind)
    statement = select(*columns, func.count()).where(*_tasks_of(city, includes_done=False))
    return [
        (code, kind, count) for code, kind, count in connection.execute(statement.group_by(*columns).order_by(*columns))
    ]


def _tasks_of(city: str | None, *, includes_done: bool) -> list[ColumnElement[bool]]:
    of_city = [] if city is None else [TASKS.c.city == city]
    return of_city if includes_done else [*of_city, TASKS.c.done_at.is_(None)]


def _newest(connection: Connection, condition: ColumnElement[bool]) -> list[OperationRow]:
    statement = select(OPERATIONS).where(condition)
    statement = statement.order_by(OPERATIONS.c.created_at.desc(), OPERATIONS.c.number.desc())
    return [record_of(OperationRow, row) for row in connection.execute(statement)]


def _conditions(query: OperationQuery) -> list[ColumnElement[bool]]:
    columns = OPERATIONS.c
    wanted: list[ColumnElement[bool] | None] = [
        None if query.kinds is None else columns.kind.in_(query.kinds),
        None if query.states is None else columns.state.in_(query.states),
        None if query.requester_city is None else columns.requester_city == query.requester_city,
        None if query.addressee_city is None else columns.addressee_city == query.addressee_city,
        None if query.waits_for_city is None else _waits_for(query.waits_for_city),
        None if query.person_ids is None else columns.person_id.in_(query.person_ids),
        None if query.due_by is None else columns.due_on <= query.due_by,
        None if query.created_from is None else columns.created_at >= query.created_from,
        None if query.created_before is None else columns.created_at < query.created_before,
        _overdue(query.is_overdue, query.today),
        _closed(query.is_closed),
    ]
    return [condition for condition in wanted if condition is not None]


def _waits_for(city: str) -> ColumnElement[bool]:
    columns = OPERATIONS.c
    is_requesters = tuple_(columns.kind, columns.state).in_(requesters_turn())
    turn = or_(
        and_(columns.requester_city == city, is_requesters), and_(columns.addressee_city == city, ~is_requesters)
    )
    return and_(columns.closed_at.is_(None), turn)


def _overdue(wanted: bool | None, today: date) -> ColumnElement[bool] | None:
    due_on = OPERATIONS.c.due_on
    match wanted:
        case None:
            return None
        case True:
            return due_on < today
        case False:
            return or_(due_on.is_(None), due_on >= today)


def _closed(wanted: bool | None) -> ColumnElement[bool] | None:
    closed_at = OPERATIONS.c.closed_at
    return None if wanted is None else closed_at.is_not(None) if wanted else closed_at.is_(None)
