"""Walks from a position to the positions of its fields, and derives their sources from the parent's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from federation.planner.demands import Demand, Types
from federation.planner.sources import Position, Source, provided_below, resolvable
from federation.planner.state import SearchState, views
from federation.supergraph.subgraph_schema import SubgraphField, SubgraphSchema, SubgraphTypeKind


class Positions:
    """Finds and keeps child positions."""

    def __init__(self, state: SearchState) -> None:
        self._state = state

    def child(self, position: Position, demand: Demand, types: Types) -> Position | None:
        """Give the position of a field's value; None if no source gives the field for all of `types` at once."""
        key = (demand.use, types)
        if key in position.children:
            return position.children[key]
        narrowed = replace(demand, types=types)
        derived = [d for s in position.sources_of(types) if (d := self._derive(s, narrowed)) is not None]
        if not derived:
            return None
        names = position.names.child(demand.use.response_key)
        child = Position(position, narrowed, self._common_types(position, narrowed, derived), names, demand.children)
        position.children[key] = child
        for source in derived:
            self.attach(child, source)
        if child.types == self._state.query_types:
            self._attach_roots(child)
        return child

    def _common_types(self, position: Position, demand: Demand, derived: list[Source]) -> Types:
        """Give the object types a value can have: those that all subgraphs know that could be asked for it.

        Who shares a field promises the same answer, so what only some of them know is never there.
        """
        known = [source.types for source in derived]
        if len(demand.child_types) > 1:
            asked = {source.schema.name for source in derived}
            others = (s for s in self._state.schemas if s.name not in asked)
            known += [types for s in others if (types := _types_elsewhere(position, demand, s, self._state.labels))]
        return frozenset.intersection(*known) or frozenset().union(*known)

    def attach(self, position: Position, source: Source) -> None:
        """Add a source to a position and, derived from it, to the positions below."""
        position.add(source)
        self._state.found += 1
        if source.key is None:
            self._state.forget_new_fetches()
        self.attach_below(position, source)

    def attach_below(self, position: Position, source: Source) -> None:
        """Derive sources from a position's `source` for those children that have none from it yet."""
        for child in position.children.values():
            if child.demand is None or not child.demand.types <= source.types:
                continue
            if any(s.parent is source for s in child.outer_sources):
                continue
            if (derived := self._derive(source, child.demand)) is not None:
                self.attach(child, derived)

    def _attach_roots(self, position: Position) -> None:
        """Let a field that returns the query type, as some mutations' payloads have it, lead to all subgraphs."""
        level = 1 + min(source.level for source in position.sources)
        for schema in self._state.schemas:
            if (static := schema.types.get(min(self._state.query_types))) is not None:
                self.attach(position, Source(position, schema, static, self._state.query_types, level))

    def _derive(self, parent: Source, demand: Demand) -> Source | None:
        """Give the source of a field's value behind `parent`; None if that does not give the field for all types."""
        name = demand.use.name
        if resolvable(parent, name, demand.types, self._state.labels) != demand.types:
            return None
        fields = _fields_of(parent, name, demand.types)
        static_name = _static_type(parent, name, fields)
        if static_name is None or any(f.provides != fields[0].provides for f in fields):
            return None
        static = parent.schema.types[static_name]
        provided = provided_below(parent, fields[0], demand.types)
        types = static.possible_types & demand.child_types
        source = Source(parent.position, parent.schema, static, types, parent.level, provided, parent, demand)
        source.is_share = parent.is_share or any(field.is_share for field in fields)
        return source


def _fields_of(source: Source, name: str, types: Types) -> list[SubgraphField]:
    """Give the field's definitions that apply to `types` in the source's subgraph."""
    if source.static.kind is SubgraphTypeKind.OBJECT:
        return [source.static.fields[name]]
    return [source.schema.types[t].fields[name] for t in sorted(types)]


def _static_type(parent: Source, name: str, fields: list[SubgraphField]) -> str | None:
    """Give the one type a subgraph declares for the field: that of all objects, else that of their interface."""
    names = {field.type_name for field in fields}
    if len(names) == 1:
        return names.pop()
    own = parent.static.fields.get(name)
    return own.type_name if own else None


def _types_elsewhere(position: Position, demand: Demand, schema: SubgraphSchema, labels: frozenset[str]) -> Types:
    """Give the object types a field's value can have in a subgraph not yet entered; none if it cannot be asked."""
    fields = (
        field
        for type_name in sorted(demand.types)
        for field in _resolved_fields(schema, type_name, demand.use.name, labels)
        if _leads_into(position, schema, type_name, labels)
    )
    return frozenset().union(*(schema.types[f.type_name].possible_types & demand.child_types for f in fields))


def _resolved_fields(
    schema: SubgraphSchema, type_name: str, field_name: str, labels: frozenset[str]
) -> Iterator[SubgraphField]:
    for view in views(schema, type_name):
        field = view.fields.get(field_name)
        if field is not None and not field.external and field.is_active(labels):
            yield field


def _leads_into(position: Position, schema: SubgraphSchema, type_name: str, labels: frozenset[str]) -> bool:
    """True if objects of a type can be read in a subgraph: by a key, or by the fields that lead to the position."""
    if any(source.schema is schema for source in position.sources_of(frozenset({type_name}))):
        return True
    if any(key.resolvable for view in views(schema, type_name) for key in view.keys):
        return True
    above, demand = position.parent, position.demand
    return (
        above is not None
        and demand is not None
        and any(
            type_name in schema.types[field.type_name].possible_types and _leads_into(above, schema, outer, labels)
            for outer in sorted(demand.types)
            for field in _resolved_fields(schema, outer, demand.use.name, labels)
        )
    )
