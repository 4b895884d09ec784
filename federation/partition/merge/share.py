"""What mergers work on: the partitions' shares of one position, and what one request's merge needs besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.cursor import Position

#: One partition's object at a position: the partition's index in the contract's order, and the object.
Share: TypeAlias = tuple[int, ResponseObject]
#: At most one share per partition, in the contract's order. At the root a failed partition's object is empty.
Shares: TypeAlias = list[Share]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What the client asked of one connection.

    Attributes:
        size: at most so many rows; None for all that the partitions gave.
        positions: where each partition stands as the walk sees it, in the contract's order.
        is_backward: the last rows before the positions are wanted, not the first behind them.
    """

    size: int | None
    positions: tuple[Position, ...]
    is_backward: bool = False


@dataclass(slots=True)
class MergeRun:
    """One request's own data.

    Attributes:
        cities: the partitions' codes, in the contract's order.
        pages: what was asked of each connection, by its number.
        failed: the partitions that gave no answer at all.
        upper_bounds: coordinates of connections whose total counts an entity in every city that lists it, in order.
        order_conflicts: coordinates of connections in which cities order an entity by different values, in order.
    """

    cities: tuple[str, ...]
    pages: Mapping[int, PageRequest]
    failed: set[int] = field(default_factory=set)
    upper_bounds: dict[str, None] = field(default_factory=dict)
    order_conflicts: dict[str, None] = field(default_factory=dict)


class FieldMerge(Protocol):
    """Merges one field of an object; `name` is its response name."""

    @property
    def name(self) -> str: ...

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:
        """The field's value from the objects that may hold it. Shares are read only."""
        ...

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        """Where `path`, below this field in partition `origin`'s answer, is in the merged answer.

        The path is cut where the merged answer shows another partition's value; None when what it names is not shown.
        """
        ...


class ItemMerge(Protocol):
    """Merges the objects that several partitions have of one thing."""

    @property
    def is_transparent(self) -> bool:
        """True if a single share is its own merge: nothing hidden in it, no cursor of ours."""
        ...

    def merge(self, shares: Shares, run: MergeRun) -> ResponseObject: ...

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None: ...


def values_of(shares: Shares, name: str) -> list[JsonValue]:
    """The values that are there and not null, in the contract's order."""
    return [value for _, share in shares if (value := share.get(name)) is not None]


def child_shares(shares: Shares, name: str) -> Shares:
    """The shares of the object below `name`, without the partitions that have none."""
    return [(origin, value) for origin, share in shares if (value := share.get(name)) is not None]
