"""The tables. Columns ending in `_sealed` are readable with the platform's key only; times are UTC, to the millisecond.

`migrations/` makes them; a test holds that both say the same.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """A moment with its offset: SQLite keeps none, so all are UTC there."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is written."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """What is read."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


CODE = String(64)
NUMBER = String(32)

_NOT_ERASED = text("content_sealed IS NOT NULL")
_OPEN = text("closed_at IS NULL")

OPERATIONS = Table(
    "operations",
    METADATA,
    Column("number", NUMBER, primary_key=True),
    Column("kind", CODE, nullable=False),
    Column("state", CODE, nullable=False),
    Column("version", Integer, nullable=False),
    Column("requester_city", String(6), nullable=False),
    Column("requester_office", CODE, nullable=False),
    Column("addressee_city", String(6), nullable=False),
    Column("addressee_office", CODE, nullable=False),
    Column("addressee_number", NUMBER),
    # `Person.id` of the graph, which is the id number encrypted; and what finds all operations of a card.
    Column("person_id", String(512)),
    Column("subject", String(32)),
    Column("content_sealed", Text),
    Column("idempotency_key", String(128), nullable=False),
    Column("content_digest", String(32), nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("closed_at", Moment),
    # What the clock runs for: ACCEPT or REPORT; None when nobody is waited for.
    Column("due_for", CODE),
    Column("due_on", Date),
    Column("due_is_estimated", Boolean, nullable=False),
    UniqueConstraint("requester_city", "idempotency_key"),
    Index(None, "addressee_city", "state", "created_at"),
    Index(None, "requester_city", "created_at"),
    Index(None, "person_id", "created_at"),
    Index(None, "subject", "created_at"),
    Index(None, "created_at", "number"),
    Index(None, "addressee_city", "created_at"),
    Index(None, "addressee_number"),
    Index(None, "due_on"),
    Index(None, "kind", "created_at"),
    Index(None, "state", "created_at"),
    # The open ones are few among all.
    Index("ix_operations_open", "created_at", "number", sqlite_where=_OPEN, postgresql_where=_OPEN),
    # What is to be erased: with what has been erased in it, it would be as long as the table.
    Index(None, "closed_at", sqlite_where=_NOT_ERASED, postgresql_where=_NOT_ERASED),
)

EVENTS = Table(
    "events",
    METADATA,
    Column("operation_number", NUMBER, ForeignKey("operations.number", ondelete="CASCADE"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("action", CODE, nullable=False),
    Column("source", CODE),
    Column("target", CODE, nullable=False),
    # `city/officer`; None was the platform.
    Column("actor", String(80)),
    Column("note_sealed", Text),
    Column("happened_at", Moment, nullable=False),
)

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("operation_number", NUMBER, ForeignKey("operations.number", ondelete="CASCADE"), nullable=False),
    Column("write", CODE, nullable=False),
    Column("city", String(6), nullable=False),
    # Deliveries of one subject are made one after the other, in the order they were accepted.
    Column("subject", String(40), nullable=False),
    Column("state", CODE, nullable=False),
    Column("run", Integer, nullable=False),
    Column("turns", Integer, nullable=False),
    # Attempts that a person has put behind us by having it done again.
    Column("attempts_before", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment),
    Column("useless_after", Moment),
    Column("settled_at", Moment),
    # How it ended, or how the last attempt went: no citizen's data in any of them.
    Column("outcome", CODE),
    Column("reason", CODE),
    Column("raw_code", String(80)),
    Column("receipt", String(80)),
    Column("state_raw", String(80)),
    Column("effect_since", String(40)),
    Column("effect_expires_at", String(40)),
    Column("system", CODE),
    Column("as_of", String(40)),
    Index(None, "state", "created_at"),
    Index(None, "state", "not_before", "created_at"),
    Index(None, "subject", "state", "created_at"),
    Index(None, "operation_number"),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("delivery_id", String(40), ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("outcome", CODE),
    Column("reason", CODE),
    Column("raw_code", String(80)),
    Column("receipt", String(80)),
    # Whether it has been proved that nothing of it will come: only then may another one be begun.
    Column("is_over", Boolean, nullable=False),
)

TASKS = Table(
    "tasks",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("operation_number", NUMBER, ForeignKey("operations.number", ondelete="CASCADE"), nullable=False),
    # The write that it is about; None where it is about the operation itself.
    Column("delivery_id", String(40)),
    Column("kind", CODE, nullable=False),
    Column("city", String(6), nullable=False),
    Column("reason", CODE),
    Column("opened_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(80)),
    Column("note_sealed", Text),
    Index(None, "city", "done_at", "opened_at"),
    Index(None, "done_at", "opened_at"),
    Index(None, "opened_at"),
    Index(None, "operation_number"),
)

COUNTERS = Table(
    "counters",
    METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)

CHANGES = Table(
    "changes",
    METADATA,
    Column("cursor", Integer, primary_key=True, autoincrement=False),
    Column("operation_number", NUMBER, nullable=False),
    Column("kind", CODE, nullable=False),
    Column("action", CODE, nullable=False),
    Column("state", CODE, nullable=False),
    Column("requester_city", String(6), nullable=False),
    Column("addressee_city", String(6), nullable=False),
    Column("happened_at", Moment, nullable=False),
    Index(None, "operation_number", "cursor"),
)

WEBHOOKS = Table(
    "webhooks",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("city", String(6), nullable=False),
    Column("url", String(500), nullable=False),
    Column("secret_sealed", Text, nullable=False),
    # Kinds of operations, separated by blanks; empty is all.
    Column("kinds", String(500), nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("is_active", Boolean, nullable=False),
    # Why it was switched off; None while it is active, and where that was before reasons were kept.
    Column("stopped_for", CODE),
    # The last change that was delivered or did not matter.
    Column("cursor", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("last_status", Integer),
    Column("not_before", Moment),
    # Until when a process alone posts to it; of what is given back, when that was.
    Column("leased_until", Moment),
)

EXECUTORS = Table(
    "executors",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("started_at", Moment, nullable=False),
    Column("lease_until", Moment, nullable=False),
)
