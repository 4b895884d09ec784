"""The write that a task is about; who asked telephones."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_FIRST_STUCK = sa.text(
    """
    UPDATE tasks SET delivery_id = (
        SELECT deliveries.id FROM deliveries
        WHERE deliveries.operation_number = tasks.operation_number AND deliveries.city = tasks.city
            AND deliveries.state IN ('MANUAL', 'REFUSED', 'EXPIRED')
        ORDER BY deliveries.created_at, deliveries.id LIMIT 1)
    WHERE done_at IS NULL AND kind NOT IN ('VERIFY_DEATH', 'UNDO')
    """
)
"""A task of a letter was about all that a city had not taken: its first write is what the others waited for."""
_ASKING_CITY = sa.text(
    """
    UPDATE tasks SET city = (SELECT requester_city FROM operations WHERE operations.number = tasks.operation_number)
    WHERE done_at IS NULL AND kind = 'TELEPHONE' AND operation_number IN (
        SELECT number FROM operations WHERE kind NOT IN ('INVESTIGATION', 'DISPUTE_TRANSFER', 'INSPECTION_TRANSFER'))
    """
)


def upgrade() -> None:
    op.add_column("tasks", sa.Column("delivery_id", sa.String(length=40), nullable=True))
    op.execute(_FIRST_STUCK)
    op.execute(_ASKING_CITY)


def downgrade() -> None:
    op.drop_column("tasks", "delivery_id")
