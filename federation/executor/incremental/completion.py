"""Completion of a result that leaves something out: it notes where something deferred or further items stand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from federation.executor.completion import Completion, Place, locate_place
from federation.executor.errors import ErrorPath
from federation.executor.paths import FlatPath
from federation.executor.repeated import Repeated
from federation.executor.subgraph_client import JsonValue, ResponseObject

Complete: TypeAlias = Callable[[JsonValue, Place, None, Completion], ResponseObject | None]
#: `complete(items, count, place, key, completion)` completes those after the first `count`; it gives the ones before a
#: null that must not be one, and whether these are all.
CompleteItems: TypeAlias = Callable[[list[JsonValue], int, Place, str, Completion], tuple[list[JsonValue], bool]]


@dataclass(frozen=True, slots=True, eq=False)
class FoundFragment:
    number: int
    complete: Complete
    path: ErrorPath


@dataclass(frozen=True, slots=True, eq=False)
class FoundList:
    complete: CompleteItems
    items: list[JsonValue]
    count: int
    path: ErrorPath


class PartialCompletion(Completion):
    """Notes what is left out while a result is completed; of repeated objects each place is completed by itself.

    Attributes:
        given: the object of which a deferred fragment is completed: the client has it, so it cannot become null.
    """

    __slots__ = ("_initial_counts", "found", "given")

    def __init__(
        self,
        introspection: ResponseObject,
        unknown: Mapping[int, ResponseObject],
        initial_counts: Mapping[FlatPath, int],
    ) -> None:
        super().__init__([], introspection, unknown)
        self._initial_counts = initial_counts
        self.found: list[FoundFragment | FoundList] = []
        self.given: JsonValue = None

    def may_vanish(self, value: ResponseObject | None) -> bool:
        """Whether an object may become null without an error."""
        return value is not self.given and super().may_vanish(value)

    def defer(self, number: int, complete: Complete, place: Place) -> None:
        """The fragment `number` of the object at `place` is deferred."""
        self.found.append(FoundFragment(number, complete, locate_place(place, None)))

    def initial_count(self, place: Place, key: str) -> int | None:
        """How many items of this list the initial result has; None if all."""
        names = tuple(step for step in locate_place(place, key) if isinstance(step, str))
        return self._initial_counts.get(names)

    def stream(self, complete: CompleteItems, items: list[JsonValue], count: int, place: Place, key: str) -> None:
        """The items of this list after the first `count` are left for later."""
        self.found.append(FoundList(complete, items, count, locate_place(place, key)))

    def keep(self, repeated: Repeated, complete: object, completed: ResponseObject, troubles: int) -> JsonValue:  # noqa: ARG002  # the base decides by them
        return completed
