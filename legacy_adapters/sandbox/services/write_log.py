"""What a service has written: the proof that an operation had its effect once, twice or never."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Effect(StrEnum):
    """What a write came to."""

    DONE = "done"
    ALREADY = "already"
    REFUSED = "refused"


class WriteEntry(Struct, frozen=True):
    """One write; `subject` is a card or pension number, `reference` the caller's own. Never a citizen's data."""

    sequence: int
    at: str
    operation: str
    subject: str
    reference: str
    effect: Effect


class WriteLog:
    """Entries in the order in which they had their effect."""

    def __init__(self) -> None:
        self.entries: list[WriteEntry] = []

    def append(self, at: str, operation: str, subject: str, reference: str, effect: Effect) -> None:
        """Enter one write."""
        self.entries.append(WriteEntry(len(self.entries) + 1, at, operation, subject, reference, effect))
