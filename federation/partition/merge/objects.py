"""Objects merge field by field, recursively."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.merge.identity import Identity
from federation.partition.merge.share import FieldMerge, ItemMerge, MergeRun, Shares, child_shares

_ABSENT = object()


@dataclass(frozen=True, slots=True)
class ObjectMerge:
    """Merges objects of one object type.

    Attributes:
        firsts: response names whose first non-null value counts: leaves, and lists under FIRST.
        fields: every other field with its rule, by response name.
        hidden: response names that we added to the operation.
        is_transparent: see `ItemMerge`.
    """

    firsts: tuple[str, ...]
    fields: Mapping[str, FieldMerge]
    hidden: tuple[str, ...]
    is_transparent: bool

    def merge(self, shares: Shares, run: MergeRun) -> ResponseObject:
        # The first object's copy is right already where its values are not null: most leaves cost nothing more.
        merged: ResponseObject = {**shares[0][1]}
        if self.firsts and len(shares) > 1:
            for name in self.firsts:
                if merged.get(name, _ABSENT) is None:
                    merged[name] = first_value(shares, name)
        for name, field in self.fields.items():
            if name in merged:
                merged[name] = field.merge(shares, run)
        for name in self.hidden:
            merged.pop(name, None)
        return merged

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        if not path or path[0] in self.hidden:
            return ()
        name = str(path[0])
        field = self.fields.get(name)
        if field is None:
            shown = next((partition for partition, share in shares if share.get(name) is not None), None)
            return (name, *path[1:]) if shown == origin else (name,)
        below = field.relocate(path[1:], origin, shares, run)
        return None if below is None else (name, *below)


@dataclass(frozen=True, slots=True)
class TypedMerge:
    """Merges objects of an abstract type by their `__typename`; what is of another type than the first is left out.

    Attributes:
        typename: the response name that holds it.
        by_type: the object types' mergers.
    """

    typename: str
    by_type: Mapping[str, ObjectMerge]
    is_transparent: bool

    def merge(self, shares: Shares, run: MergeRun) -> ResponseObject:
        alike = self._alike(shares)
        merger = self.by_type.get(alike[0][1][self.typename])
        return alike[0][1] if merger is None else merger.merge(alike, run)

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        alike = self._alike(shares)
        merger = self.by_type.get(alike[0][1][self.typename])
        if merger is None or all(partition != origin for partition, _ in alike):
            return ()
        return merger.relocate(path, origin, alike, run)

    def _alike(self, shares: Shares) -> Shares:
        typename = shares[0][1][self.typename]
        return [share for share in shares if share[1][self.typename] == typename]


@dataclass(frozen=True, slots=True)
class NestedMerge:
    """An object field under FIRST. Entities with another key than the first one's are others and left out."""

    name: str
    item: ItemMerge
    identity: Identity | None

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:
        same = self._same(shares)
        if not same:
            return None
        return same[0][1] if len(same) == 1 and self.item.is_transparent else self.item.merge(same, run)

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath | None:
        same = self._same(shares)
        if all(partition != origin for partition, _ in same):
            return ()
        return self.item.relocate(path, origin, same, run)

    def _same(self, shares: Shares) -> Shares:
        objects = child_shares(shares, self.name)
        if self.identity is None or len(objects) <= 1:
            return objects
        first = self.identity(objects[0][1])
        return [share for share in objects if self.identity(share[1]) == first]


def first_value(shares: Shares, name: str) -> JsonValue:
    """The first value that is not null, in the contract's order."""
    return next((value for _, share in shares if (value := share.get(name)) is not None), None)
