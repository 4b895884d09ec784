"""What Alembic runs: migrations over the connection it is given, in that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from cooperation.store.migrate import VERSION_TABLE
from cooperation.store.tables import METADATA, Moment


def render_item(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """How a new migration writes a type: as it was then, not as `tables.py` will have it one day."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
    render_item=render_item,
)
context.run_migrations()
