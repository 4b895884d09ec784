"""What a service has written: the proof that an operation had its effect once, twice or never.

An entry and what the write has changed are committed together before the answer leaves: a service that is killed
between the two starts again with both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias, TypeVar

import msgspec
from msgspec import Struct

S = TypeVar("S", bound=Struct)

JOURNAL_FILE = "services.db"
_TABLES = """
CREATE TABLE IF NOT EXISTS stamp (stamp TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (system TEXT NOT NULL, entry BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS changes (
    system TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (system, kind, key)
);
"""


class Effect(StrEnum):
    """What a write came to."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"


class WriteEntry(Struct, frozen=True):
    """One write; `subject` numbers a card, pension, letter or transfer, `reference` is the caller's. Nobody's data."""

    sequence: int
    at: str
    operation: str
    subject: str
    reference: str
    effect: Effect


class Write(Struct, frozen=True):
    """An entry before it has its number."""

    at: str
    operation: str
    subject: str
    reference: str
    effect: Effect


Change: TypeAlias = tuple[str, Struct]
"""The key and the value that it has now; the value's class names its kind."""
Changes: TypeAlias = Sequence[Change]


class Journal:
    """What all services have written since the world was made; in memory without a path."""

    def __init__(self, path: Path | None, stamp: str, *, fresh: bool = False) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self._logs: dict[str, WriteLog] = {}
        self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        # What is handed to the system survives the process.
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(_TABLES)
        if fresh or self._connection.execute("SELECT stamp FROM stamp").fetchall() != [(stamp,)]:
            for table in ("stamp", "entries", "changes"):
                self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  (our own table names)
            self._connection.execute("INSERT INTO stamp VALUES (?)", (stamp,))

    def log(self, system: str) -> WriteLog:
        """The part of one service, always the same one."""
        if system not in self._logs:
            self._logs[system] = WriteLog(self._connection, system)
        return self._logs[system]

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


class WriteLog:
    """Entries in the order in which they had their effect, and what has changed."""

    def __init__(self, connection: sqlite3.Connection, system: str) -> None:
        self._connection = connection
        self._system = system
        self._listeners: list[Callable[[Changes], None]] = []
        rows = connection.execute("SELECT entry FROM entries WHERE system = ? ORDER BY rowid", (system,))
        self.entries: list[WriteEntry] = [msgspec.json.decode(entry, type=WriteEntry) for (entry,) in rows]

    def append(self, write: Write, *changes: Change) -> None:
        """Enter one write with what it has changed."""
        entry = WriteEntry(len(self.entries) + 1, *(getattr(write, name) for name in write.__struct_fields__))
        self._connection.execute("BEGIN")
        self._connection.execute("INSERT INTO entries VALUES (?, ?)", (self._system, msgspec.json.encode(entry)))
        for key, value in changes:
            self._connection.execute(
                "INSERT OR REPLACE INTO changes VALUES (?, ?, ?, ?)",
                (self._system, type(value).__name__, key, msgspec.json.encode(value)),
            )
        self._connection.execute("COMMIT")
        self.entries.append(entry)
        for listener in self._listeners:
            listener(changes)

    def on_change(self, listener: Callable[[Changes], None]) -> None:
        """Have `listener` told what every further write has changed, after it was committed."""
        self._listeners.append(listener)

    def changed(self, kind: type[S]) -> Iterator[S]:
        """Every changed value of a kind, in the order of their first change."""
        query = "SELECT value FROM changes WHERE system = ? AND kind = ? ORDER BY rowid"
        for (value,) in self._connection.execute(query, (self._system, kind.__name__)):
            yield msgspec.json.decode(value, type=kind)


def memory_log(system: str) -> WriteLog:
    """A log that ends with its service."""
    return Journal(None, "").log(system)
