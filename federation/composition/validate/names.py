"""Names and addresses of subgraphs, and names of root types."""

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
# Half of a character: no text can be written with it, so no supergraph either.
_NO_TEXT = "has a lone surrogate, which is no character. Correct it."


def check_names(subgraphs: Sequence[Subgraph], report: Report) -> None:
    """Report names that are empty, reserved, used twice or no text, and addresses that are no text."""
    for name, count in Counter(subgraph.name for subgraph in subgraphs).items():
        problem = _name_problem(name, count)
        if problem is not None:
            _report(report, "INVALID_SUBGRAPH_NAME", name, problem)
    for subgraph in subgraphs:
        partitions = subgraph.partitions
        if _has_surrogate(*(text for partition in partitions for text in (partition.city, partition.name))):
            _report(report, "INVALID_SUBGRAPH_NAME", subgraph.name, f"a partition's name {_NO_TEXT}")
        if _has_surrogate(subgraph.url, *(partition.url for partition in partitions)):
            _report(report, "INVALID_SUBGRAPH_URL", subgraph.name, f"its routing URL {_NO_TEXT}")


def _name_problem(name: str, count: int) -> str | None:
    if _has_surrogate(name):
        return f"its name {_NO_TEXT}"
    if count > 1:
        return f"{count} subgraphs are named so. Give each its own name."
    if name == "":
        return "a name must not be empty. Give it one."
    if name == _RESERVED:
        return f'the name "{_RESERVED}" is kept for composition itself. Give it another one.'
    return None


def _has_surrogate(*texts: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for text in texts for character in text)


def _report(report: Report, code: str, name: str, problem: str) -> None:
    written = name.encode("utf-8", "backslashreplace").decode("utf-8")
    report.errors.append(CompositionError(code, f'Subgraph "{written}": {problem}', (), (written,)))


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
