"""Walks from a position to the positions of its fields, and derives their sources from the parent's."""

from __future__ import annotations

from dataclasses import replace

from federation.planner.demands import Demand, Types
from federation.planner.sources import Position, Source, provided_below, resolvable
from federation.planner.state import SearchState
from federation.supergraph.subgraph_schema import SubgraphField, SubgraphTypeKind


class Positions:
    """Finds and keeps child positions."""

    def __init__(self, state: SearchState) -> None:
        self._state = state

    def child(self, position: Position, demand: Demand, types: Types) -> Position | None:
        """Give the position of a field's value; None if no source gives the field for all of `types` at once."""
        key = (demand.use.response_key, demand.use.arguments, types)
        if key in position.children:
            return position.children[key]
        narrowed = replace(demand, types=types)
        derived = [d for s in position.sources_of(types) if (d := self._derive(s, narrowed)) is not None]
        if not derived:
            return None
        names = position.names.child(demand.use.response_key)
        child = Position(position, narrowed, _common_types(derived), names)
        position.children[key] = child
        for source in derived:
            self.attach(child, source)
        if child.types == self._state.query_types:
            self._attach_roots(child)
        return child

    def attach(self, position: Position, source: Source) -> None:
        """Add a source to a position and, derived from it, to the positions below."""
        position.add(source)
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
        return Source(parent.position, parent.schema, static, types, parent.level, provided, parent, demand)


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


def _common_types(sources: list[Source]) -> Types:
    """Give the object types a value can have: what all sources that are used agree on.

    Sources not yet in use are alternatives, so only what all of them know is asked for.
    """
    used = [s for s in sources if s.parent is not None and s.parent.step is not None]
    types = frozenset.intersection(*(s.types for s in used or sources))
    return types or frozenset().union(*(s.types for s in sources))
