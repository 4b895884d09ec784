"""How another gateway's answer differs from the unsplit one: one named symptom for each, by rule."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.federation.conformance.others import OtherAnswer
from tests.support.judgement import explain_difference

# What a strict subgraph says of a request that a real one could not answer, and what the gateway did wrong.
_REFUSALS = {
    "invalid operation:": "asks a subgraph for what it does not know",
    "was not sent what": "does not send what a field requires",
    "no resolvable key": "enters a subgraph without a key",
    "is external in": "reads an external field that is not provided",
    "is overridden elsewhere": "reads a field from where it is overridden",
    "was not sent the contextual argument": "does not send a contextual argument",
    "is not ": "sends another value for a contextual argument",
}
_LARGEST_SAFE_INTEGER = 2**53


def symptom(answer: OtherAnswer, right_answer: str) -> str | None:
    """Name what is wrong with the answer; None if it is right."""
    if answer.refusal is not None:
        return f"refuses: {_without_names(answer.refusal)}"
    if answer.text == right_answer:
        return None
    data, right = _data(answer.text), _data(right_answer)
    if _equal(data, right):
        return explain_difference(answer.text, right_answer) or _symptom_of_errors(answer.text, right_answer)
    if data == right:
        return "gives keys in another order"
    if _rounded(data) == _rounded(right):
        return "rounds numbers beyond 2^53"
    return _symptom_of_data(answer.text, data, right)


def is_right(answer: OtherAnswer, right_answer: str) -> bool:
    """Whether the answer is right, as ours would be: the same, or by a rule about errors."""
    return answer.refusal is None and (
        answer.text == right_answer or explain_difference(answer.text, right_answer) is not None
    )


def _symptom_of_data(text: str, data: Any, right: Any) -> str:
    errors = text.split("\n")[1:]
    for words, name in _REFUSALS.items():
        if any(words in error for error in errors):
            return name
    told = "with an error" if errors else "without an error"
    return f"{_first_difference(data, right)}, {told}"


def _symptom_of_errors(text: str, right_answer: str) -> str:
    errors, right = text.split("\n")[1:], right_answer.split("\n")[1:]
    if len(errors) != len(right):
        return "tells fewer errors" if len(errors) < len(right) else "tells more errors"
    paths, right_paths = ([json.loads(e)["path"] for e in each] for each in (errors, right))
    return (
        "tells errors in other words"
        if sorted(map(str, paths)) == sorted(map(str, right_paths))
        else "misplaces errors"
    )


def _first_difference(data: Any, right: Any) -> str:
    match data, right:
        case dict(), dict():
            if data.keys() - right.keys():
                return "gives keys that were not asked for"
            if right.keys() - data.keys():
                return "lacks keys that were asked for"
            return next(_first_difference(data[key], right[key]) for key in right if data[key] != right[key])
        case list(), list() if len(data) == len(right):
            return next(_first_difference(a, b) for a, b in zip(data, right, strict=True) if a != b)
        case list(), list():
            return "gives lists of another length"
        case None, _:
            return "gives null for a value"
        case _, None:
            return "gives a value for null"
    return "gives another value"


def _without_names(text: str) -> str:
    """Keep the words that do not depend on the case."""
    plain = re.sub(r'"[^"]*"|\b\w*\d\w*\b|http\S+|\{.*|\s+', lambda found: " " if found[0].isspace() else "…", text)
    return plain[:110]


def _data(text: str) -> Any:
    return json.loads(text.split("\n", maxsplit=1)[0])


def _equal(data: Any, right: Any) -> bool:
    return json.dumps(data) == json.dumps(right)


def _rounded(data: Any) -> Any:
    match data:
        case dict():
            return {key: _rounded(value) for key, value in data.items()}
        case list():
            return [_rounded(item) for item in data]
        case int() if not isinstance(data, bool) and abs(data) >= _LARGEST_SAFE_INTEGER:
            return float(data)
    return data
