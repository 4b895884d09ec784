"""How often each operation was called, and how many calls ran at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct


class CallCounts(Struct, frozen=True):
    """Counts since the last reset, by operation; `highest_concurrency` over all operations together."""

    operations: dict[str, int]
    total: int
    highest_concurrency: int


class CallBook:
    """Counts calls while they run."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._running = 0
        self._highest = 0

    @contextmanager
    def running(self, operation: str) -> Iterator[None]:
        """One call, from its first byte read to its last byte sent."""
        self._counts[operation] += 1
        self._running += 1
        self._highest = max(self._highest, self._running)
        try:
            yield
        finally:
            self._running -= 1

    @property
    def now(self) -> int:
        """How many calls run at this moment."""
        return self._running

    def counts(self) -> CallCounts:
        """The present counts, operations sorted."""
        return CallCounts(dict(sorted(self._counts.items())), self._counts.total(), self._highest)

    def reset(self) -> None:
        """Start again at nothing; calls that run now still count as running."""
        self._counts.clear()
        self._highest = self._running
