"""Puts the results of an incremental execution together, as the clients of both formats do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from federation.executor.incremental import IncrementalResult, ItemsPart


def merge_results(results: Sequence[IncrementalResult]) -> tuple[Any, list[Any]]:
    """Merge each part's `data` where it belongs, as clients of deferSpec=20220824 do; give data and all errors."""
    data = deepcopy(results[0].data)
    for part in (part for result in results for part in result.parts):
        if isinstance(part, ItemsPart):
            _add_items(data, part)
        elif part.data is not None:
            _merge(value_at(data, part.pending.path), deepcopy(part.data))
    return data, [error for result in results for error in result.all_errors()]


def assign_results(results: Sequence[IncrementalResult]) -> Any:
    """Put each part's `fields` where they belong, as clients of incrementalSpec=v0.2 do: no field comes twice."""
    data = deepcopy(results[0].data)
    for part in (part for result in results for part in result.parts):
        if isinstance(part, ItemsPart):
            _add_items(data, part)
            continue
        for path, fields in part.fields:
            target = value_at(data, (*part.pending.path, *path))
            assert target.keys().isdisjoint(fields)
            target.update(deepcopy(fields))
    return data


def _add_items(data: Any, part: ItemsPart) -> None:
    items = value_at(data, part.pending.path)
    assert len(items) == part.start
    items += deepcopy(part.items)


def value_at(data: Any, path: Iterable[str | int]) -> Any:
    """The value at a path of an answer."""
    for step in path:
        data = data[step]
    return data


def _merge(target: Any, source: Any) -> None:
    for key, value in source.items() if isinstance(source, dict) else enumerate(source):
        if isinstance(source, dict) and key not in target:
            target[key] = value
        elif isinstance(value, dict | list) and isinstance(target[key], dict | list):
            _merge(target[key], value)
        else:
            target[key] = value
