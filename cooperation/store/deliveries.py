"""Deliveries (writes owed to a city's system) and the attempts at them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Tuple, and_, func, insert, literal, select, tuple_, update

from cooperation.store.rows import AttemptRow, DeliveryRow, record_of, values_of
from cooperation.store.tables import ATTEMPTS, DELIVERIES
from legacy_adapters.operations.outcomes import Outcome

MAX_DUE = 500
"""How many are taken up at once; the others follow."""


class DeliveryState(StrEnum):
    """OPEN is being worked at; the others are ends. An end by a person's task may be opened again."""

    OPEN = "OPEN"
    DONE = "DONE"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    MANUAL = "MANUAL"
    WITHDRAWN = "WITHDRAWN"


def create_delivery(connection: Connection, delivery: DeliveryRow, names: Collection[str] = ()) -> None:
    """Insert a new delivery, in its line behind whatever was accepted before it, by whichever clock that was dated.

    `names` are those that its line has besides the delivery's subject.
    Only after the change that it comes of was recorded: since then no other acceptance can be overlooked.
    """
    newest = connection.execute(
        select(func.max(DELIVERIES.c.created_at)).where(DELIVERIES.c.subject.in_({delivery.subject, *names}))
    ).scalar_one()
    if newest is not None and delivery.created_at <= newest:
        # That clock may be far ahead: this one is due by its own all the same.
        behind = newest + timedelta(milliseconds=1)
        delivery = msgspec.structs.replace(delivery, created_at=behind, not_before=delivery.created_at)
    connection.execute(insert(DELIVERIES), values_of(delivery))


def read_delivery(connection: Connection, delivery_id: str) -> DeliveryRow:
    """The delivery with this id, which exists."""
    row = connection.execute(select(DELIVERIES).where(DELIVERIES.c.id == delivery_id)).one()
    return record_of(DeliveryRow, row)


def read_deliveries(connection: Connection, numbers: Sequence[str]) -> list[DeliveryRow]:
    """The deliveries of some operations, in the order of their ids."""
    statement = select(DELIVERIES).where(DELIVERIES.c.operation_number.in_(numbers)).order_by(DELIVERIES.c.id)
    return [record_of(DeliveryRow, row) for row in connection.execute(statement)]


def read_open_deliveries(
    connection: Connection, due_before: datetime, after: DeliveryRow | None = None
) -> list[DeliveryRow]:
    """At most `MAX_DUE` of those that are owed and have been due since a moment, longest due first, behind `after`."""
    # Two questions, for each of them is a range of an index; their disjunction is none.
    new = _read_open(connection, DELIVERIES.c.created_at, due_before, after, DELIVERIES.c.not_before.is_(None))
    postponed = _read_open(connection, DELIVERIES.c.not_before, due_before, after)
    return sorted((*new, *postponed), key=_due_key)[:MAX_DUE]


def _read_open(
    connection: Connection,
    due: Column[datetime],
    due_before: datetime,
    after: DeliveryRow | None,
    *conditions: ColumnElement[bool],
) -> list[DeliveryRow]:
    statement = select(DELIVERIES).where(DELIVERIES.c.state == DeliveryState.OPEN, due <= due_before, *conditions)
    if after is not None:
        statement = statement.where(tuple_(due, DELIVERIES.c.id) > _literals(*_due_key(after)))
    rows = connection.execute(statement.order_by(due, DELIVERIES.c.id).limit(MAX_DUE))
    return [record_of(DeliveryRow, row) for row in rows]


def _due_key(delivery: DeliveryRow) -> tuple[datetime, str]:
    return delivery.not_before or delivery.created_at, delivery.id


def line_ahead(connection: Connection, delivery: DeliveryRow, names: Collection[str]) -> str | None:
    """Under which of its names something accepted earlier is still owed to the same subject; None where nothing is."""
    is_earlier = tuple_(DELIVERIES.c.created_at, DELIVERIES.c.id) < _literals(delivery.created_at, delivery.id)
    statement = select(DELIVERIES.c.subject).where(
        DELIVERIES.c.state == DeliveryState.OPEN, DELIVERIES.c.subject.in_(names), is_earlier
    )
    return connection.execute(statement.order_by(DELIVERIES.c.created_at.desc()).limit(1)).scalar()


def update_delivery(connection: Connection, delivery_id: str, **columns: object) -> None:
    """Set some of a delivery's columns."""
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery_id).values(columns))


def reopen_delivery(
    connection: Connection, delivery: DeliveryRow, subject: str, useless_after: datetime, now: datetime
) -> None:
    """Have it done again, in the line of `subject`: what was sent before is over, and counts for nothing."""
    last = read_last_attempt(connection, delivery.id)
    update_delivery(
        connection,
        delivery.id,
        state=DeliveryState.OPEN,
        run=delivery.run + 1,
        subject=subject,
        turns=0,
        attempts_before=0 if last is None else last.number,
        settled_at=None,
        # The clock by which it was accepted may have been ahead.
        not_before=now,
        useless_after=useless_after,
    )


