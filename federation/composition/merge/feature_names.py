"""What the supergraph calls the directives of features: as the subgraphs that apply them do, which must be alike."""

from __future__ import annotations

from graphql import DirectiveNode

from federation.composition.merge.context import MergeContext
from federation.composition.report import by_value
from federation.composition.schema import SubgraphSchema
from federation.composition.specifications import DIRECTIVES


def read_feature_names(context: MergeContext) -> dict[str, str]:
    """Give the supergraph's name (without `@`) of each feature's directive that has another one than there."""
    names: dict[str, str] = {}
    used = {subgraph.name: _first_uses(subgraph) for subgraph in context.subgraphs}
    for name, spec in DIRECTIVES.items():
        if spec.feature is None:
            continue
        uses = [(subgraph, used[subgraph.name][name]) for subgraph in context.subgraphs if name in used[subgraph.name]]
        if len({node.name.value for _, node in uses}) > 1:
            listed = by_value((subgraph, f"@{node.name.value}") for subgraph, node in uses)
            context.report.error(
                "LINK_IMPORT_NAME_MISMATCH", f"@{name}",
                f'"@{name}" is used as {listed}. Import it under one name everywhere.',
                uses,
            )  # fmt: skip
        elif uses and uses[0][1].name.value != name:
            names[name] = uses[0][1].name.value
    return names


def _first_uses(subgraph: SubgraphSchema) -> dict[str, DirectiveNode]:
    """Give one application of each directive."""
    found: dict[str, DirectiveNode] = {}
    for element in subgraph.elements():
        for applied in element.directives:
            if applied.name not in found and isinstance(applied.node, DirectiveNode):
                found[applied.name] = applied.node
    return found
