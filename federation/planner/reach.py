"""Finds which subgraphs can be entered from a position, by which keys and requirements, and estimates the way there.

Nothing here changes the plan: sources are added that cost nothing until something is taken from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TypeAlias

from federation.planner.contexts import setting_places
from federation.planner.demands import ALWAYS, TYPENAME, Alternatives, Demand, Types, absorb
from federation.planner.positions import Positions
from federation.planner.questions import OpenQuestion, Question, Questions, later_by
from federation.planner.sources import Entry, Position, Source, resolvable
from federation.planner.state import Fetches, SearchState, views
from federation.supergraph.subgraph_schema import Key, SubgraphField, SubgraphSchema, SubgraphType, SubgraphTypeKind


@dataclass(frozen=True, slots=True)
class Estimate:
    """At which fetch level all would be there, and which fetches it would take that the plan does not have yet."""

    level: int = 0
    fetches: Fetches = frozenset()

    def __or__(self, other: Estimate) -> Estimate:
        return Estimate(max(self.level, other.level), self.fetches | other.fetches)


Candidate: TypeAlias = tuple[Source, Types]
"""A source with the types of which it gives the field in question."""
Rank: TypeAlias = tuple[int, float, int, int]
"""Depth of the plan, cost of further fetches, level, and how many types are given, the more the better."""


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A type that can be entered by entity call: of which data types, in which subgraph, by which key."""

    schema: SubgraphSchema
    static: SubgraphType
    key: Key
    types: Types

    @property
    def entry(self) -> Entry:
        """What is entered, by whichever key."""
        return self.schema.name, self.static.name, self.types

    @property
    def inputs(self) -> object:
        """What has to be there to enter; equal for targets that are entered by the same data."""
        return self.key.text, self.types, self.static.name in self.types

    @property
    def covered(self) -> Types:
        """The types that an entity entered here can have."""
        return self.types & self.static.possible_types

    def source(self, position: Position, level: int) -> Source:
        """Give a source of the position that is entered here."""
        is_share = self.static.is_of_one_city
        return Source(position, self.schema, self.static, self.covered, level, key=self.key, is_share=is_share)


