"""Which processes work on operations: each holds a lease, renewed while it lives."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy import Connection, delete, insert, select, update

from cooperation.store.store import Store
from cooperation.store.tables import EXECUTORS

LEASE_SECONDS = 15.0
"""A process that has not been heard of for so long is dead, and its work is taken over."""


class DatabaseInUse(Exception):
    """Another process works on this SQLite file; several processes need PostgreSQL."""


def new_executor_id() -> str:
    """A name that no process has had before: one that still shuts down must not be taken for its successor."""
    return f"{socket.gethostname()[:30]}-{os.getpid()}-{secrets.token_hex(4)}"


def register_executor(connection: Connection, executor_id: str, now: datetime, *, is_alone: bool) -> None:
    """Take up work; who `is_alone` knows all others to be dead."""
    if is_alone:
        connection.execute(update(EXECUTORS).where(EXECUTORS.c.lease_until >= now).values(lease_until=_before(now)))
    connection.execute(
        insert(EXECUTORS),
        {"id": executor_id, "started_at": now, "lease_until": now + timedelta(seconds=LEASE_SECONDS)},
    )


def renew_lease(connection: Connection, executor_id: str, now: datetime) -> None:
    """Say that this process lives; forget those that have not for long."""
    lease_until = now + timedelta(seconds=LEASE_SECONDS)
    renewed = connection.execute(update(EXECUTORS).where(EXECUTORS.c.id == executor_id).values(lease_until=lease_until))
    if renewed.rowcount == 0:
        connection.execute(insert(EXECUTORS), {"id": executor_id, "started_at": now, "lease_until": lease_until})
    connection.execute(delete(EXECUTORS).where(EXECUTORS.c.lease_until < now - timedelta(days=1)))


def leave(connection: Connection, executor_id: str, now: datetime) -> None:
    """Give the lease up: what is left lying may be taken over at once."""
    connection.execute(update(EXECUTORS).where(EXECUTORS.c.id == executor_id).values(lease_until=_before(now)))


def living_executors(connection: Connection, now: datetime) -> set[str]:
    """The names of the processes whose lease runs."""
    return set(connection.execute(select(EXECUTORS.c.id).where(EXECUTORS.c.lease_until >= now)).scalars())


def dead_executors(connection: Connection, now: datetime) -> set[str]:
    """The names of the processes whose lease has run out, or was given up, within a day."""
    return set(connection.execute(select(EXECUTORS.c.id).where(EXECUTORS.c.lease_until < now)).scalars())


def lock_file(store: Store) -> TextIO | None:
    """The lock of a SQLite file, held as long as the result is open; None for a server. Raises DatabaseInUse."""
    if store.is_shared:
        return None
    path = Path(f"{store.engine.url.database}.lock")
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise DatabaseInUse(
            "Another process works on this SQLite database; let several processes share PostgreSQL."
        ) from None
    return file


def _before(now: datetime) -> datetime:
    return now - timedelta(milliseconds=1)
