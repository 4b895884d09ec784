"""Indexes for databases that have grown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = (
    ("deliveries", "state", "not_before", "created_at"),
    ("deliveries", "subject", "state", "created_at"),
    ("operations", "addressee_city", "created_at"),
    ("operations", "addressee_city", "state", "created_at"),
    ("operations", "addressee_number"),
    ("operations", "due_on"),
    ("operations", "kind", "created_at"),
    ("tasks", "done_at", "opened_at"),
    ("tasks", "opened_at"),
    ("changes", "operation_number", "cursor"),
)
_SUPERSEDED = ["addressee_city", "state", "due_on"]
_NOT_ERASED = sa.text("content_sealed IS NOT NULL")
_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    for table, *columns in _INDEXES:
        op.create_index(_name(table, columns), table, columns)
    op.create_index(
        _name("operations", ["closed_at"]),
        "operations",
        ["closed_at"],
        sqlite_where=_NOT_ERASED,
        postgresql_where=_NOT_ERASED,
    )
    op.create_index(
        "ix_operations_open",
        "operations",
        ["created_at", "number"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.drop_index(_name("operations", _SUPERSEDED), table_name="operations")


def downgrade() -> None:
    op.create_index(_name("operations", _SUPERSEDED), "operations", _SUPERSEDED)
    op.drop_index("ix_operations_open", table_name="operations")
    op.drop_index(_name("operations", ["closed_at"]), table_name="operations")
    for table, *columns in reversed(_INDEXES):
        op.drop_index(_name(table, columns), table_name=table)


def _name(table: str, columns: list[str]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")
