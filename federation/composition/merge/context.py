"""What every merging step needs to know besides the elements it merges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from federation.composition.merge.access import AccessSources
from federation.composition.report import Report
from federation.composition.schema import Kind, SubgraphSchema
from federation.composition.usage import FieldUsage


@dataclass(frozen=True, slots=True)
class MergeContext:
    """The subgraphs, sorted by name, and facts about all of them together.

    Attributes:
        graphs: the join graph's enum value by subgraph name.
        usage: uses of fields by subgraph name.
        supertypes: by type, the interfaces it implements and the unions it belongs to in any subgraph.
        inherited_access: by coordinate, elements whose access rules hold there too.
    """

    subgraphs: tuple[SubgraphSchema, ...]
    graphs: Mapping[str, str]
    usage: Mapping[str, FieldUsage]
    supertypes: Mapping[str, frozenset[str]]
    inherited_access: AccessSources
    report: Report

    def is_subtype(self, narrow: str, wide: str) -> bool:
        """Tell whether the named type `narrow` is a member or an implementation of `wide` in the supergraph."""
        return wide in self.supertypes.get(narrow, frozenset())

    def graph(self, subgraph: SubgraphSchema) -> str:
        """Give the subgraph's enum value."""
        return self.graphs[subgraph.name]


def read_supertypes(subgraphs: tuple[SubgraphSchema, ...]) -> dict[str, frozenset[str]]:
    """Collect every interface and union above each type, over all subgraphs."""
    above: dict[str, set[str]] = {}
    for subgraph in subgraphs:
        for definition in subgraph.types.values():
            above.setdefault(definition.name, set()).update(definition.interfaces)
            if definition.kind is Kind.UNION:
                for member in definition.members:
                    above.setdefault(member, set()).add(definition.name)
    return {name: frozenset(names) for name, names in above.items()}
