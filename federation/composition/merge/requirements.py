"""Scopes and policies are alternatives of conjunctions; merging them demands all that each subgraph demands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from graphql import ListValueNode, StringValueNode, parse_value, print_ast

Alternatives = frozenset[frozenset[str]]


def read_alternatives(text: str) -> Alternatives:
    """Read the argument's literal, e.g. `[["a", "b"], ["c"]]`; a string stands for a list of one."""
    value = parse_value(text)
    outer = value.values if isinstance(value, ListValueNode) else (value,)
    return frozenset(
        frozenset(
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
    """Give the alternatives that demand one of each text. No text demands nothing: that is one empty alternative."""
    demands = [read_alternatives(text) or frozenset({frozenset[str]()}) for text in texts]
    combined = {frozenset[str]().union(*choice) for choice in product(*demands)}
    return frozenset(choice for choice in combined if not any(other < choice for other in combined))


def write_alternatives(alternatives: Alternatives) -> str:
    """Write alternatives in sorted order."""
    return f"[{', '.join(_conjunction(choice) for choice in sorted(sorted(choice) for choice in alternatives))}]"


def _conjunction(names: Sequence[str]) -> str:
    return f"[{', '.join(print_ast(StringValueNode(value=name)) for name in names)}]"
