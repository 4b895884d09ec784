"""The rows of the tables, as records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Row

R = TypeVar("R", bound=Struct)


class OperationRow(Struct, frozen=True):
    """See `OPERATIONS`. `kind` is an `OperationKind`, `state` one of its machine's."""

    number: str
    kind: str
    state: str
    version: int
    requester_city: str
    requester_office: str
    addressee_city: str
    addressee_office: str
    addressee_number: str | None
    person_id: str | None
    subject: str | None
    content_sealed: str | None
    idempotency_key: str
    content_digest: str
    created_by: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    due_for: str | None
    due_on: date | None
    due_is_estimated: bool


class EventRow(Struct, frozen=True):
    """See `EVENTS`."""

    operation_number: str
    sequence: int
    action: str
    source: str | None
    target: str
    actor: str | None
    note_sealed: str | None
    happened_at: datetime


class DeliveryRow(Struct, frozen=True):
    """See `DELIVERIES`. `write` is an `OperationName`; `outcome`, `reason` are those of the last attempt or the end."""

    id: str
    operation_number: str
    write: str
    city: str
    subject: str
    state: str
    run: int
    turns: int
    attempts_before: int
    created_at: datetime
    not_before: datetime | None
    useless_after: datetime | None
    settled_at: datetime | None
    outcome: str | None
    reason: str | None
    raw_code: str | None
    receipt: str | None
    state_raw: str | None
    effect_since: str | None
    effect_expires_at: str | None
    system: str | None
    as_of: str | None


class AttemptRow(Struct, frozen=True):
    """See `ATTEMPTS`."""

    delivery_id: str
    number: int
    begun_at: datetime
    ended_at: datetime | None
    outcome: str | None
    reason: str | None
    raw_code: str | None
    receipt: str | None
    is_over: bool


class TaskRow(Struct, frozen=True):
    """See `TASKS`."""

    id: str
    operation_number: str
    delivery_id: str | None
    kind: str
    city: str
    reason: str | None
    opened_at: datetime
    done_at: datetime | None
    done_by: str | None
    note_sealed: str | None


class ChangeRow(Struct, frozen=True):
    """See `CHANGES`."""

    cursor: int
    operation_number: str
    kind: str
    action: str
    state: str
    requester_city: str
    addressee_city: str
    happened_at: datetime


class WebhookRow(Struct, frozen=True):
    """See `WEBHOOKS`. `stopped_for` is a `WebhookStop`."""

    id: str
    city: str
    url: str
    secret_sealed: str
    kinds: str
    created_by: str
    created_at: datetime
    is_active: bool
    stopped_for: str | None
    cursor: int
    failures: int
    failing_since: datetime | None
    last_status: int | None
    not_before: datetime | None
    leased_until: datetime | None


def record_of(kind: type[R], row: Row[Any]) -> R:
    """The record of a whole row."""
    return kind(**row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)


def values_of(record: Struct) -> Mapping[str, Any]:
    """A record as the values of its columns."""
    return {name: getattr(record, name) for name in record.__struct_fields__}
