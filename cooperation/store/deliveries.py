"""Deliveries (writes owed to a city's system) and the attempts at them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, insert, literal, select, tuple_, update

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


def create_delivery(connection: Connection, delivery: DeliveryRow) -> None:
    """Insert a new delivery."""
    connection.execute(insert(DELIVERIES), values_of(delivery))


def read_delivery(connection: Connection, delivery_id: str) -> DeliveryRow:
    """The delivery with this id, which exists."""
    row = connection.execute(select(DELIVERIES).where(DELIVERIES.c.id == delivery_id)).one()
    return record_of(DeliveryRow, row)


def read_deliveries(connection: Connection, numbers: Sequence[str]) -> list[DeliveryRow]:
    """The deliveries of some operations, in the order of their ids."""
    statement = select(DELIVERIES).where(DELIVERIES.c.operation_number.in_(numbers)).order_by(DELIVERIES.c.id)
    return [record_of(DeliveryRow, row) for row in connection.execute(statement)]


def read_open_deliveries(connection: Connection, due_before: datetime) -> list[DeliveryRow]:
    """Those that are owed still and have been due since a moment, oldest first."""
    due = func.coalesce(DELIVERIES.c.not_before, DELIVERIES.c.created_at) <= due_before
    statement = select(DELIVERIES).where(DELIVERIES.c.state == DeliveryState.OPEN, due)
    statement = statement.order_by(DELIVERIES.c.created_at).limit(MAX_DUE)
    return [record_of(DeliveryRow, row) for row in connection.execute(statement)]


def has_earlier(connection: Connection, delivery: DeliveryRow) -> bool:
    """Whether something accepted earlier is still owed to the same subject."""
    is_earlier = tuple_(DELIVERIES.c.created_at, DELIVERIES.c.id) < tuple_(
        literal(delivery.created_at, DELIVERIES.c.created_at.type), literal(delivery.id)
    )
    statement = select(DELIVERIES.c.id).where(
        DELIVERIES.c.state == DeliveryState.OPEN, DELIVERIES.c.subject == delivery.subject, is_earlier
    )
    return connection.execute(statement.limit(1)).first() is not None


def update_delivery(connection: Connection, delivery_id: str, **columns: object) -> None:
    """Set some of a delivery's columns."""
    connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == delivery_id).values(columns))


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
