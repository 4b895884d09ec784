"""A cache with limits: what was used longest ago goes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """At most `max_entries` values, and of at most `max_weight` together. Values are not None."""

    __slots__ = ("_max_entries", "_max_weight", "_values", "_weight")

    def __init__(self, max_weight: int, max_entries: int | None = None) -> None:
        self._max_weight = max_weight
        self._max_entries = max_entries
        self._weight = 0
        self._values: dict[K, tuple[V, int]] = {}  # the one used last is last

    def __len__(self) -> int:
        return len(self._values)

    def items(self) -> list[tuple[K, V]]:
        """All keys with their values; what was used last comes last."""
        return [(key, value) for key, (value, _) in self._values.items()]

    def find(self, key: K) -> V | None:
        """The value of `key`; None when it is not there."""
        known = self._values.pop(key, None)
        if known is None:
            return None
        self._values[key] = known
        return known[0]

    def get(self, key: K, make: Callable[[], V], weight: int = 1) -> V:
        """The value of `key`, made when it is not there."""
        value = self.find(key)
        if value is None:
            value = make()
            self.keep(key, value, weight)
        return value

    def keep(self, key: K, value: V, weight: int) -> None:
        """Keep a value; one heavier than the whole cache may be is not kept."""
        if weight > self._max_weight:
            return
        self._drop(key)
        self._values[key] = (value, weight)
        self._weight += weight
        while self._weight > self._max_weight or (self._max_entries and len(self._values) > self._max_entries):
            self._drop(next(iter(self._values)))

    def _drop(self, key: K) -> None:
        known = self._values.pop(key, None)
        if known is not None:
            self._weight -= known[1]
