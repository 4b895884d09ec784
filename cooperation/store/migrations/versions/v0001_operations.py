"""Operations, their history, deliveries and tasks; the change feed; executors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("cursor", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("operation_number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("requester_city", sa.String(length=6), nullable=False),
        sa.Column("addressee_city", sa.String(length=6), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cursor", name=op.f("pk_changes")),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "executors",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executors")),
    )
    op.create_table(
        "operations",
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requester_city", sa.String(length=6), nullable=False),
        sa.Column("requester_office", sa.String(length=64), nullable=False),
        sa.Column("addressee_city", sa.String(length=6), nullable=False),
        sa.Column("addressee_office", sa.String(length=64), nullable=False),
        sa.Column("addressee_number", sa.String(length=32), nullable=True),
        sa.Column("person_id", sa.String(length=512), nullable=True),
        sa.Column("subject", sa.String(length=32), nullable=True),
        sa.Column("content_sealed", sa.Text(), nullable=True),
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("content_digest", sa.String(length=32), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_for", sa.String(length=64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("due_is_estimated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_operations")),
        sa.UniqueConstraint(
            "requester_city", "idempotency_key", name=op.f("uq_operations_requester_city_idempotency_key")
        ),
    )
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_operations_addressee_city_state_due_on"), ["addressee_city", "state", "due_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_operations_created_at_number"), ["created_at", "number"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_operations_person_id_created_at"), ["person_id", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_operations_requester_city_created_at"), ["requester_city", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_operations_subject_created_at"), ["subject", "created_at"], unique=False)

    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("operation_number", sa.String(length=32), nullable=False),
        sa.Column("write", sa.String(length=64), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("attempts_before", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("useless_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("raw_code", sa.String(length=80), nullable=True),
        sa.Column("receipt", sa.String(length=80), nullable=True),
        sa.Column("state_raw", sa.String(length=80), nullable=True),
        sa.Column("effect_since", sa.String(length=40), nullable=True),
        sa.Column("effect_expires_at", sa.String(length=40), nullable=True),
        sa.Column("system", sa.String(length=64), nullable=True),
        sa.Column("as_of", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_number"], ["operations.number"], name=op.f("fk_deliveries_operation_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveries_operation_number"), ["operation_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_state_created_at"), ["state", "created_at"], unique=False)

    op.create_table(
        "events",
        sa.Column("operation_number", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=True),
        sa.Column("note_sealed", sa.Text(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["operation_number"], ["operations.number"], name=op.f("fk_events_operation_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operation_number", "sequence", name=op.f("pk_events")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("operation_number", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("city", sa.String(length=6), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=True),
        sa.Column("note_sealed", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["operation_number"], ["operations.number"], name=op.f("fk_tasks_operation_number"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tasks_city_done_at_opened_at"), ["city", "done_at", "opened_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tasks_operation_number"), ["operation_number"], unique=False)

    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("raw_code", sa.String(length=80), nullable=True),
        sa.Column("receipt", sa.String(length=80), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_attempts")),
    )


def downgrade() -> None:
    op.drop_table("attempts")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tasks_operation_number"))
        batch_op.drop_index(batch_op.f("ix_tasks_city_done_at_opened_at"))

    op.drop_table("tasks")
    op.drop_table("events")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_state_created_at"))
        batch_op.drop_index(batch_op.f("ix_deliveries_operation_number"))

    op.drop_table("deliveries")
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_operations_subject_created_at"))
        batch_op.drop_index(batch_op.f("ix_operations_requester_city_created_at"))
        batch_op.drop_index(batch_op.f("ix_operations_person_id_created_at"))
        batch_op.drop_index(batch_op.f("ix_operations_created_at_number"))
        batch_op.drop_index(batch_op.f("ix_operations_addressee_city_state_due_on"))

    op.drop_table("operations")
    op.drop_table("executors")
    op.drop_table("counters")
    op.drop_table("changes")
