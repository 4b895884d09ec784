"""Turns selection sets into demands: which field is wanted, of which object types, under which conditions.

Fragments are inlined, fields of one response key merged, what is skipped statically is dropped. An example, `Media`
being `Book | Song`:

    media { ... on Book @include(if: $b) { title } }      →   media {Book,Song}: title {Book} when $b
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from graphql import (
    ArgumentNode,
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLOutputType,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
    print_ast,
)
from graphql.language import DirectiveNode, ListValueNode, ObjectValueNode, ValueNode
from graphql.utilities.sort_value_node import sort_value_node

from federation.planner.errors import QueryPlanningError
from federation.planner.options import StepBudget
from federation.query_plan.nodes import Condition, FieldSegment, ListSegment, ResponsePath
from federation.supergraph import Supergraph

Types: TypeAlias = frozenset[str]
Conjunction: TypeAlias = frozenset[Condition]
Alternatives: TypeAlias = frozenset[Conjunction]
"""Conditions in disjunctive form: one of the conjunctions must hold; `ALWAYS` has the empty one."""

ALWAYS: Alternatives = frozenset({frozenset()})
INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})
"""Root fields that the executor answers from the API schema; nobody is asked for them."""


@dataclass(frozen=True, slots=True)
class FieldUse:
    """A field as it is written: response key, name and the text of its arguments, e.g. `(first: 10)`."""

    response_key: str
    name: str
    arguments: str = ""
    variables: Types = field(default=frozenset(), compare=False)


TYPENAME = FieldUse("__typename", "__typename")


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """One field wanted at a position.

    Attributes:
        types: the object types of the position it is wanted of.
        alternatives: when it is wanted.
        child_types: the object types its value can have in the supergraph; empty for a leaf.
        list_depth: how many lists its value is wrapped in.
        children: what is wanted of its value.
        is_existence: a `__typename` that only has to be there; any answer will do.
        is_nullable: as an input, null is a value (`@requires`), not a missing key.
        stream: the number of the `@stream` it has wherever it was written; None if it has none.
    """

    use: FieldUse
    types: Types
    alternatives: Alternatives
    child_types: Types = frozenset()
    child_type: str = ""
    list_depth: int = 0
    children: tuple[Demand, ...] = ()
    is_existence: bool = False
    is_nullable: bool = False
    stream: int | None = None

    @property
    def is_leaf(self) -> bool:
        """True if its value has no fields."""
        return not self.child_types


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a document is deferred and streamed, by the nodes' `id`.

    Attributes:
        defers: the conditions of deferred fragments.
        streams: the numbers of streamed fields.
    """

    defers: Mapping[int, Condition] = field(default_factory=dict)
    streams: Mapping[int, int] = field(default_factory=dict)


NO_MARKS = Marks()

_Spread: TypeAlias = tuple[int, Types, Conjunction]
"""A fragment's selection set (by identity: it lives as long as the operation) with the types and conditions there."""


@dataclass(frozen=True, slots=True)
class _Occurrence:
    types: Types
    conditions: Conjunction
    selection_set: SelectionSetNode | None
    stream: int | None


@dataclass(frozen=True, slots=True)
class _Found:
    """What was collected at one place of the answer."""

    path: ResponsePath
    uses: dict[FieldUse, list[_Occurrence]] = field(default_factory=dict)
    seen: set[_Spread] = field(default_factory=set)


