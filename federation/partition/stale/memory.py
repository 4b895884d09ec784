"""One partition's last answers, in memory, within limits.

What was remembered first goes first, when there is too much or when it is too old to be of use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from time import monotonic
from types import MappingProxyType

import msgspec

from federation.executor.errors import ErrorPath

#: What an entry weighs besides its answer; measured: 330 to 370 bytes.
_ENTRY_BYTES = 350


@dataclass(frozen=True, slots=True)
class MemoryLimits:
    """How much of one partition is remembered."""

    max_entries: int = 100_000
    max_bytes: int = 64 * 1024 * 1024


_NOTHING_OLDER: Mapping[ErrorPath, Provenance | None] = MappingProxyType({})


class Provenance(msgspec.Struct, frozen=True):
    """When an answer came, by the memory's clock, and the time that its partition said it is from."""

    at: float
    as_of: str | None


class Record(msgspec.Struct, frozen=True):
    """An answer that is remembered.

    Attributes:
        answer: its JSON; what of it is not remembered is null.
        provenance: where all of it is from, unless `older` says otherwise.
        older: by place, what an earlier answer gave; None where nothing is known.
        expires_at: when none of it is of use any more.
    """

    answer: bytes
    provenance: Provenance
    expires_at: float
    older: Mapping[ErrorPath, Provenance | None] = _NOTHING_OLDER

    def __repr__(self) -> str:
        """The answer holds citizens' data."""
        return f"Record({len(self.answer)} bytes, {self.provenance})"

    def provenance_of(self, path: ErrorPath) -> Provenance | None:
        """Where the value at a place is from; None where nothing is known."""
        return self.older.get(path, self.provenance)


class Memory:
    """Records by key; `clock` gives seconds."""

    def __init__(self, limits: MemoryLimits, clock: Callable[[], float] = monotonic) -> None:
        self.clock = clock
        self._limits = limits
        self._records: dict[bytes, Record] = {}  # the one kept last is last
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._records)

    @property
    def used_bytes(self) -> int:
        """What is used of the limit."""
        return self._bytes + len(self._records) * _ENTRY_BYTES

    def find(self, key: bytes) -> Record | None:
        return self._records.get(key)

    def keep(self, records: Iterable[tuple[bytes, Record]]) -> None:
        """Keep records instead of those before; what is over the limits or expired is forgotten."""
        known = self._records
        for key, record in records:
            before = known.pop(key, None)
            if before is not None:
                self._bytes -= len(before.answer)
            known[key] = record
            self._bytes += len(record.answer)
        self._tidy(self.clock())

    def forget(self, key: bytes) -> None:
        record = self._records.pop(key, None)
        if record is not None:
            self._bytes -= len(record.answer)

    def _tidy(self, now: float) -> None:
        limits = self._limits
        while self._records:
            key, oldest = next(iter(self._records.items()))
            is_over = self.used_bytes > limits.max_bytes or len(self._records) > limits.max_entries
            if not is_over and oldest.expires_at > now:
                return
            self.forget(key)
