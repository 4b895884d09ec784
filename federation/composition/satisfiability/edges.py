"""What each subgraph resolves by itself: fields with their requirements, and keys by which it can be entered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from federation.composition.field_sets import FieldCoordinate, Selection, parse_field_set
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import context_name, split_context_field
from federation.composition.merge.merged import MergedSchema
from federation.composition.merge.overrides import read_overrides
from federation.composition.schema import Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type

FieldPlace = tuple[str, str, str]
"""Subgraph, type and field."""

Condition = tuple[str, bool]
"""A label of a progressive override, and whether it is on for the request."""


@dataclass(frozen=True, slots=True)
class ContextUse:
    """A selection that an argument takes from a context; `context` is the name that it has in the supergraph."""

    context: str
    selections: tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A field that a subgraph resolves.

    Attributes:
        target: the subgraph's own name of its type, unwrapped.
        condition: when the subgraph resolves it, if a progressive override moves it; None: always.
    """

    name: str
    target: str
    requires: tuple[Selection, ...] = ()
    provides: tuple[Selection, ...] = ()
    contexts: tuple[ContextUse, ...] = ()
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class SubgraphEdges:
    """One subgraph's part in every path.

    Attributes:
        fields: by type and field, those it resolves.
        external: by type and field, those it resolves only where a path provides them.
        keys: by type, the keys by which it can be entered.
        interface_objects: types that stand for an interface of the supergraph.
        abstract_types: its interfaces and unions.
    """

    name: str
    fields: Mapping[str, Mapping[str, Edge]]
    external: Mapping[str, Mapping[str, Edge]]
    keys: Mapping[str, tuple[tuple[Selection, ...], ...]]
    possible_types: Mapping[str, frozenset[str]]
    interface_objects: frozenset[str]
    abstract_types: frozenset[str]

    def targets(self, edge: Edge) -> frozenset[str]:
        """Give the concrete types behind an edge; none for a leaf."""
        return self.possible_types.get(edge.target, frozenset())


@dataclass(frozen=True, slots=True)
class _Overridden:
    """What overrides take from subgraphs, by (subgraph, type, field): for good, or under a condition."""

    lost: frozenset[FieldPlace]
    conditions: Mapping[FieldPlace, Condition]


def read_edges(context: MergeContext, merged: MergedSchema) -> tuple[SubgraphEdges, ...]:
    """Give every subgraph's edges."""
    overridden = _read_overridden(context)
    return tuple(_subgraph_edges(context, merged, subgraph, overridden) for subgraph in context.subgraphs)


def _read_overridden(context: MergeContext) -> _Overridden:
    lost: set[FieldPlace] = set()
    conditions: dict[FieldPlace, Condition] = {}
    for (type_name, field_name), having in _overriding_fields(context).items():
        for origin, override in read_overrides(context, type_name, having).items():
            if override.label is None:
                lost.add((origin, type_name, field_name))
            else:
                conditions[origin, type_name, field_name] = (override.label, False)
                for taker, label in override.labels.items():
                    if label is not None:
                        conditions[taker, type_name, field_name] = (label, True)
    return _Overridden(frozenset(lost), conditions)


def _overriding_fields(context: MergeContext) -> dict[FieldCoordinate, list[tuple[SubgraphSchema, Field]]]:
    """Give all definitions of each field that some subgraph overrides."""
    overridden = {
        (definition.name, field.name)
        for subgraph in context.subgraphs
        for definition in subgraph.types.values()
        for field in definition.fields.values()
        if field.has("override")
    }
    return {
        (type_name, name): [
            (subgraph, subgraph.types[type_name].fields[name])
            for subgraph in context.subgraphs
            if type_name in subgraph.types and name in subgraph.types[type_name].fields
        ]
        for type_name, name in sorted(overridden)
    }


def _subgraph_edges(
    context: MergeContext, merged: MergedSchema, subgraph: SubgraphSchema, overridden: _Overridden
) -> SubgraphEdges:
    external = context.usage[subgraph.name].external
    resolved: dict[str, dict[str, Edge]] = {}
    referred: dict[str, dict[str, Edge]] = {}
    for definition in subgraph.types.values():
        for field in definition.fields.values():
            place = (subgraph.name, definition.name, field.name)
            if place in overridden.lost:
                continue
            is_external = (definition.name, field.name) in external
            target = referred if is_external else resolved
            target.setdefault(definition.name, {})[field.name] = _edge(
                subgraph, field, overridden.conditions.get(place)
            )
    return SubgraphEdges(
        name=subgraph.name,
        fields=resolved,
        external=referred,
        keys={definition.name: _keys(definition) for definition in subgraph.types.values()},
        possible_types={name: _possible_types(merged, subgraph, name) for name in subgraph.types},
        interface_objects=frozenset(d.name for d in subgraph.types.values() if d.is_interface_object),
        abstract_types=frozenset(d.name for d in subgraph.types.values() if d.kind in (Kind.INTERFACE, Kind.UNION)),
    )


def _possible_types(merged: MergedSchema, subgraph: SubgraphSchema, name: str) -> frozenset[str]:
    """An interface object may be any implementation of its interface, though the subgraph knows none."""
    if subgraph.types[name].is_interface_object:
        return frozenset(merged.possible_types(name))
    return frozenset(subgraph.possible_types(name))


def _edge(subgraph: SubgraphSchema, field: Field, condition: Condition | None) -> Edge:
    if not field.directives and not field.arguments:
        return Edge(field.name, named_type(field.type), condition=condition)
    return Edge(
        field.name,
        named_type(field.type),
        requires=_selections(field, "requires"),
        provides=_selections(field, "provides"),
        contexts=tuple(_context_uses(subgraph, field)),
        condition=condition,
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