class DemandReader:
    """Reads selection sets of one document against the supergraph.

    Attributes:
        deferred: the condition of each deferred fragment and all that hold in it, with the path where it was met first.
    """

    def __init__(
        self,
        supergraph: Supergraph,
        fragments: Mapping[str, FragmentDefinitionNode],
        budget: StepBudget,
        typename_key: str | None = None,
        marks: Marks = NO_MARKS,
    ) -> None:
        """`typename_key`: the response key for fields that the client calls `__typename` although they are others.

        `marks`: what of the document is deferred and streamed.
        """
        self._schema = supergraph.schema
        self._possible = {name: frozenset(types) for name, types in supergraph.possible_types.items()}
        self._fragments = fragments
        self._budget = budget
        self._typename_key = typename_key
        self._defers = marks.defers
        self._streams = marks.streams
        self.deferred: dict[tuple[Condition, Conjunction], ResponsePath] = {}
        self._argument_texts: dict[frozenset[tuple[str, str]], str] = {}
        self._field_sets: dict[tuple[int, Types], tuple[Demand, ...]] = {}

    def read_field_set(self, selection_set: SelectionSetNode, types: Types) -> tuple[Demand, ...]:
        """Give the demands of a field set of the supergraph, which lives as long as this reader: read once."""
        key = (id(selection_set), types)
        if key not in self._field_sets:
            self._field_sets[key] = self.read(selection_set, types, frozenset())
        return self._field_sets[key]

    def read(self, selection_set: SelectionSetNode, types: Types, conditions: Conjunction) -> tuple[Demand, ...]:
        """Give the demands of `selection_set` on values of `types`, in the order of first appearance."""
        return self._merge([(selection_set, types, conditions)], ())

    def _merge(
        self, selections: Iterable[tuple[SelectionSetNode, Types, Conjunction]], path: ResponsePath
    ) -> tuple[Demand, ...]:
        found = _Found(path)
        for selection_set, types, conditions in selections:
            self._collect(selection_set, types, conditions, found)
        return tuple(d for use, occurrences in found.uses.items() for d in self._demands(use, occurrences, path))

    def _collect(self, selection_set: SelectionSetNode, types: Types, conditions: Conjunction, found: _Found) -> None:
        """Collect fields; a fragment that is spread again for the same types and conditions adds nothing."""
        for node in selection_set.selections:
            self._budget.left -= 1
            if self._budget.left < 0:
                raise QueryPlanningError("the operation", "it is too large")
            narrowed = _with_conditions(conditions, node.directives)
            if narrowed is None:
                continue
            if isinstance(node, FieldNode) and node.name.value in INTROSPECTION_FIELDS:
                continue
            if isinstance(node, FieldNode):
                occurrence = _Occurrence(types, narrowed, node.selection_set, self._streams.get(id(node)))
                found.uses.setdefault(self._use(node), []).append(occurrence)
                continue
            if isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                inner, condition = fragment.selection_set, fragment.type_condition.name.value
            elif isinstance(node, InlineFragmentNode):
                inner, condition = node.selection_set, node.type_condition.name.value if node.type_condition else ""
            else:
                continue
            matching = types & self._possible.get(condition, frozenset()) if condition else types
            if matching and (defer := self._defers.get(id(node))) is not None:
                narrowed |= {defer}
                self.deferred.setdefault((defer, narrowed), found.path)
            if matching and (id(inner), matching, narrowed) not in found.seen:
                found.seen.add((id(inner), matching, narrowed))
                self._collect(inner, matching, narrowed, found)

    def _use(self, node: FieldNode) -> FieldUse:
        if node.name.value == "__typename":
            return TYPENAME  # the executor answers it under the client's alias
        key = node.alias.value if node.alias else node.name.value
        if key == "__typename" and self._typename_key is not None:
            key = self._typename_key
        if not node.arguments:
            return FieldUse(key, node.name.value)
        variables: set[str] = set()
        for argument in node.arguments:
            _collect_variables(argument.value, variables)
        return FieldUse(key, node.name.value, self._arguments(node.arguments), frozenset(variables))

    def _arguments(self, arguments: tuple[ArgumentNode, ...]) -> str:
        """Give arguments as text: what differs in order only, which means the same, as it was written first."""
        text = f"({', '.join(print_ast(a) for a in arguments)})"
        order_matters_not = frozenset((a.name.value, print_ast(sort_value_node(a.value))) for a in arguments)
        return self._argument_texts.setdefault(order_matters_not, text)

    def _demands(self, use: FieldUse, occurrences: list[_Occurrence], path: ResponsePath) -> Iterable[Demand]:
        is_leaf = occurrences[0].selection_set is None
        for types, atom in _atoms(occurrences):
            alternatives = absorb(frozenset(o.conditions for o in atom))
            stream = _common_stream(atom) if self._streams else None
            if is_leaf:
                yield Demand(use, types, alternatives, stream=stream)
                continue
            return_types = {t: self.return_type(t, use.name) for t in sorted(types)}
            child_types = frozenset().union(*(self._possible[get_named_type(r).name] for r in return_types.values()))
            list_depth = _list_depth(next(iter(return_types.values())))
            below = (*path, FieldSegment(use.response_key), *(ListSegment(),) * list_depth)
            yield Demand(
                use,
                types,
                alternatives,
                child_types,
                _common_name(return_types.values()),
                list_depth,
                self._merge(((o.selection_set, child_types, o.conditions) for o in atom if o.selection_set), below),
                stream=stream,
            )

    def return_type(self, type_name: str, field_name: str) -> GraphQLOutputType:
        """Give the type of a field in the supergraph."""
        type_ = self._schema.type_map[type_name]
        if not isinstance(type_, GraphQLObjectType):
            raise QueryPlanningError(f"{type_name}.{field_name}", "the type has no fields")
        field_type: GraphQLOutputType = type_.fields[field_name].type
        return field_type


