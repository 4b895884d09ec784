"""Carrying `@cacheTag`: a `@join__directive` says which subgraphs wrote it, since tags are made per subgraph.

Source: https://specs.apollo.dev/federation/v2.12
"""

from __future__ import annotations

from collections.abc import Sequence

from federation.composition.merge.context import MergeContext
from federation.composition.schema import Directed, SubgraphSchema

CACHE_TAG_PREFIX = '@join__directive(name: "federation__cacheTag"'


def cache_tag_joins(context: MergeContext, sources: Sequence[tuple[SubgraphSchema, Directed]]) -> tuple[str, ...]:
    """Give one application per format, with the graphs that have it."""
    graphs: dict[str, list[str]] = {}
    for subgraph, element in sources:
        for applied in element.applied("cacheTag"):
            for _, value in applied.printed_arguments():
                graphs.setdefault(value, []).append(context.graph(subgraph))
    return tuple(
        f"{CACHE_TAG_PREFIX}, graphs: [{', '.join(names)}], args: {{format: {value}}})"
        for value, names in graphs.items()
    )
