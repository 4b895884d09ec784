"""A cache with a limit: what was used longest ago goes first."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Makes each key's value once and keeps at most `limit` of them."""

    __slots__ = ("_limit", "_values")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[K, V] = {}

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of `key`, made when it is not there."""
        value = self._values.pop(key, None)
        if value is None:
            value = make()
            if len(self._values) >= self._limit:
                del self._values[next(iter(self._values))]
        self._values[key] = value
        return value
