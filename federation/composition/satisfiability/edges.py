"""What each subgraph resolves by itself: fields with their requirements, and keys by which it can be entered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from federation.composition.field_sets import Selection, parse_field_set
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import context_name, split_context_field
from federation.composition.merge.merged import MergedSchema
from federation.composition.merge.overrides import Override, read_overrides
from federation.composition.schema import Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type

Assignment = Mapping[str, bool]
"""For each label of a progressive override, whether it is on for the request."""


@dataclass(frozen=True, slots=True)
class ContextUse:
    """A selection that an argument takes from a context; `context` is the name that it has in the supergraph."""

    context: str
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A field that a subgraph resolves. `target` is the subgraph's own name of its type, unwrapped."""

    name: str
    target: str
    requires: tuple[Selection, ...] = ()
    provides: tuple[Selection, ...] = ()
    contexts: tuple[ContextUse, ...] = ()


@dataclass(frozen=True, slots=True)
class SubgraphEdges:
    """One subgraph's part in every path.

    Attributes:
        fields: by type and field, those it resolves.
        external: by type and field, those it resolves only where a path provides them.
        keys: by type, the keys by which it can be entered.
        interface_objects: types that stand for an interface of the supergraph.
    """

    name: str
    fields: Mapping[str, Mapping[str, Edge]]
    external: Mapping[str, Mapping[str, Edge]]
    keys: Mapping[str, tuple[tuple[Selection, ...], ...]]
    possible_types: Mapping[str, frozenset[str]]
    interface_objects: frozenset[str]


def read_labels(subgraphs: Iterable[SubgraphSchema]) -> tuple[str, ...]:
    """Give the labels of all progressive overrides, sorted."""
    return tuple(
        sorted(
            {
                label
                for subgraph in subgraphs
                for definition in subgraph.types.values()
                for field in definition.fields.values()
                for applied in field.applied("override")
                if (label := applied.text("label")) is not None
            }
        )
    )


def read_edges(context: MergeContext, merged: MergedSchema, assignment: Assignment) -> tuple[SubgraphEdges, ...]:
    """Give every subgraph's edges while the labels are as assigned."""
    silent = _lost_fields(context, assignment)
    return tuple(_subgraph_edges(context, merged, subgraph, silent) for subgraph in context.subgraphs)


def _lost_fields(context: MergeContext, assignment: Assignment) -> frozenset[tuple[str, str, str]]:
    """Give (subgraph, type, field) of what an override takes from a subgraph under this assignment."""
    lost: set[tuple[str, str, str]] = set()
    sources: dict[tuple[str, str], list[tuple[SubgraphSchema, Field]]] = {}
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            for field in definition.fields.values():
                sources.setdefault((definition.name, field.name), []).append((subgraph, field))
    for (type_name, field_name), having in sources.items():
        for origin, override in read_overrides(context, type_name, having).items():
            lost.add((_loser(origin, override, assignment), type_name, field_name))
    return frozenset(lost)


def _loser(origin: str, override: Override, assignment: Assignment) -> str:
    is_on = override.label is None or assignment[override.label]
    return origin if is_on else override.by.name


def _subgraph_edges(
    context: MergeContext, merged: MergedSchema, subgraph: SubgraphSchema, lost: frozenset[tuple[str, str, str]]
) -> SubgraphEdges:
    external = context.usage[subgraph.name].external
    resolved: dict[str, dict[str, Edge]] = {}
    referred: dict[str, dict[str, Edge]] = {}
    for definition in subgraph.types.values():
        for field in definition.fields.values():
            if (subgraph.name, definition.name, field.name) in lost:
                continue
            is_external = (definition.name, field.name) in external
            target = referred if is_external else resolved
            target.setdefault(definition.name, {})[field.name] = _edge(subgraph, field)
    return SubgraphEdges(
        name=subgraph.name,
        fields=resolved,
        external=referred,
        keys={definition.name: _keys(definition) for definition in subgraph.types.values()},
        possible_types={name: _possible_types(merged, subgraph, name) for name in subgraph.types},
        interface_objects=frozenset(d.name for d in subgraph.types.values() if d.is_interface_object),
    )


def _possible_types(merged: MergedSchema, subgraph: SubgraphSchema, name: str) -> frozenset[str]:
    """An interface object may be any implementation of its interface, though the subgraph knows none."""
    if subgraph.types[name].is_interface_object:
        return frozenset(merged.possible_types(name))
    return frozenset(subgraph.possible_types(name))


def _edge(subgraph: SubgraphSchema, field: Field) -> Edge:
    return Edge(
        field.name,
        named_type(field.type),
        requires=_selections(field, "requires"),
        provides=_selections(field, "provides"),
        contexts=tuple(_context_uses(subgraph, field)),
    )


def _context_uses(subgraph: SubgraphSchema, field: Field) -> Iterator[ContextUse]:
    for applied in (applied for argument in field.arguments.values() for applied in argument.applied("fromContext")):
        found = split_context_field(applied.text("field") or "")
        if found is not None:
            yield ContextUse(context_name(subgraph, found[0]), parse_field_set(found[1]))


def _selections(field: Field, directive: str) -> tuple[Selection, ...]:
    return tuple(
        selection for applied in field.applied(directive) for selection in parse_field_set(applied.text("fields") or "")
    )


def _keys(definition: TypeDefinition) -> tuple[tuple[Selection, ...], ...]:
    if definition.kind not in (Kind.OBJECT, Kind.INTERFACE):
        return ()
    return tuple(
        parse_field_set(key.text("fields") or "")
        for key in definition.applied("key")
        if key.flag("resolvable", default=True)
    )
