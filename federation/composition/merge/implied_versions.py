"""Features that a subgraph links by themselves although its federation version is older than they are."""

from __future__ import annotations

from federation.composition.merge.context import MergeContext
from federation.composition.specifications import IMPLIED_FEDERATION


def hint_implied_versions(context: MergeContext) -> None:
    """Say which subgraphs are treated as of a newer version than they link."""
    for subgraph in context.subgraphs:
        implied = [v for f in subgraph.features if (v := IMPLIED_FEDERATION.get((f.identity, f.version))) is not None]
        version = subgraph.federation_version
        if version is not None and implied and max(implied) > version:
            context.report.hint(
                "IMPLICITLY_UPGRADED_FEDERATION_VERSION", subgraph.name,
                f'Subgraph "{subgraph.name}" links federation v{version[0]}.{version[1]} but uses a feature of '
                f"v{max(implied)[0]}.{max(implied)[1]}; it is treated as of that version. Link it.",
                [subgraph],
            )  # fmt: skip
