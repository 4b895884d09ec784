"""Where a position's objects can be read: in which subgraph, as what type, by which step of the plan.

A source is lazy: it costs nothing until a leaf is taken from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from federation.planner.demands import Alternatives, Demand, FieldUse, Types, absorb
from federation.query_plan.nodes import Deferral, FieldSegment, ListSegment, ResponsePath, SubgraphName, TypeSegment
from federation.supergraph.subgraph_schema import (
    ContextualArgument,
    Key,
    SubgraphField,
    SubgraphSchema,
    SubgraphType,
    SubgraphTypeKind,
)

Entry: TypeAlias = tuple[SubgraphName, str, Types]
"""What is entered by key: a subgraph, a type there, and the object types of the data that are taken for it."""


@dataclass(slots=True, eq=False)
class Selected:
    """A field selected in a fetch: of which types, when, and what of its value."""

    use: FieldUse
    types: Types
    alternatives: Alternatives
    child: SelectedObject | None


@dataclass(slots=True, eq=False)
class SelectedObject:
    """What a fetch selects of one object; `static` is the type the subgraph gives for it."""

    schema: SubgraphSchema
    static: SubgraphType
    types: Types
    names: Names
    fields: dict[tuple[FieldUse, Types], Selected] = field(default_factory=dict)

    def in_order(self) -> list[Selected]:
        """Give the selected fields: `__typename`, then in the client's order, then the planner's own."""
        order = self.names.order()
        return sorted(self.fields.values(), key=lambda item: order.get(item.use.response_key, len(order)))

    def select(
        self, use: FieldUse, types: Types, alternatives: Alternatives, child: SelectedObject | None = None
    ) -> Selected:
        """Select a field; selecting it again joins the conditions and keeps the first `child`."""
        found = self.fields.get((use, types))
        if found is None:
            found = self.fields[use, types] = Selected(use, types, alternatives, child)
        else:
            found.alternatives = absorb(found.alternatives | alternatives)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class ContextValue:
    """Where a contextual argument of a step gets its value: from the objects of `types` at `position`."""

    argument: ContextualArgument
    position: Position
    types: Types
    demands: tuple[Demand, ...]


@dataclass(slots=True, eq=False)
class Step:
    """One root selection or one entity call of the plan in the making.

    Attributes:
        entered: the types of the entities as the data names them; empty for a root selection.
        inputs: what each representation carries; `level`: 0 for a root, else one more than that of its inputs.
        contexts: where its contextual arguments get their values, those of one argument nearest first.
        deferrals: what defers it, as in the plan; known when all steps are.
    """

    schema: SubgraphSchema
    position: Position
    selected: SelectedObject
    level: int
    is_entity: bool
    entered: Types = frozenset()
    inputs: list[Demand] = field(default_factory=list)
    contexts: list[ContextValue] = field(default_factory=list)
    depends_on: dict[Step, None] = field(default_factory=dict)
    alternatives: Alternatives = frozenset()
    deferrals: tuple[Deferral, ...] = ()


@dataclass(slots=True, eq=False)
class Source:
    """One way to read a position's objects.

    Attributes:
        types: the object types it can give.
        provided: field sets that `@provides` opened on the way.
        level: the fetch level, estimated as long as there is no `step`.
        parent, demand: for a source derived from the parent position's source by a field.
        key: for a source entered by entity call.
        is_share: it gives one city's share of what several cities may know (see `federation.supergraph.mark_shares`).
    """

    position: Position
    schema: SubgraphSchema
    static: SubgraphType
    types: Types
    level: int
    provided: tuple[SelectionSetNode, ...] = ()
    parent: Source | None = None
    demand: Demand | None = None
    key: Key | None = None
    step: Step | None = None
    selected: SelectedObject | None = None
    covered: Alternatives = frozenset()
    satisfied: set[str] = field(default_factory=set)
    is_share: bool = False

    @property
    def knows_typename(self) -> bool:
        """True if `__typename` read here is the object's type; an interface object knows only the interface."""
        return not self.static.is_interface_object


