"""Where in a merged answer values stand that were computed from all partitions: SUM, MIN, MAX, ANY, ALL."""

from __future__ import annotations

from collections.abc import Iterator

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.merge.connection import ConnectionMerge
from federation.partition.merge.lists import UnionMerge
from federation.partition.merge.objects import NestedMerge, ObjectMerge, TypedMerge
from federation.partition.merge.share import FieldMerge, ItemMerge
from federation.partition.merge.values import FoldMerge


def aggregate_places(item: ItemMerge, merged: ResponseObject) -> Iterator[ErrorPath]:
    """The places of the aggregates in what `item` has merged, relative to it; those that are null are not among them.

    Where the type of an abstract position is not told, every possible type's aggregates are looked for.
    """
    match item:
        case ObjectMerge(fields=fields):
            for name, field in fields.items():
                if merged.get(name) is not None:
                    yield from ((name, *below) for below in _in_field(field, merged[name]))
        case TypedMerge(typename=typename, by_type=by_type):
            known = by_type.get(merged.get(typename, ""))
            found = (
                place for merge in ([known] if known else by_type.values()) for place in aggregate_places(merge, merged)
            )
            yield from dict.fromkeys(found)


def _in_field(field: FieldMerge, value: JsonValue) -> Iterator[ErrorPath]:
    match field:
        case FoldMerge():
            yield ()
        case NestedMerge(item=item):
            yield from aggregate_places(item, value)
        case UnionMerge(item=item) if item is not None:
            yield from _in_items(item, value)
        case ConnectionMerge(others=others, rows=rows):
            yield from aggregate_places(others, value)
            for name, row in rows.items():
                if row.item is not None and value.get(name) is not None:
                    yield from ((name, *below) for below in _in_items(row.item, value[name]))


def _in_items(item: ItemMerge, items: list[JsonValue]) -> Iterator[ErrorPath]:
    for position, value in enumerate(items):
        if value is not None:
            yield from ((position, *below) for below in aggregate_places(item, value))
