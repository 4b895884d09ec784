"""Which tails a plan can get to from a tail, by keys and requirements. Answers do not depend on the operation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from federation.composition.field_sets import SelectedField, Selection, TypeCondition
from federation.composition.satisfiability.edges import Condition, Edge, SubgraphEdges
from federation.composition.satisfiability.fixed_point import FixedPoint

View = tuple[Selection, ...]


@dataclass(frozen=True, slots=True)
class Tail:
    """A place a plan may stand at.

    Attributes:
        subgraph: index into the subgraphs.
        type_name: the concrete type, or the interface for which an interface object stands.
        view: what the way here provides beyond what the subgraph resolves everywhere.
    """

    subgraph: int
    type_name: str
    view: View = ()


Tails = frozenset[Tail]

Assignment = frozenset[Condition]
"""The labels of progressive overrides that are decided; the others were not asked for yet."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A tail at which an object has a concrete type."""

    type_name: str
    tail: Tail


@dataclass(frozen=True, slots=True)
class _Requirement:
    """The `@requires` of a field there."""

    type_name: str
    tail: Tail
    field: str


_Question = _Place | _Requirement


def _least_answer(question: _Question) -> Tails:
    return frozenset({question.tail}) if isinstance(question, _Place) else frozenset()


class LabelNeeded(Exception):
    """An answer depends on a label that is not decided."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@dataclass(slots=True)
class Reach:
    """What can be reached under one assignment. Questions raise LabelNeeded where it does not decide enough.

    The questions are recursive: a key may need a field that needs a key. What is reached is their least fixed point.
    """

    subgraphs: tuple[SubgraphEdges, ...]
    interfaces_of: Mapping[str, frozenset[str]]
    assignment: Assignment = frozenset()
    _fixed_point: FixedPoint[_Question, Tails] = field(init=False)
    _entries: dict[str, tuple[tuple[Tail, View], ...]] = field(default_factory=dict)
    _keyed: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._fixed_point = FixedPoint(_least_answer, self._evaluate)
        for index, subgraph in enumerate(self.subgraphs):
            for type_name, keys in subgraph.keys.items():
                if keys:
                    self._keyed.setdefault(type_name, []).append(index)

    def is_type_known(self, type_name: str, tails: Iterable[Tail]) -> bool:
        """Tell whether some tail knows the concrete type: an interface object cannot say which one it stands for."""
        return any(tail.type_name == type_name for tail in tails)

    def closure(self, type_name: str, tails: Iterable[Tail]) -> Tails:
        """Give all tails reachable from any of these, themselves included."""
        return frozenset(reached for tail in tails for reached in self._closure(type_name, tail))

    def edges(self, type_name: str, tails: Iterable[Tail], name: str) -> Iterator[tuple[Tail, Edge]]:
        """Iterate over the ways to resolve a field from these tails, without further moves."""
        for tail in sorted(tails, key=lambda tail: (tail.subgraph, tail.type_name)):
            edge = self.edge(tail, name)
            if edge is not None and self.is_requirement_met(type_name, tail, edge):
                yield tail, edge

    def edge(self, tail: Tail, name: str) -> Edge | None:
        """Give the field's edge at the tail, if the subgraph resolves it or the way here provides it."""
        subgraph = self.subgraphs[tail.subgraph]
        edge = subgraph.fields.get(tail.type_name, {}).get(name)
        if edge is None and tail.view and any(selected.name == name for selected in _selected(tail.view)):
            edge = subgraph.external.get(tail.type_name, {}).get(name)
        if edge is None or edge.condition is None or edge.condition in self.assignment:
            return edge
        label, is_on = edge.condition
        if (label, not is_on) in self.assignment:
            return None
        raise LabelNeeded(label)

    def advance(self, tail: Tail, edge: Edge, type_name: str) -> Tail | None:
        """Give the tail behind the edge at concrete type `type_name`, or None if the subgraph never answers with it."""
        subgraph = self.subgraphs[tail.subgraph]
        if type_name not in subgraph.possible_types.get(edge.target, frozenset()):
            return None
        below = tuple(s for selected in _selected(tail.view) if selected.name == edge.name for s in selected.selections)
        local = edge.target if edge.target in subgraph.interface_objects else type_name
        return Tail(tail.subgraph, local, tuple(self._apply(type_name, (*below, *edge.provides))))

    def targets(self, tail: Tail, edge: Edge) -> frozenset[str]:
        """Give the concrete types behind an edge; none for a leaf."""
        return self.subgraphs[tail.subgraph].targets(edge)

    def can_select(self, type_name: str, tails: Tails, selections: Iterable[Selection]) -> bool:
        """Tell whether everything selected can be fetched from these tails and what they reach."""
        return all(
            self._can_select_one(type_name, tails, selection) for selection in self._apply(type_name, selections)
        )

    def is_requirement_met(self, type_name: str, tail: Tail, edge: Edge) -> bool:
        """Tell whether the field's `@requires` can be fetched, and the subgraph entered again with it."""
        if not edge.requires:
            return True
        return bool(self._fixed_point.answer(_Requirement(type_name, tail, edge.name)))

    def entries(self, type_name: str) -> tuple[tuple[Tail, View], ...]:
        """Give the keys of all subgraphs by which an entity of this type can be entered."""
        found = self._entries.get(type_name)
        if found is None:
            found = self._entries[type_name] = tuple(self._read_entries(type_name))
        return found

    def _read_entries(self, type_name: str) -> Iterator[tuple[Tail, View]]:
        names = [type_name, *sorted(self.interfaces_of.get(type_name, frozenset()))]
        places = sorted((index, order) for order, name in enumerate(names) for index in self._keyed.get(name, ()))
        for index, order in places:
            local, subgraph = names[order], self.subgraphs[index]
            if local == type_name or local in subgraph.interface_objects:
                yield from ((Tail(index, local), key) for key in subgraph.keys[local])

    def _entries_from(self, type_name: str, tail: Tail) -> Iterator[tuple[Tail, View]]:
        """Iterate over the keys that lead away from one tail.

        From an interface object only the interface's own keys do: to other interface objects, and to those who own the
        interface and tell the type.
        """
        if tail.type_name == type_name:
            yield from self.entries(type_name)
            return
        for index, subgraph in enumerate(self.subgraphs):
            local = tail.type_name if tail.type_name in subgraph.interface_objects else type_name
            for key in subgraph.keys.get(tail.type_name, ()):
                yield Tail(index, local), key

    def _closure(self, type_name: str, tail: Tail) -> Tails:
        return self._fixed_point.answer(_Place(type_name, tail))

    def _evaluate(self, question: _Question) -> Tails:
        """Give the tails reached from a place; of a requirement its own tail, if it is met."""
        match question:
            case _Place(type_name, tail):
                return self._spread(type_name, tail)
            case _Requirement(type_name, tail, name):
                tails, edge = self._closure(type_name, tail), self.edge(tail, name)
                if edge is None:
                    return frozenset()
                is_met = self.can_select(type_name, tails, edge.requires) and self._can_enter(type_name, tails, tail)
                return frozenset({tail}) if is_met else frozenset()

    def _can_enter(self, type_name: str, tails: Tails, target: Tail) -> bool:
        return type_name == "Query" or any(
            entry.subgraph == target.subgraph and self.can_select(type_name, tails, key)
            for entry, key in self.entries(type_name)
        )

    def _spread(self, type_name: str, tail: Tail) -> Tails:
        reached = {tail}
        if type_name == "Query":
            indices = (i for i, subgraph in enumerate(self.subgraphs) if "Query" in subgraph.fields)
            return frozenset(reached | {Tail(index, "Query") for index in indices})
        pending = [(entry, key) for entry, key in self._entries_from(type_name, tail) if entry != tail]
        is_known = tail.type_name == type_name
        is_growing = True
        while is_growing and pending:
            tails = frozenset(reached)
            usable = [(e, key) for e, key in pending if e not in reached and self.can_select(type_name, tails, key)]
            reached.update(entry for entry, _ in usable)
            if not is_known and self.is_type_known(type_name, reached):
                is_known = True
                pending = list(self.entries(type_name))
            pending = [(entry, key) for entry, key in pending if entry not in reached]
            is_growing = bool(usable)
        return frozenset(reached)

    def _can_select_one(self, type_name: str, tails: Tails, selection: SelectedField) -> bool:
        if selection.name == "__typename":
            return type_name == "Query" or self.is_type_known(type_name, tails)
        # What a field with contextual arguments needs stands above, and a key or requirement starts here.
        ways = [(t, edge) for t, edge in self.edges(type_name, tails, selection.name) if not edge.contexts]
        if not selection.selections:
            return bool(ways)
        # Parts of an object may come by different ways; a plan merges them.
        return bool(ways) and all(
            any(self._can_select_below(tail, edge, (part,)) for tail, edge in ways) for part in selection.selections
        )

    def _can_select_below(self, tail: Tail, edge: Edge, selections: Sequence[Selection]) -> bool:
        behind = [(name, self.advance(tail, edge, name)) for name in sorted(self.targets(tail, edge))]
        return all(
            self.can_select(name, self._closure(name, next_tail), selections)
            for name, next_tail in behind
            if next_tail is not None
        )

    def _apply(self, type_name: str, selections: Iterable[Selection]) -> Iterator[SelectedField]:
        """Give the fields that a selection has on a concrete type."""
        for selection in selections:
            match selection:
                case SelectedField():
                    yield selection
                case TypeCondition(condition, below):
                    if condition in (None, type_name) or condition in self.interfaces_of.get(type_name, frozenset()):
                        yield from self._apply(type_name, below)


def _selected(view: View) -> Iterator[SelectedField]:
    return (selection for selection in view if isinstance(selection, SelectedField))
