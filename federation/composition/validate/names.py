"""Names of subgraphs, and names of root types."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graphql import DocumentNode, TypeDefinitionNode, TypeExtensionNode

from federation.composition.errors import CompositionError, position_of
from federation.composition.read_subgraph import ROOT_NAMES, root_renames
from federation.composition.report import Report
from federation.composition.schema import Subgraph

# The reference keeps this name for itself.
_RESERVED = "_"


def check_names(subgraphs: Sequence[Subgraph], report: Report) -> None:
    """Report names that are empty, reserved or used twice."""
    for name, count in Counter(subgraph.name for subgraph in subgraphs).items():
        if count > 1:
            problem = f"{count} subgraphs are named so. Give each its own name."
        elif name in ("", _RESERVED):
            problem = "this name is not allowed. Choose another one."
        else:
            continue
        report.errors.append(CompositionError("INVALID_SUBGRAPH_NAME", f'Subgraph "{name}": {problem}', (), (name,)))


def check_root_names(subgraph: Subgraph, document: DocumentNode) -> list[CompositionError]:
    """Give an error for each type that has a root's usual name while another type is that root."""
    taken = {name: renamed for renamed, name in root_renames(document).items()}
    return [
        CompositionError(
            f"ROOT_{definition.name.value.upper()}_USED",
            f'[{subgraph.name}] A type is named "{definition.name.value}" although "{taken[definition.name.value]}" is '
            "that root. Rename one of the two.",
            (definition.name.value,),
            (subgraph.name,),
            position_of(definition, subgraph.file),
        )
        for definition in document.definitions
        if isinstance(definition, TypeDefinitionNode | TypeExtensionNode)
        and definition.name.value in taken
        and definition.name.value in ROOT_NAMES.values()
    ]
