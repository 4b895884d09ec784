"""Names of subgraphs in the `join__Graph` enum.

Source: https://specs.apollo.dev/join/v0.5
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def graph_names(subgraphs: Iterable[str]) -> dict[str, str]:
    """Give each subgraph's enum value: `my-cards` becomes MY_CARDS; names that collide are numbered in sorted order."""
    groups: dict[str, list[str]] = {}
    for name in sorted(subgraphs):
        groups.setdefault(_enum_value(name), []).append(name)
    return {
        name: value if len(group) == 1 else f"{value}_{number}"
        for value, group in groups.items()
        for number, name in enumerate(group, start=1)
    }


def _enum_value(name: str) -> str:
    value = re.sub(r"\W", "_", name, flags=re.ASCII)
    if value[0].isdigit():
        value = f"_{value}"
    # `cards_1` is what numbering gives to colliding names, so a name that looks like it is marked.
    if re.search(r"_\d+$", value):
        value = f"{value}_"
    return value.upper()
