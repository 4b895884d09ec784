"""What an incremental execution gives: an initial result, and the parts that come later."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject


@dataclass(frozen=True, slots=True)
class Pending:
    """A part that will come: the fragment with `label` of the object at `path`, or further items of the list there."""

    id: str
    path: ErrorPath
    label: str | None


@dataclass(frozen=True, slots=True)
class FragmentPart:
    """A deferred fragment of one object.

    Attributes:
        data: all that it selects; None if a null that must not be one was in it.
        fields: of `data` what no part before had, by the place below the part's own path.
    """

    pending: Pending
    data: ResponseObject | None = field(repr=False)
    fields: tuple[tuple[ErrorPath, ResponseObject], ...] = field(repr=False)
    errors: tuple[ResponseObject, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemsPart:
    """The further items of one streamed list, from position `start` on.

    Attributes:
        is_whole: whether these are all; else a null that must not be one came after them.
    """

    pending: Pending
    start: int
    items: tuple[JsonValue, ...] = field(repr=False)
    is_whole: bool = True
    errors: tuple[ResponseObject, ...] = ()


Part: TypeAlias = FragmentPart | ItemsPart


@dataclass(frozen=True, slots=True)
class IncrementalResult:
    """The initial result, whose `data` and `errors` are its own, or one with further parts.

    Attributes:
        pending: the parts that are announced.
        has_next: whether another result follows.
        subgraph_calls: how many fetches were sent since the result before.
    """

    is_initial: bool
    has_next: bool
    data: ResponseObject | None = field(default=None, repr=False)
    errors: tuple[ResponseObject, ...] = ()
    parts: tuple[Part, ...] = ()
    pending: tuple[Pending, ...] = ()
    extensions: ResponseObject = field(default_factory=dict)
    subgraph_calls: int = 0

    def all_errors(self) -> tuple[ResponseObject, ...]:
        """Its own errors and those of its parts."""
        return (*self.errors, *(error for part in self.parts for error in part.errors))
