"""Merging descriptions: the most frequent one wins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from federation.composition.report import Report
from federation.composition.schema import Directed, SubgraphSchema


def merge_description(
    report: Report, coordinate: str, sources: Sequence[tuple[SubgraphSchema, Directed]]
) -> str | None:
    """Give the most frequent description that is not empty, the first one where several are equally frequent."""
    described = [(subgraph, source.description) for subgraph, source in sources if source.description]
    if not described:
        return None
    counts = Counter(description for _, description in described)
    chosen = counts.most_common(1)[0][0]
    if len(counts) > 1:
        report.hint(
            "INCONSISTENT_DESCRIPTION",
            coordinate,
            f'"{coordinate}" has {len(counts)} different descriptions; the most frequent one is used. '
            "Give it the same description everywhere.",
            [subgraph for subgraph, _ in described],
        )
    return chosen