@dataclass(slots=True, eq=False)
class Position:
    """A place in the answer, possibly narrowed to some object types.

    Attributes:
        demand: the parent's field whose value stands here; both are None at the root.
        types: the object types it can have.
        names: the response keys in use there; wanted: the fields that the operation selects there.
        sources: in the order they were found; `outer_sources` are those not entered by key, `typed_sources` all by
            object type, so that a position with hundreds of types is searched fast.
        children: by the field, as it is written, and object types; split: those that are to be walked type by type,
            because the way on differs.
        entered: the sources entered by key; expanded: the object types explored, anew after another outer source.
        twin: for the position of deferred fields, that of the same objects as others read them: it has the keys.
    """

    parent: Position | None
    demand: Demand | None
    types: Types
    names: Names
    wanted: tuple[Demand, ...] = ()
    sources: list[Source] = field(default_factory=list)
    outer_sources: list[Source] = field(default_factory=list)
    typed_sources: dict[str, list[Source]] = field(default_factory=dict)
    children: dict[tuple[FieldUse, Types], Position] = field(default_factory=dict)
    split: frozenset[tuple[FieldUse, Types]] = frozenset()
    entered: dict[Entry, Source] = field(default_factory=dict)
    expanded: set[str] = field(default_factory=set)
    twin: Position | None = None

    @property
    def origin(self) -> Position:
        """The position where the keys are read by which its objects are entered."""
        return self.twin or self

    def deferred_twin(self) -> Position:
        """Give a position for the same objects that has no source of its own yet."""
        outer = list(self.outer_sources)
        return Position(self.parent, self.demand, self.types, self.names, self.wanted, outer_sources=outer, twin=self)

    def all_sources(self) -> Iterator[Source]:
        """Give the sources of the position and of its twins."""
        place: Position | None = self
        while place is not None:
            yield from place.sources
            place = place.twin

    def add(self, source: Source) -> None:
        """Add a source, as far as it gives types that the position can have."""
        source.position = self
        source.types &= self.types
        self.sources.append(source)
        if source.key is None:
            self.outer_sources.append(source)
            self.expanded -= source.types
        for type_name in source.types:
            self.typed_sources.setdefault(type_name, []).append(source)

    def is_split(self, demand: Demand, types: Types) -> bool:
        """True if the values of a field have a position for each of `types`."""
        return (demand.use, types) in self.split

    def shared_above(self) -> Position | None:
        """Give the nearest place, this or above, that is one for a field of several types and not split yet."""
        place: Position | None = self
        while place is not None and place.parent is not None and place.demand is not None:
            types = place.demand.types
            if len(types) > 1 and not place.parent.is_split(place.demand, types):
                return place
            place = place.parent
        return None

    def split_by_type(self) -> None:
        """Have a position for each type of object whose field stands here: the ways back to them may differ."""
        if self.parent is not None and self.demand is not None:
            self.parent.split |= {(self.demand.use, self.demand.types)}

    def can_hold(self, types: Types) -> bool:
        """True unless objects of `types` are impossible here.

        Who shares a field promises that all give the same, so what one of them cannot give is never there.
        """
        if any(not types & source.types for source in self.outer_sources):
            return False
        return self.parent is None or self.demand is None or self.parent.can_hold(self.demand.types)

    def sources_of(self, types: Types) -> list[Source]:
        """Give the sources that could give a field of some of `types`."""
        if len(types) == 1:
            return self.typed_sources.get(next(iter(types)), [])
        return self.sources

    def path_at(self, level: int) -> ResponsePath:
        """Give the path as a fetch of `level` can follow it.

        A type segment narrows where only some types have the field, unless the objects' types are not known by then:
        behind an interface object all have it.
        """
        if self.parent is None or self.demand is None:
            return ()
        is_narrowed = not self.demand.types >= self.parent.types and self.parent.is_typed_before(level)
        narrowed = (TypeSegment(self.demand.types),) if is_narrowed else ()
        lists = (ListSegment(),) * self.demand.list_depth
        return (*self.parent.path_at(level), *narrowed, FieldSegment(self.demand.use.response_key), *lists)

    def is_typed_before(self, level: int) -> bool:
        """True if a fetch before `level` says of which types the objects are."""
        return any(s.knows_typename and s.step is not None and s.step.level < level for s in self.all_sources())


