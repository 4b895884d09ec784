"""What is forgotten of ended operations: everything about citizens. That there was one, and how it went, stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from cooperation.store.tables import EVENTS, OPERATIONS, TASKS


def erase_contents(connection: Connection, closed_before: datetime) -> int:
    """Erase content, person and notes of operations that ended before a moment. How many there were."""
    ended = (OPERATIONS.c.closed_at < closed_before, OPERATIONS.c.content_sealed.is_not(None))
    numbers = select(OPERATIONS.c.number).where(*ended).scalar_subquery()
    connection.execute(update(EVENTS).where(EVENTS.c.operation_number.in_(numbers)).values(note_sealed=None))
    connection.execute(update(TASKS).where(TASKS.c.operation_number.in_(numbers)).values(note_sealed=None))
    erased = connection.execute(
        update(OPERATIONS).where(*ended).values(content_sealed=None, person_id=None, subject=None)
    )
    return erased.rowcount