def absorb(alternatives: Alternatives) -> Alternatives:
    """Leave out each conjunction that another, weaker one already covers."""
    if len(alternatives) < 2:
        return alternatives
    return frozenset(a for a in alternatives if not any(b < a for b in alternatives))


def _atoms(occurrences: list[_Occurrence]) -> Iterable[tuple[Types, list[_Occurrence]]]:
    """Split the types into the largest sets that the same occurrences apply to."""
    if len(occurrences) == 1:
        return [(occurrences[0].types, occurrences)]
    atoms: list[tuple[Types, list[_Occurrence]]] = []
    for occurrence in occurrences:
        rest = occurrence.types
        split = []
        for types, atom in atoms:
            if common := types & rest:
                split.append((common, [*atom, occurrence]))
            if others := types - rest:
                split.append((others, atom))
            rest -= types
        atoms = [*split, (rest, [occurrence])] if rest else split
    return atoms


def _common_stream(occurrences: list[_Occurrence]) -> int | None:
    streams = {occurrence.stream for occurrence in occurrences}
    return streams.pop() if len(streams) == 1 else None


def _collect_variables(value: ValueNode, found: set[str]) -> None:
    if isinstance(value, VariableNode):
        found.add(value.name.value)
    elif isinstance(value, ListValueNode):
        for item in value.values:
            _collect_variables(item, found)
    elif isinstance(value, ObjectValueNode):
        for member in value.fields:
            _collect_variables(member.value, found)


def _with_conditions(conditions: Conjunction, directives: Iterable[DirectiveNode] | None) -> Conjunction | None:
    """Add the conditions of `@skip` and `@include`; None if they can never hold."""
    for directive in directives or ():
        if directive.name.value not in {"skip", "include"}:
            continue
        value = next(iter(directive.arguments or ())).value
        wanted = directive.name.value == "include"
        if isinstance(value, VariableNode):
            if Condition(value.name.value, not wanted) in conditions:
                return None
            conditions |= {Condition(value.name.value, wanted)}
        elif isinstance(value, BooleanValueNode) and value.value != wanted:
            return None
    return conditions


def _list_depth(type_: GraphQLOutputType) -> int:
    if is_non_null_type(type_):
        return _list_depth(type_.of_type)
    return 1 + _list_depth(type_.of_type) if is_list_type(type_) else 0


def _common_name(types: Iterable[GraphQLOutputType]) -> str:
    names = {get_named_type(t).name for t in types}
    return next(iter(names)) if len(names) == 1 else ""