class Names:
    """The response keys of one place in the answer: what a key stands for, and free names for the planner's own."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = taken
        self._uses: dict[str, FieldUse] = {}
        self._order: dict[str, int] = {"__typename": 0}
        self._ordered = 0
        self._shared: set[str] = set()
        self._children: dict[str, Names] = {}

    def child(self, response_key: str) -> Names:
        """Give the names one field deeper."""
        if response_key not in self._children:
            self._children[response_key] = Names(self._taken)
        return self._children[response_key]

    def register(self, demands: tuple[Demand, ...]) -> None:
        """Note the client's response keys, all the way down."""
        for demand in demands:
            key = demand.use.response_key
            if self._uses.setdefault(key, demand.use) != demand.use:
                self._shared.add(key)  # one key, several fields, on different types
            self.child(key).register(demand.children)

    def order(self) -> dict[str, int]:
        """Give each response key's place: `__typename` first, the others as they were registered."""
        if self._ordered != len(self._uses):  # keys are added, never taken away
            self._ordered = len(self._uses)
            self._order = {key: place for place, key in enumerate(dict.fromkeys(("__typename", *self._uses)))}
        return self._order

    def internal(self, use: FieldUse) -> FieldUse:
        """Give the use under a response key that nothing else here has."""
        key = use.name
        count = 0
        while key in self._shared or self._uses.setdefault(key, FieldUse(key, use.name, use.arguments)) != FieldUse(
            key, use.name, use.arguments
        ):
            key, count = f"_k{count}_{use.name}", count + 1
            while key in self._taken:
                key, count = f"_k{count}_{use.name}", count + 1
        return FieldUse(key, use.name, use.arguments, use.variables)


def resolvable(source: Source, name: str, types: Types, labels: frozenset[str]) -> Types:
    """Give those of `types` of which `source` gives the field directly: no entity call, no requirement."""
    types &= source.types
    if name == "__typename":
        return types if source.knows_typename else frozenset()
    static = source.static
    if static.kind is SubgraphTypeKind.OBJECT:
        field_ = static.fields.get(name)
        return types if field_ and _is_plain(source, static.name, field_, labels) else frozenset()
    found = source.schema.types
    return frozenset(t for t in types if (field_ := found[t].fields.get(name)) and _is_plain(source, t, field_, labels))


def provided_below(source: Source, field_: SubgraphField, types: Types) -> tuple[SelectionSetNode, ...]:
    """Give the field sets provided of the value of `field_`: its own and what an outer one says of it."""
    own = (field_.provides,) if field_.provides else ()
    outer = (n.selection_set for t in sorted(types) for n in _provided_fields(source, t) if n.name.value == field_.name)
    return (*own, *dict.fromkeys(s for s in outer if s is not None))


def _is_plain(source: Source, type_name: str, field_: SubgraphField, labels: frozenset[str]) -> bool:
    if not field_.is_active(labels):
        return False
    if field_.is_conditional and field_.name not in source.satisfied:
        return False
    if source.is_share and not _is_given_by_a_share(source.schema.types[type_name], field_):
        return False
    return not field_.external or any(n.name.value == field_.name for n in _provided_fields(source, type_name))


def _is_given_by_a_share(type_: SubgraphType, field_: SubgraphField) -> bool:
    """True unless several cities may know the entity: then one city's share gives its key and nothing else rightly."""
    return type_.shared_key_fields is None or field_.name in type_.shared_key_fields


def _provided_fields(source: Source, type_name: str) -> Iterator[FieldNode]:
    for selection_set in source.provided:
        yield from _fields_for(source.schema, selection_set, type_name)


def _fields_for(schema: SubgraphSchema, selection_set: SelectionSetNode, type_name: str) -> Iterator[FieldNode]:
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            yield node
            continue
        if not isinstance(node, InlineFragmentNode):
            continue  # a field set has no named fragments
        condition = node.type_condition
        known = schema.types.get(condition.name.value) if condition else None
        if condition is None or (known is not None and type_name in known.possible_types):
            yield from _fields_for(schema, node.selection_set, type_name)


def have_conflict(known: Sequence[Demand], added: Sequence[Demand]) -> bool:
    """True if a representation would need two values under one name: a field with different arguments, however deep."""
    return any(
        k.use.name == a.use.name and k.types & a.types and (k.use != a.use or have_conflict(k.children, a.children))
        for k in known
        for a in added
    )
