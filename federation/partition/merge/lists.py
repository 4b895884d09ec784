"""Rules that make one list of several: CONCAT and UNION."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import orjson

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue
from federation.partition.merge.identity import Identity
from federation.partition.merge.share import ItemMerge, MergeRun, Shares


@dataclass(frozen=True, slots=True)
class ConcatMerge:
    """All items, partition after partition; null only when no partition has a list."""

    name: str

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:  # noqa: ARG002  (the protocol's signature)
        name = self.name
        merged: list[JsonValue] | None = None
        for _, share in shares:
            items = share.get(name)
            if items is not None:
                # Two lists are the usual case, and adding two is the cheapest way to a new one.
                merged = items if merged is None else merged + items
        return merged

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath:  # noqa: ARG002  (the protocol's signature)
        before = 0
        for partition, share in shares:
            items = share.get(self.name)
            if partition == origin:
                return () if items is None or not path else (before + int(path[0]), *path[1:])
            before += len(items) if items is not None else 0
        return ()


@dataclass(frozen=True, slots=True)
class UnionMerge:
    """As CONCAT, equal items once, where the first of them stands; equal objects are merged."""

    name: str
    identity: Identity
    item: ItemMerge | None

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:
        groups = self._groups(shares)
        if groups is None:
            return None
        return [self._merge_group(group, run) for group in groups]

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        lists = dict(self._lists(shares))
        if not path or origin not in lists:
            return ()
        item = lists[origin][int(path[0])]
        if item is None:
            return ()
        for position, group in enumerate(self._groups(shares) or ()):
            if any(partition == origin and member is item for partition, member in group):
                below = path[1:] if self.item is None else self.item.relocate(path[1:], origin, group, run)
                return None if below is None else (position, *below)
        return ()

    def _lists(self, shares: Shares) -> list[tuple[int, list[JsonValue]]]:
        return [(origin, value) for origin, share in shares if (value := share.get(self.name)) is not None]

    def _groups(self, shares: Shares) -> list[Shares] | None:
        """The shares of each item shown, in order. A null item is a group of its own without an object."""
        lists = self._lists(shares)
        if not lists:
            return None
        groups: dict[Hashable, Shares] = {}
        for origin, items in lists:
            for position, item in enumerate(items):
                identity = None if item is None else self.identity(item)
                groups.setdefault((origin, position) if identity is None else (identity,), []).append((origin, item))
        return list(groups.values())

    def _merge_group(self, group: Shares, run: MergeRun) -> JsonValue:
        if self.item is None or group[0][1] is None or (len(group) == 1 and self.item.is_transparent):
            return group[0][1]
        return self.item.merge(group, run)


def value_identity(item: JsonValue) -> Hashable:
    """Items without a key are equal when their whole values are."""
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
