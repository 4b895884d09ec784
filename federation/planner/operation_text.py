"""Writes what a step selects as GraphQL text, compactly, and says which internal aliases the executor has to undo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphql.language import ListTypeNode, NonNullTypeNode, TypeNode

from federation.planner.demands import TYPENAME, Alternatives, Conjunction, FieldUse, Types
from federation.planner.fragments import SelectionSets, Text, joined
from federation.planner.sources import Selected, SelectedObject
from federation.query_plan.nodes import Condition, FieldSegment, ListSegment, RenameKey, ResponsePath
from federation.supergraph.subgraph_schema import ContextualArgument, SubgraphField, SubgraphTypeKind


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of some object types that its subgraph gives the same type."""

    item: Selected
    types: Types
    field: SubgraphField | None
    is_common: bool

    @property
    def shape(self) -> str:
        """The lists and non-nulls of its type, with the type's name for a leaf."""
        if self.field is None:
            return "String!"
        return _wrappers(self.field.type) + ("" if self.item.child else self.field.type_name)


@dataclass(slots=True)
class SelectionWriter:
    """Writes selections of one fetch.

    Attributes:
        taken: response keys of the client's operation, which no internal alias may equal.
        contextual: the variables that carry the values of contextual arguments.
        sets: where the selection sets are kept that are written.
        renames: the internal aliases given so far, inner ones before outer ones.
    """

    taken: frozenset[str]
    contextual: Mapping[ContextualArgument, str] = field(default_factory=dict)
    sets: SelectionSets = field(default_factory=SelectionSets)
    renames: list[RenameKey] = field(default_factory=list)
    _count: int = 0

    def write(self, selected: SelectedObject, context: Conjunction, path: ResponsePath = ()) -> Text:
        """Give the selections of an object without braces; `context` holds already where they stand."""
        common: dict[Text, None] = {}
        by_type: dict[str, dict[Text, None]] = {}
        if selected.static.kind is not SubgraphTypeKind.OBJECT:
            common["__typename",] = None
        used: dict[str, list[tuple[str, _Part]]] = {}
        for part in _parts(selected):
            key = self._response_key(part, used)
            for text in self._write_field(part, key, context, path):
                if part.is_common:
                    common[text] = None
                    continue
                for type_name in sorted(part.types):
                    by_type.setdefault(type_name, {})[text] = None
        fragments = (self.on_type(name, joined(texts)) for name, texts in by_type.items())
        return joined([*common, *fragments])

    def on_type(self, type_name: str, text: Text) -> Text:
        """Give selections as an inline fragment."""
        return f"...on {type_name}{{", self.sets.add(type_name, text), "}"

    def _response_key(self, part: _Part, used: dict[str, list[tuple[str, _Part]]]) -> str:
        """Give the key to select a field under: its own, unless the subgraph could not merge it with another one.

        Source: GraphQL specification, validation rule "Field Selection Merging". What merges by the graph's schema
        may not merge by a subgraph's, whose types can differ in nullability.
        """
        wanted = part.item.use.response_key
        others = used.setdefault(wanted, [])
        for key, other in others:
            if _can_merge(part, other):
                return key
        key = self._new_alias(wanted) if others else wanted
        others.append((key, part))
        return key

    def _new_alias(self, wanted: str) -> str:
        alias = f"_r{self._count}_{wanted}"
        while alias in self.taken:
            self._count += 1
            alias = f"_r{self._count}_{wanted}"
        self._count += 1
        return alias

    def _write_field(self, part: _Part, key: str, context: Conjunction, path: ResponsePath) -> Iterator[Text]:
        item, use = part.item, part.item.use
        name = use.name if key == use.name else f"{key}:{use.name}"
        rest = _without_context(item.alternatives, context)
        lists = (ListSegment(),) * (_wrappers(part.field.type).count("[") if part.field else 0)
        child: Text = ()
        if item.child is not None:
            inner = context | rest[0] if len(rest) == 1 else context
            selections = self.write(item.child, inner, (*path, FieldSegment(key), *lists))
            child = ("{", self.sets.add(item.child.static.name, selections), "}")
        for conditions in rest:
            self.sets.variables.update(c.variable for c in conditions)
            yield _conditioned(f"{name}{self._arguments(part)}", child, conditions)
        self.sets.variables |= use.variables
        if key != use.response_key:
            rename = RenameKey(path, key, use.response_key)
            if rename not in self.renames:
                self.renames.append(rename)

    def _arguments(self, part: _Part) -> str:
        own = part.item.use.arguments
        if part.field is None or not part.field.context_arguments:
            return own
        contextual = (f"{argument.name}: ${self.contextual[argument]}" for argument in part.field.context_arguments)
        return f"({', '.join([*filter(None, [own[1:-1]]), *contextual])})"


def _conditioned(field_text: str, child: Text, conditions: Conjunction) -> Text:
    """Put directives on a field; one each of `@include` and `@skip` can stand there, more need fragments around it."""
    include, *more_includes = [f"@include(if:${c.variable})" for c in sorted(conditions, key=_order) if c.value] or [""]
    skip, *more_skips = [f"@skip(if:${c.variable})" for c in sorted(conditions, key=_order) if not c.value] or [""]
    text: Text = (f"{field_text}{include}{skip}", *child)
    for directive in (*more_includes, *more_skips):
        text = (f"...{directive}{{", *text, "}")
    return text


