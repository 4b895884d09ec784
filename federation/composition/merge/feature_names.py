"""What the supergraph calls the directives of features: as the subgraphs that apply them do, which must be alike."""

from __future__ import annotations

from graphql import Node

from federation.composition.merge.context import MergeContext
from federation.composition.report import by_value
from federation.composition.schema import SubgraphSchema
from federation.composition.specifications import DIRECTIVES, FEDERATION_IDENTITY, SPECS

_Import = tuple[SubgraphSchema, str, Node | None]
"""A subgraph, its name of a directive, and the link that says so."""


def read_feature_names(context: MergeContext) -> dict[str, str]:
    """Give the supergraph's name (without `@`) of each feature directive that is imported under another name."""
    names: dict[str, str] = {}
    applied = {subgraph.name: subgraph.applied_directives() for subgraph in context.subgraphs}
    for name, spec in DIRECTIVES.items():
        if spec.feature is None:
            continue
        identities = (FEDERATION_IDENTITY, f"{SPECS}/{spec.feature}")
        imported = [
            pair for s in context.subgraphs if name in applied[s.name] for pair in _imports(s, name, identities)
        ]
        if len({local for _, local, _ in imported}) > 1:
            listed = by_value((subgraph, local) for subgraph, local, _ in imported)
            context.report.error(
                "LINK_IMPORT_NAME_MISMATCH", f"@{name}",
                f'"@{name}" is imported as {listed}. Import it under one name everywhere.',
                [(subgraph, node) for subgraph, _, node in imported],
            )  # fmt: skip
        elif imported and imported[0][1] != f"@{name}":
            names[name] = imported[0][1].removeprefix("@")
    return names


def _imports(subgraph: SubgraphSchema, name: str, identities: tuple[str, str]) -> list[_Import]:
    return [
        (subgraph, feature.imports[f"@{name}"], feature.node)
        for feature in subgraph.features
        if feature.identity in identities and f"@{name}" in feature.imports
    ]
