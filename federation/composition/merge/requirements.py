"""Scopes and policies are alternatives of conjunctions; merging them demands all that each subgraph demands."""

from __future__ import annotations

import json
from collections.abc import Sequence

from graphql import ListValueNode, StringValueNode, parse_value, print_ast

Alternatives = tuple[tuple[str, ...], ...]
"""One of these must hold; each holds if all of its names do."""


def read_alternatives(text: str) -> Alternatives:
    """Read the argument's literal, e.g. `[["a", "b"], ["c"]]`; a string stands for a list of one."""
    value = parse_value(text)
    outer = value.values if isinstance(value, ListValueNode) else (value,)
    return tuple(
        tuple(
            item.value
            for item in (inner.values if isinstance(inner, ListValueNode) else (inner,))
            if isinstance(item, StringValueNode)
        )
        for inner in outer
    )


def conjoin_alternatives(texts: Sequence[str]) -> str:
    """Give the literal that demands one alternative of each text; alternatives that imply another are dropped."""
    return write_alternatives(conjoin(texts))


def conjoin(texts: Sequence[str]) -> Alternatives:
    """Give the alternatives that demand one of each text, short ones first.

    No alternatives, like no text, demand nothing: that is one empty alternative.
    """
    demands = list(dict.fromkeys(_sorted(read_alternatives(text) or ((),)) for text in texts)) or [((),)]
    combined = demands[0]
    for demand in demands[1:]:
        pairs = dict.fromkeys(tuple(sorted({*held, *more})) for held in combined for more in demand)
        combined = _without_implying(sorted(pairs, key=len))
    return combined


def write_alternatives(alternatives: Alternatives) -> str:
    """Write the literal."""
    return f"[{', '.join(_conjunction(choice) for choice in alternatives)}]"


def _sorted(alternatives: Alternatives) -> Alternatives:
    """In the order of their text, as the reference sorts them."""
    return tuple(sorted((tuple(sorted(choice)) for choice in alternatives), key=_text))


def _text(choice: Sequence[str]) -> str:
    return json.dumps(choice, separators=(",", ":"), ensure_ascii=False)


def _without_implying(choices: Sequence[tuple[str, ...]]) -> Alternatives:
    kept: list[tuple[str, ...]] = []
    for choice in choices:
        if not any(set(other) <= set(choice) for other in kept):
            kept.append(choice)
    return tuple(kept)


def _conjunction(names: Sequence[str]) -> str:
    return f"[{', '.join(print_ast(StringValueNode(value=name)) for name in names)}]"
