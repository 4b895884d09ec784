"""A cache with a limit: what was used longest ago goes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Makes each key's value once and keeps values of at most `limit` weight together."""

    __slots__ = ("_limit", "_values", "_weight")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._values: dict[K, tuple[V, int]] = {}

    def get(self, key: K, make: Callable[[], V], weight: int = 1) -> V:
        """The value of `key`, made when it is not there. One heavier than the whole cache is not kept."""
        known = self._values.pop(key, None)
        if known is None:
            known = (make(), weight)
            if weight > self._limit:
                return known[0]
            self._make_room(weight)
            self._weight += weight
        self._values[key] = known
        return known[0]

    def _make_room(self, weight: int) -> None:
        while self._weight + weight > self._limit:
            _, dropped = self._values.pop(next(iter(self._values)))
            self._weight -= dropped
