"""Which contexts a path has set: a type further up gives the value, if the selection can be fetched there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import context_name
from federation.composition.merge.merged import MergedSchema
from federation.composition.satisfiability.edges import ContextUse, SubgraphEdges
from federation.composition.satisfiability.reach import Reach, Tails

ContextsSet = frozenset[ContextUse]
"""The uses that find their value above."""


@dataclass(frozen=True, slots=True)
class Contexts:
    """The contexts of all subgraphs.

    Attributes:
        setters: by concrete type, the names of the contexts it sets.
        uses: every selection that some argument takes from a context.
    """

    setters: Mapping[str, frozenset[str]]
    uses: frozenset[ContextUse]

    def below(self, reach: Reach, type_name: str, tails: Tails, above: ContextsSet) -> ContextsSet:
        """Give what is set for the fields below a type; the nearest type above a field counts."""
        names = self.setters.get(type_name)
        if not names:
            return above
        kept = frozenset(use for use in above if use.context not in names)
        return kept | {
            use for use in self.uses if use.context in names and reach.can_select(type_name, tails, use.selections)
        }


def read_contexts(context: MergeContext, merged: MergedSchema, subgraphs: Iterable[SubgraphEdges]) -> Contexts:
    """Collect setters and uses."""
    setters: dict[str, set[str]] = {}
    for type_name, name in _setters(context, merged):
        setters.setdefault(type_name, set()).add(name)
    edges = (edge for subgraph in subgraphs for fields in subgraph.fields.values() for edge in fields.values())
    return Contexts(
        {type_name: frozenset(names) for type_name, names in setters.items()},
        frozenset(use for edge in edges for use in edge.contexts),
    )


def _setters(context: MergeContext, merged: MergedSchema) -> Iterator[tuple[str, str]]:
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            for applied in definition.applied("context"):
                for type_name in merged.possible_types(definition.name):
                    yield type_name, context_name(subgraph, applied.text("name") or "")