def _without_context(alternatives: Alternatives, context: Conjunction) -> list[Conjunction]:
    rest = {alternative - context for alternative in alternatives}
    return [frozenset()] if frozenset() in rest else sorted(rest, key=lambda c: sorted(map(_order, c)))


def _order(condition: Condition) -> tuple[str, bool]:
    return condition.variable, condition.value


def _parts(selected: SelectedObject) -> Iterator[_Part]:
    """Give the selected fields: on the subgraph's own type where it has them for all objects, else type by type."""
    for item in _joined_leaves(selected):
        if item.use == TYPENAME and selected.static.kind is not SubgraphTypeKind.OBJECT:
            continue  # stands there anyway
        own = selected.static.fields.get(item.use.name)
        if _is_common(selected, item, own):
            yield _Part(item, item.types, own, is_common=True)
            continue
        by_shape: dict[str, _Part] = {}
        for type_name in sorted(item.types):
            known = selected.schema.types.get(type_name)
            part = _Part(
                item, frozenset({type_name}), known.fields.get(item.use.name) if known else None, is_common=False
            )
            same = by_shape.get(part.shape)
            by_shape[part.shape] = _Part(item, same.types | part.types, part.field, is_common=False) if same else part
        yield from by_shape.values()


def _joined_leaves(selected: SelectedObject) -> Iterator[Selected]:
    """Give the selected fields, leaves that were selected for one type after the other taken together."""
    leaves: dict[tuple[FieldUse, Alternatives], Types] = {}
    items = selected.in_order()
    for item in items:
        if item.child is None:
            leaf = (item.use, item.alternatives)
            leaves[leaf] = leaves.get(leaf, frozenset()) | item.types
    for item in items:
        if item.child is not None:
            yield item
        elif types := leaves.pop((item.use, item.alternatives), None):
            yield Selected(item.use, types, item.alternatives, None)


def _is_common(selected: SelectedObject, item: Selected, own: SubgraphField | None) -> bool:
    static = selected.static
    if static.kind is SubgraphTypeKind.OBJECT:
        return True
    if not item.types >= static.possible_types & selected.types:
        return False
    return item.use.name == "__typename" or (own is not None and not own.external)


def _is_alike(one: _Part, other: _Part) -> bool:
    """True unless values or fields differ where they must not; what is selected of the values is not compared."""
    if one.shape != other.shape:
        return False
    is_same_field = _field_of(one.item.use) == _field_of(other.item.use)
    return is_same_field or not (one.is_common or other.is_common or one.types & other.types)


def _can_merge(one: _Part, other: _Part) -> bool:
    if not _is_alike(one, other):
        return False
    if one.item.child is None or other.item.child is None or one.item.child is other.item.child:
        return True
    return _objects_merge(one.item.child, other.item.child)


class CommonSelection:
    """Selections that stand side by side in fragments on different types; says of others whether they can join.

    The fields of one response key are kept together, whichever selection they come from, so that a hundred types are
    compared with what is there and not each with each.
    """

    def __init__(self) -> None:
        self._kinds: dict[str, dict[tuple[object, ...], _Part]] = {}
        self._inner: dict[str, CommonSelection] = {}

    def fits(self, selected: SelectedObject) -> bool:
        """True if what `selected` selects, of other types than all before, can be selected beside it."""
        return self.fits_parts(_parts_of_other_types(selected))

    def add(self, selected: SelectedObject) -> None:
        """Add a selection that fits."""
        self.add_parts(_parts_of_other_types(selected))

    def add_parts(self, parts: list[_Part]) -> None:
        for part in parts:
            key = part.item.use.response_key
            kind = (part.shape, part.item.use, part.is_common, part.types)
            self._kinds.setdefault(key, {}).setdefault(kind, part)
            if part.item.child is not None:
                self._inner.setdefault(key, CommonSelection()).add_parts(list(_parts(part.item.child)))

    def fits_parts(self, parts: list[_Part]) -> bool:
        for part in parts:
            key, child = part.item.use.response_key, part.item.child
            if any(not _is_alike(part, other) for other in self._kinds.get(key, {}).values()):
                return False
            inner = self._inner.get(key)
            if child is not None and inner is not None and not inner.fits_parts(list(_parts(child))):
                return False
        return True


def _parts_of_other_types(selected: SelectedObject) -> list[_Part]:
    """Give the selected fields as those of objects that nothing else is selected of: only values' shapes must agree."""
    return [replace(part, is_common=False, types=frozenset()) for part in _parts(selected)]


def _objects_merge(one: SelectedObject, other: SelectedObject) -> bool:
    theirs: dict[str, list[_Part]] = {}
    for part in _parts(other):
        theirs.setdefault(part.item.use.response_key, []).append(part)
    return all(_can_merge(part, same) for part in _parts(one) for same in theirs.get(part.item.use.response_key, ()))


def _field_of(use: FieldUse) -> tuple[str, str]:
    return use.name, use.arguments


def _wrappers(type_: TypeNode) -> str:
    match type_:
        case NonNullTypeNode():
            return _wrappers(type_.type) + "!"
        case ListTypeNode():
            return f"[{_wrappers(type_.type)}]"
        case _:
            return ""
