"""The law of failures over invented splits: a subgraph that is down costs nulls, each told by an error at or above
it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.support.generated_case import generate_split
from tests.support.scenario import run_operation

OPERATIONS_PER_SPLIT = 5
SPLITS = (("keys", 16), ("interfaces", 14), ("nested", 69), ("mixed", 8), ("mixed", 31), ("mixed", 72))
FieldNames = tuple[str, ...]


@pytest.mark.parametrize(("kind", "seed"), SPLITS)
async def test_what_is_missing_is_null_and_told_by_an_error(kind: str, seed: int) -> None:
    split = generate_split(kind, seed)
    assert split is not None
    for operation in split.operations(OPERATIONS_PER_SPLIT):
        for name in split.scenario.subgraphs:
            outcome = await run_operation(split.supergraph, split.scenario, replace(operation, down=(name,)))
            data, *errors = outcome.answer.split("\n")
            right = json.loads(outcome.right_answer.split("\n", maxsplit=1)[0])
            told = [_field_names(json.loads(error)["path"] or ()) for error in errors]
            for path in _missing(json.loads(data), right, ()):
                assert any(_is_one_above_the_other(path, each) for each in told), (name, operation.query, path)


def _missing(data: Any, right: Any, path: FieldNames) -> Iterator[FieldNames]:
    """Give the fields that are null where there is a value; any other difference is a mistake."""
    match data, right:
        case dict(), dict():
            assert list(data) == list(right)
            for key in data:
                yield from _missing(data[key], right[key], (*path, key))
        case list(), list():
            for item, right_item in zip(data, right, strict=True):
                yield from _missing(item, right_item, path)
        case None, _:
            if right is not None:
                yield path
        case _:
            assert data == right, path


def _field_names(path: list[str | int]) -> FieldNames:
    return tuple(step for step in path if isinstance(step, str))


def _is_one_above_the_other(path: FieldNames, other: FieldNames) -> bool:
    length = min(len(path), len(other))
    return path[:length] == other[:length]