def begin_next_run(connection: Connection, delivery: DeliveryRow, not_before: datetime) -> DeliveryRow | None:
    """Its next run, due then; None where this one is not its present one any more, or it is not owed."""
    return _next_run(connection, delivery, DeliveryState.OPEN, not_before=not_before)


def move_line(connection: Connection, delivery: DeliveryRow, subject: str) -> DeliveryRow | None:
    """Its next run, in the line of its subject's present name; None where this one is not its present one any more."""
    return _next_run(connection, delivery, delivery.state, subject=subject)


def _next_run(connection: Connection, delivery: DeliveryRow, state: str, **columns: object) -> DeliveryRow | None:
    is_present = (DELIVERIES.c.id == delivery.id, DELIVERIES.c.run == delivery.run, DELIVERIES.c.state == state)
    begun = connection.execute(update(DELIVERIES).where(*is_present).values(run=delivery.run + 1, **columns))
    return read_delivery(connection, delivery.id) if begun.rowcount else None


def read_unsettled(connection: Connection, after: str) -> list[DeliveryRow]:
    """At most `MAX_DUE` of those that are owed, or would be if their task's end has them resumed, behind an id."""
    is_unsettled = DELIVERIES.c.state.in_((DeliveryState.OPEN, DeliveryState.MANUAL))
    statement = select(DELIVERIES).where(is_unsettled, DELIVERIES.c.id > after).order_by(DELIVERIES.c.id)
    return [record_of(DeliveryRow, row) for row in connection.execute(statement.limit(MAX_DUE))]


def read_sleeping_targets(connection: Connection, reasons: Collection[str], after: datetime) -> list[tuple[str, str]]:
    """City and write of what is owed and sleeps for one of these reasons until after a moment."""
    columns = (DELIVERIES.c.city, DELIVERIES.c.write)
    statement = select(*columns).where(*_is_asleep(reasons, after)).distinct().order_by(*columns)
    return [(city, write) for city, write in connection.execute(statement)]


def read_sleeping(
    connection: Connection, target: tuple[str, str], reasons: Collection[str], after: datetime, most: int
) -> list[DeliveryRow]:
    """Those of one city and write that sleep so, at most so many, first accepted first."""
    city, write = target
    statement = (
        select(DELIVERIES)
        .where(*_is_asleep(reasons, after), DELIVERIES.c.city == city, DELIVERIES.c.write == write)
        .order_by(DELIVERIES.c.created_at, DELIVERIES.c.id)
        .limit(most)
    )
    return [record_of(DeliveryRow, row) for row in connection.execute(statement)]


def _is_asleep(reasons: Collection[str], after: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        DELIVERIES.c.state == DeliveryState.OPEN,
        DELIVERIES.c.not_before > after,
        DELIVERIES.c.reason.in_(reasons),
    )


def read_last_attempt(connection: Connection, delivery_id: str) -> AttemptRow | None:
    """The newest attempt; None before the first one."""
    statement = select(ATTEMPTS).where(ATTEMPTS.c.delivery_id == delivery_id).order_by(ATTEMPTS.c.number.desc())
    row = connection.execute(statement.limit(1)).one_or_none()
    return None if row is None else record_of(AttemptRow, row)


def begin_attempt(connection: Connection, delivery_id: str, number: int, at: datetime) -> AttemptRow:
    """Write down that something is about to be sent."""
    attempt = AttemptRow(delivery_id, number, at, None, None, None, None, None, is_over=False)
    connection.execute(insert(ATTEMPTS), values_of(attempt))
    return attempt


def answer_attempt(connection: Connection, attempt: AttemptRow, outcome: Outcome, at: datetime) -> None:
    """Write down how it was answered; one that is over already, for somebody else has read its end, stays as it is."""
    answered = {
        "ended_at": at,
        "outcome": outcome.kind,
        "reason": outcome.reason,
        "raw_code": outcome.raw_code,
        "receipt": outcome.receipt,
    }
    connection.execute(update(ATTEMPTS).where(_is(attempt), ATTEMPTS.c.is_over.is_(False)).values(answered))


def end_attempt(connection: Connection, attempt: AttemptRow, at: datetime) -> None:
    """Nothing of it will come any more: it was proved, or the delivery has its end."""
    ended_at = func.coalesce(ATTEMPTS.c.ended_at, at)
    connection.execute(update(ATTEMPTS).where(_is(attempt)).values(is_over=True, ended_at=ended_at))


def _is(attempt: AttemptRow) -> ColumnElement[bool]:
    return and_(ATTEMPTS.c.delivery_id == attempt.delivery_id, ATTEMPTS.c.number == attempt.number)


def _literals(moment: datetime, delivery_id: str) -> Tuple:
    return tuple_(literal(moment, DELIVERIES.c.created_at.type), literal(delivery_id))
