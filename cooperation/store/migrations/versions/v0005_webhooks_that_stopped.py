"""Why a webhook was switched off; an index for lists by states; notes that outlived their operation's content."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEX = "ix_operations_state_created_at"
_NOTES_THAT_OUTLIVED = sa.text(
    """
    UPDATE tasks SET note_sealed = NULL
    WHERE note_sealed IS NOT NULL
        AND operation_number IN (SELECT number FROM operations WHERE content_sealed IS NULL)
    """
)


def upgrade() -> None:
    op.add_column("webhooks", sa.Column("stopped_for", sa.String(length=64), nullable=True))
    op.create_index(_INDEX, "operations", ["state", "created_at"])
    op.execute(_NOTES_THAT_OUTLIVED)


def downgrade() -> None:
    op.drop_index(_INDEX, table_name="operations")
    op.drop_column("webhooks", "stopped_for")
