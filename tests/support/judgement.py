"""Whether a federated answer is the unsplit one, and by which rule it may differ.

Data, the order of its keys included, is never allowed to differ. `REASONS` are the rules about errors (decision 30).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]

HIDDEN = "what clients do not see is null without an error"
FIRST_OF_SEVERAL = "of several errors below one null, others are told"
REASONS = (HIDDEN, FIRST_OF_SEVERAL)

# graphql-core's words for a value outside the schema that it executes.
_OUTSIDE = ("that does not exist inside the schema", "cannot represent value")
_MISSING = "Cannot return null for non-nullable field"


def explain_difference(answer: str, right_answer: str) -> str | None:
    """Give the reason why two different answers, as `as_text` writes them, are both right, or None."""
    data, errors = _read(answer)
    right_data, right_errors = _read(right_answer)
    if json.dumps(data) != json.dumps(right_data):
        return None
    hidden = {path for path, message in right_errors if any(words in message for words in _OUTSIDE)}
    visible = [e for e in errors if not (e[0] in hidden and e[1].startswith(_MISSING))]
    right_visible = [e for e in right_errors if e[0] not in hidden]
    if sorted(map(str, visible)) == sorted(map(str, right_visible)):
        return HIDDEN
    nulls = {_null_above(data, path) for path in hidden}
    told = {_null_above(data, path) for path, _ in visible} - nulls
    right_told = {_null_above(data, path) for path, _ in right_visible} - nulls
    return FIRST_OF_SEVERAL if told == right_told else None


def _read(answer: str) -> tuple[Any, list[tuple[Path, str]]]:
    data, *errors = answer.split("\n")
    read = map(json.loads, errors)
    return json.loads(data), [(tuple(error["path"] or ()), error["message"]) for error in read]


def _null_above(data: Any, path: Path) -> Path:
    """Give the path, cut where the data is null; all of it where it leads to a value."""
    for depth, step in enumerate(path):
        if data is None:
            return path[:depth]
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return path[: depth + 1]
    return path


def wrong_calls(called: Iterable[str], wanted: list[str]) -> list[str]:
    """Say what is wrong with the root fields of a mutation that ran, e.g. `s0.m1`, where `wanted` had to, in order."""
    ran = [call.partition(".")[2] for call in called]
    return [] if ran == wanted else [f"ran {ran}, had to run {wanted}"]
