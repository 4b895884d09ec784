"""What is forgotten: of ended operations everything about citizens, and of the change feed its beginning.

That there was an operation, and how it went, stays.
"""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile

from sqlalchemy import Connection, delete, func, select, update

from cooperation.store.tables import ATTEMPTS, CHANGES, DELIVERIES, EVENTS, OPERATIONS, TASKS, WEBHOOKS

BATCH = 500
"""How many rows one transaction erases or deletes: others do not wait long for it."""


def erase_contents(connection: Connection, closed_before: datetime) -> int:
    """Erase content, person, card, receipts and notes of at most `BATCH` operations that ended before a moment.

    How many there were.
    """
    ended = (OPERATIONS.c.closed_at < closed_before, OPERATIONS.c.content_sealed.is_not(None))
    statement = select(OPERATIONS.c.number).where(*ended).order_by(OPERATIONS.c.closed_at).limit(BATCH)
    # Who finishes a task of theirs now waits, and keeps no note any more; who erases elsewhere is not waited for.
    numbers = connection.execute(statement.with_for_update(skip_locked=True)).scalars().all()
    connection.execute(update(EVENTS).where(EVENTS.c.operation_number.in_(numbers)).values(note_sealed=None))
    connection.execute(update(TASKS).where(TASKS.c.operation_number.in_(numbers)).values(note_sealed=None))
    of_these = DELIVERIES.c.operation_number.in_(numbers)
    ids = select(DELIVERIES.c.id).where(of_these)
    connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.delivery_id.in_(ids)).values(receipt=None))
    # A line of its own instead of the card's; a receipt may be the number of a citizen's case.
    nobodys = {"subject": DELIVERIES.c.operation_number, "receipt": None}
    connection.execute(update(DELIVERIES).where(of_these).values(nobodys))
    erased = {"content_sealed": None, "person_id": None, "subject": None}
    connection.execute(update(OPERATIONS).where(OPERATIONS.c.number.in_(numbers)).values(erased))
    return len(numbers)


def delete_changes(connection: Connection, happened_before: datetime) -> int:
    """Delete at most `BATCH` changes from the feed's beginning. How many there were.

    The newest one stays, and what an active webhook has still to be posted; only the beginning goes, never a part of
    the middle.
    """
    oldest = connection.execute(
        select(CHANGES.c.cursor, CHANGES.c.happened_at).order_by(CHANGES.c.cursor).limit(BATCH)
    ).all()
    last = connection.execute(select(func.max(CHANGES.c.cursor))).scalar_one()
    posted = connection.execute(select(func.min(WEBHOOKS.c.cursor)).where(WEBHOOKS.c.is_active)).scalar_one()
    kept_from = last if posted is None else min(last or 0, posted + 1)
    old = list(takewhile(lambda row: row.happened_at < happened_before and row.cursor < kept_from, oldest))
    if old:
        connection.execute(delete(CHANGES).where(CHANGES.c.cursor <= old[-1].cursor))
    return len(old)