class Reach:
    """Explores what can be reached from the positions of one search."""

    def __init__(self, state: SearchState, positions: Positions) -> None:
        self._state = state
        self._positions = positions
        self._questions = Questions()

    # Sources of a field.

    def direct(self, position: Position, demand: Demand, types: Types) -> list[Candidate]:
        """Give the sources known so far that give the field without further requirements."""
        found = []
        sources = position.sources_of(types)
        self._state.spend(1 + len(sources) // 16)
        for source in sources:
            if not _is_open_for(source, demand.alternatives):
                continue
            if demand.is_existence:
                covered = types & source.types
            else:
                covered = resolvable(source, demand.use.name, types, self._state.labels)
            if covered:
                found.append((source, covered))
        return found

    def from_ancestors(self, position: Position, demand: Demand, types: Types) -> list[Candidate]:
        """Look for sources that come down from a position above: the way to types that have no key.

        What comes down may give the fields of a key, there or on the way, that could not be had before.
        """
        way = [(position, types)]
        while (ancestor := way[-1][0].parent) is not None:
            before = self._state.found
            self.expand(ancestor, ancestor.types)
            if found := self.direct(position, demand, types):
                return found
            if self._state.found > before:
                for place, wanted in reversed(way):
                    self.expand(place, wanted)
                if found := self.direct(position, demand, types):
                    return found
            way.append((ancestor, ancestor.types))
        return []

    def is_deepening(self, candidates: list[Candidate]) -> bool:
        """Whether each candidate makes the plan deeper than it is, and than one entity call would."""
        return min(source.level for source, _ in candidates) > max(1, self._state.depth)

    def expand_ancestors(self, position: Position) -> None:
        """Look for sources that come down from any position above."""
        ancestor = position.parent
        while ancestor is not None:
            self.expand(ancestor, ancestor.types)
            ancestor = ancestor.parent

    def best(self, candidates: list[Candidate], *, is_input: bool) -> Candidate:
        """Give the best candidate; among equals the one whose subgraph gives most of what else is wanted there."""
        ranks = [self.rank(candidate, is_input=is_input) for candidate in candidates]
        least = min(ranks)
        equal = [candidate for candidate, rank in zip(candidates, ranks, strict=True) if rank == least]
        return equal[0] if len(equal) == 1 else max(equal, key=lambda c: self._promise(c[0]))

    def _promise(self, source: Source) -> int:
        """Count the fields wanted here and above that its subgraph gives and no source in use does."""
        used = [s for s in source.position.sources if s.step is not None]
        here = sum(
            self._gives(source, demand) and not any(self._gives(other, demand) for other in used)
            for demand in source.position.wanted
        )
        return here + (self._promise(source.parent) if source.parent else 0)

    def _gives(self, source: Source, demand: Demand) -> bool:
        return bool(resolvable(source, demand.use.name, demand.types, self._state.labels))

    def rank(self, candidate: Candidate, *, is_input: bool) -> Rank:
        """Order candidates: least depth, cheapest fetches. Of an input the level itself counts, others build on it."""
        source, covered = candidate
        depth = source.level if is_input else max(source.level, self._state.depth)
        return (depth, self._state.cost(self._state.new_fetches(source)), source.level, -len(covered))

    def _rank_of(self, estimate: Estimate) -> tuple[int, float]:
        """Order estimates: least depth first, then the cheapest fetches."""
        return estimate.level, self._state.cost(estimate.fetches)

    # Entering by key.

    def expand(self, position: Position, types: Types) -> None:
        """Add, level by level, a source for each subgraph that can be entered from here."""
        for type_name in sorted(types & position.types):
            question = (position, type_name)
            if (
                type_name in position.expanded
                or self._questions.is_open(question)
                or self._questions.is_answered_so_far(question, self._state.found)
            ):
                continue
            if (alike := self._questions.like(question)) is not None:
                self._enter_as(position, alike)
                continue
            if self._questions.leads_to_itself(question):
                continue
            with self._questions.asking(question) as opened:
                self._enter_all(position, type_name, opened)
            if self._questions.is_final(opened, self._state.found):
                position.expanded.add(type_name)

    def _enter_as(self, position: Position, alike: Position) -> None:
        """Add the sources that were found so far at a position like this one."""
        later = later_by(position, alike)
        for entry, source in list(alike.entered.items()):
            if entry not in position.entered:
                level, is_share = source.level + later, source.is_share
                added = Source(
                    position, source.schema, source.static, source.types, level, key=source.key, is_share=is_share
                )
                self._attach(position, added, entry)

    def _enter_all(self, position: Position, type_name: str, opened: OpenQuestion) -> None:
        left = list(self._targets(position, type_name))
        known: dict[object, Estimate | None] = {}
        while left:
            self._state.spend()
            before = self._state.found
            found: dict[Entry, tuple[Estimate, Target]] = {}
            for target in left:
                # Most subgraphs are entered by the same key: it is as far away for all, until more is found.
                alike = (target.inputs, self._state.found)
                if alike not in known:
                    known[alike] = self._estimate_entry(position, target, None)
                estimate = known[alike]
                if estimate is not None and (
                    target.entry not in found or self._rank_of(estimate) < self._rank_of(found[target.entry][0])
                ):
                    found[target.entry] = (estimate, target)
            # What comes later may come earlier by way of what comes first.
            first = min((estimate.level for estimate, _ in found.values()), default=0)
            for estimate, target in found.values():
                if estimate.level == first:
                    self._attach(position, target.source(position, first + 1), target.entry)
            if self._state.found == before or not (found or opened.leans_on):
                return
            left = [t for t in left if t.entry not in position.entered]

    def _attach(self, position: Position, source: Source, entry: Entry) -> None:
        position.entered[entry] = source
        self._positions.attach(position, source)

    def _targets(self, position: Position, type_name: str) -> Iterator[Target]:
        """Give the entries for objects of `type_name`, or for all of the position's as long as types are not known."""
        for schema in self._state.schemas:
            for view in self._entered_views(position, schema, type_name):
                types = self._entered_types(position, view, type_name)
                if (schema.name, view.name, types) not in position.entered:
                    yield from (Target(schema, view, key, types) for key in view.keys if key.resolvable)

    def _entered_types(self, position: Position, view: SubgraphType, type_name: str) -> Types:
        if view.name == type_name or _is_typed(position, type_name):
            return frozenset({type_name})
        return position.types & view.possible_types

    def _entered_views(self, position: Position, schema: SubgraphSchema, type_name: str) -> Iterator[SubgraphType]:
        yield from views(schema, type_name)
        if _is_typed(position, type_name):
            return
        # Only an interface object was read so far: the interface's owner knows what the objects really are.
        for name in dict.fromkeys(s.static.name for s in position.all_sources() if s.static.is_interface_object):
            view = schema.types.get(name)
            if view is not None and view.kind is SubgraphTypeKind.INTERFACE:
                yield view

    # Entering with requirements.

    def best_required(self, position: Position, field_name: str, types: Types) -> tuple[Target, Estimate] | None:
        """Give the best entry where the field can be had once its requirements are sent along."""
        found: list[tuple[Target, Estimate]] = []
        for schema in self._state.schemas:
            question = _requirement(position, schema, field_name)
            if self._questions.is_open(question) or not _may_require(schema, field_name, types):
                continue
            if self._questions.like(question) is not None or self._questions.leads_to_itself(question):
                continue
            with self._questions.asking(question):
                for type_name in sorted(types):
                    found.extend(self._required_in(schema, position, field_name, type_name))
        return min(found, key=lambda f: self._rank_of(f[1]), default=None)

    def _required_in(
        self, schema: SubgraphSchema, position: Position, field_name: str, type_name: str
    ) -> Iterator[tuple[Target, Estimate]]:
        for view in views(schema, type_name):
            field = view.fields.get(field_name)
            if field is None or not field.is_conditional or field.external or not field.is_active(self._state.labels):
                continue
            entered = self._entered_types(position, view, type_name)
            for key in view.keys:
                target = Target(schema, view, key, entered)
                if key.resolvable and (found := self._estimate_entry(position, target, field)) is not None:
                    yield target, found

    # Estimates.

    def _estimate_entry(self, position: Position, target: Target, field: SubgraphField | None) -> Estimate | None:
        demands = list(self._state.reader.read_field_set(target.key.selection, target.types))
        if field is not None and field.requires is not None:
            demands += self._state.reader.read_field_set(field.requires, target.types)
        if target.static.name in target.types:
            demands.append(Demand(TYPENAME, target.types, ALWAYS))
        origin = position.origin
        if origin is not position:
            self.expand(origin, origin.types)
        entry = self._estimate(origin, demands, deep=field is not None)
        values = self._estimate_contexts(position, field) if field is not None else Estimate()
        return None if entry is None or values is None else entry | values

    def _estimate_contexts(self, position: Position, field: SubgraphField) -> Estimate | None:
        total = Estimate()
        for argument in field.context_arguments:
            places = setting_places(position, argument)
            if not places:
                return None
            for place, types in places:
                demands = self._state.reader.read_field_set(argument.selection, types)
                if (found := self._estimate(place, demands, deep=True)) is None:
                    return None
                total |= found
        return total

    def _estimate(self, position: Position, demands: Iterable[Demand], *, deep: bool) -> Estimate | None:
        """Estimate when the demands can be there; None if never. Not `deep`: by sources known so far only."""
        total = Estimate()
        for demand in demands:
            self._state.spend()
            estimate = self._estimate_leaf if demand.is_leaf else self._estimate_object
            found = estimate(position, demand, deep=deep)
            if found is None:
                return None
            total |= found
        return total

    def _estimate_object(self, position: Position, demand: Demand, *, deep: bool) -> Estimate | None:
        types = demand.types & position.types
        if not types:
            return Estimate()
        child = self._positions.child(position, demand, types)
        if child is None and deep:
            self.expand(position, types)
            child = self._positions.child(position, demand, types)
        if child is not None and not position.is_split(demand, types):
            found = self._estimate(child, demand.children, deep=True)
            if found is not None or not deep or len(types) == 1:
                return found
            if (found := self._estimate_parts(position, demand, types)) is not None:
                child.split_by_type()
            return found
        return self._estimate_parts(position, demand, types) if deep else None

    def _estimate_parts(self, position: Position, demand: Demand, types: Types) -> Estimate | None:
        total = Estimate()
        for type_name in sorted(types):
            own = frozenset({type_name})
            part = self._positions.child(position, demand, own)
            if part is None and self.from_ancestors(position, demand, own):
                part = self._positions.child(position, demand, own)
            if part is None:
                # Only a requirement leads there; how far it goes on shows when it is opened.
                required = self.best_required(position, demand.use.name, types)
                return required[1] if required else None
            if (found := self._estimate(part, demand.children, deep=True)) is None:
                return None
            total |= found
        return total

    def _estimate_leaf(self, position: Position, demand: Demand, *, deep: bool) -> Estimate | None:
        remaining = demand.types & position.types
        total = Estimate()
        while remaining:
            candidates = self.direct(position, demand, remaining)
            if not candidates and deep:
                self.expand(position, remaining)
                candidates = self.direct(position, demand, remaining)
                candidates = candidates or self.from_ancestors(position, demand, remaining)
            if candidates:
                source, covered = min(candidates, key=lambda c: self.rank(c, is_input=True))
                total |= Estimate(source.level, self._state.new_fetches(source))
            else:
                required = self.best_required(position, demand.use.name, remaining) if deep else None
                if required is None:
                    return None
                target, estimate = required
                covered = target.types & remaining
                entry = frozenset({(target.schema.name, estimate.level + 1)})
                total |= Estimate(estimate.level + 1, estimate.fetches | entry)
            remaining -= covered
        return total

    def opening_requirement(
        self, position: Position, target: Target, field_name: str
    ) -> AbstractContextManager[OpenQuestion]:
        """Mark a field as being opened, so that its own requirements are not looked for behind it."""
        return self._questions.asking(_requirement(position, target.schema, field_name))


def _requirement(position: Position, schema: SubgraphSchema, field_name: str) -> Question:
    return position, (schema.name, field_name)


def _may_require(schema: SubgraphSchema, field_name: str, types: Types) -> bool:
    """True if a subgraph has requirements for the field, of some of `types`."""
    fields = (view.fields.get(field_name) for type_name in types for view in views(schema, type_name))
    return any(field is not None and field.is_conditional for field in fields)


def _is_typed(position: Position, type_name: str) -> bool:
    place: Position | None = position
    while place is not None:
        if any(s.knows_typename for s in place.typed_sources.get(type_name, ())):
            return True
        place = place.twin
    return False


def _is_open_for(source: Source, alternatives: Alternatives) -> bool:
    """True unless the source hangs on requirements that would have to be fetched under wider conditions for it."""
    while source.parent is not None:
        source = source.parent
    return not source.satisfied or absorb(source.covered | alternatives) == source.covered
