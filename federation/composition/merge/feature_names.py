"""What the supergraph calls the directives of features: as the subgraphs that apply them do, which must be alike."""

from __future__ import annotations

from federation.composition.merge.context import MergeContext
from federation.composition.report import by_value
from federation.composition.schema import SubgraphSchema
from federation.composition.specifications import DIRECTIVES, FEDERATION_IDENTITY, SPECS


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
        if len({local for _, local in imported}) > 1:
            context.report.error(
                "LINK_IMPORT_NAME_MISMATCH", f"@{name}",
                f'"@{name}" is imported as {by_value(imported)}. Import it under one name everywhere.',
                [(subgraph, None) for subgraph, _ in imported],
            )  # fmt: skip
        elif imported and imported[0][1] != f"@{name}":
            names[name] = imported[0][1].removeprefix("@")
    return names


def _imports(subgraph: SubgraphSchema, name: str, identities: tuple[str, str]) -> list[tuple[SubgraphSchema, str]]:
    return [
        (subgraph, feature.imports[f"@{name}"])
        for feature in subgraph.features
        if feature.identity in identities and f"@{name}" in feature.imports
    ]
