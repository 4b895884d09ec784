"""The query plan: a set of fetches, each with the fetches it waits for.

The plan is kept as a graph, not as the field's Sequence/Parallel tree, so that an executor can start each fetch as
soon as its own inputs are there; `pretty` and `to_json` derive the tree, by waves, for people and for other tools.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias

SubgraphName = NewType("SubgraphName", str)
FetchId = NewType("FetchId", int)
Deferral: TypeAlias = tuple[int, ...]
"""`@defer`s within each other, by number; empty for what is not deferred."""


class OperationKind(StrEnum):
    """The kind of the operation a fetch sends."""

    QUERY = "query"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"


@dataclass(frozen=True, slots=True)
class FieldSegment:
    """Step into the response key `name` of an object."""

    name: str


@dataclass(frozen=True, slots=True)
class ListSegment:
    """Step into every item of a list, nested lists one segment each; written `@`."""


@dataclass(frozen=True, slots=True)
class TypeSegment:
    """Go on only with objects whose `__typename` is one of `types` (object types); written `|[A,B]`."""

    types: frozenset[str]


PathSegment: TypeAlias = FieldSegment | ListSegment | TypeSegment
ResponsePath: TypeAlias = tuple[PathSegment, ...]


@dataclass(frozen=True, slots=True)
class RequiredField:
    """One field of an entity representation.

    Attributes:
        name: the field's name in the representation.
        response_name: where its value stands in the data fetched so far (differs when an internal alias was needed).
        selections: what of an object value is sent; empty for a leaf.
        is_nullable: null is a value and sent as such (a field of `@requires`); of a key field, null or absent means
            that the entity is not sent. An absent field keeps the entity from being sent in both cases.
    """

    name: str
    response_name: str
    selections: tuple[RequiredSelection, ...] = ()
    is_nullable: bool = False


@dataclass(frozen=True, slots=True)
class RequiredFragment:
    """Selections that apply to representations whose `__typename` is one of `types`.

    `type_condition` is the name as written in the plan (may be an interface), `types` its object types.
    """

    type_condition: str
    types: frozenset[str]
    selections: tuple[RequiredSelection, ...]


RequiredSelection: TypeAlias = RequiredField | RequiredFragment


@dataclass(frozen=True, slots=True)
class SetTypename:
    """Input rewrite: write `typename` as the representation's `__typename`, where only the interface is known."""

    typename: str


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Output rewrite: undo an internal alias. At `path` below the fetched object, `alias` becomes `name`."""

    path: ResponsePath
    alias: str
    name: str


@dataclass(frozen=True, slots=True)
class ContextSetting:
    """Where a contextual value is read: at `path`, at or above the entities' own.

    Attributes:
        types: only objects with one of these as `__typename` set it; empty: all do.
        selections: per type one field, down to one leaf.
    """

    path: ResponsePath
    types: frozenset[str]
    selections: tuple[RequiredSelection, ...]


@dataclass(frozen=True, slots=True)
class ContextualValue:
    """A variable that carries a value of a context (`@fromContext`).

    Attributes:
        variable, type: as the operation declares it.
        settings: nearest to the entity first; an entity has the value of the nearest object above it that sets one.
    """

    variable: str
    type: str
    settings: tuple[ContextSetting, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A boolean variable of the operation that must equal `value`."""

    variable: str
    value: bool


@dataclass(frozen=True, slots=True)
class EntityCall:
    """One `_entities` field of a fetch.

    Attributes:
        response_name: its response key in the fetch's answer: `_entities`, or `_e0`, `_e1`, … in a batch.
        variable: the operation's variable that carries the representations.
        paths: where the entities stand in the data fetched so far; the answer is merged there, in all of them.
        requires: what a representation carries, by type; every object type entered has its own fragment.
            An entity of which a required key field is null or absent is not sent.
        input_rewrites, output_rewrites: applied to each representation and to each answered entity.
        contextual_values: what the call's contextual variables carry. Such a call has one path and is alone in its
            fetch, which is sent once for each combination of values among the entities.
        alternatives: besides the fetch's own conditions all of one of these must hold, else nothing is asked of these
            entities; empty if nothing else has to. Plans of other tools have no word for it: they ask nevertheless.
        requiring: the names of the entities' fields that cannot be had without what `requires` has besides the key,
            if others are selected that can.
    """

    response_name: str
    variable: str
    paths: tuple[ResponsePath, ...]
    requires: tuple[RequiredFragment, ...]
    input_rewrites: tuple[SetTypename, ...] = ()
    output_rewrites: tuple[RenameKey, ...] = ()
    contextual_values: tuple[ContextualValue, ...] = ()
    alternatives: tuple[tuple[Condition, ...], ...] = ()
    requiring: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FetchNode:
    """One operation sent to one subgraph.

    Attributes:
        id: the fetch's number in its plan; a fetch comes after all it depends on.
        subgraph: who is asked.
        operation: the text sent, complete, e.g. `query JointView__cards__2($representations:[_Any!]!){…}`.
        operation_name: None for an anonymous operation.
        variables: the client's variables it uses, sorted, without the representations'.
        entity_calls: empty for a fetch on a root type; else every root field of the operation is one of these.
        depends_on: the fetches whose data it reads; for mutations also those it must come after.
        path: where a root fetch's data is merged: () for the client's root, else a field that returned a root type.
        conditions: all must hold, else the fetch and those that depend on it only are left out.
        output_rewrites: undo internal aliases in a root fetch's data.
        deferrals: empty if the initial result needs it; else it is needed by what stands in all of the `@defer`s of one
            of these, by their numbers (`number_defers`).
    """

    id: FetchId
    subgraph: SubgraphName
    operation: str
    operation_kind: OperationKind
    operation_name: str | None
    variables: tuple[str, ...]
    entity_calls: tuple[EntityCall, ...] = ()
    depends_on: tuple[FetchId, ...] = ()
    path: ResponsePath = ()
    conditions: tuple[Condition, ...] = ()
    output_rewrites: tuple[RenameKey, ...] = ()
    deferrals: tuple[Deferral, ...] = ()

    def is_needed_by(self, deferral: Deferral) -> bool:
        """Whether what stands in all of these `@defer`s, or in fewer of them, needs it; `()` is the initial result."""
        return not self.deferrals or any(set(deferral).issuperset(each) for each in self.deferrals)


@dataclass(frozen=True, slots=True)
class DeferredPart:
    """What one `@defer` puts off.

    Attributes:
        deferral: its own number, the last, after those of the `@defer`s around it.
        label: the client's name for it.
        path: where the fragment stands; of several such places the first.
    """

    deferral: Deferral
    label: str | None
    path: ResponsePath


@dataclass(frozen=True, slots=True)
class StreamedList:
    """A list of which the initial result has only the beginning.

    Whatever is fetched for its items is fetched twice: for those of the initial result, then for the others.

    Attributes:
        path: the list's own, its items' segment included.
        label: the client's name for it.
        initial_count: how many items the initial result has, or the variable that says so.
    """

    path: ResponsePath
    label: str | None
    initial_count: int | str


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """What is fetched for one operation; `fetches` is ordered so that dependencies come first, and may be empty.

    For a subscription the first fetch is the subscription, the others run once per event.

    Attributes:
        typename_key: the response key, in all that is fetched, of fields that the client calls `__typename` although
            they are others: in the data that key always holds the type's name. None if there are none.
        deferred: the `@defer`s that the plan honours, outer ones first.
        streamed: the lists whose `@stream` the plan honours; none stands in another, nor in anything deferred.
    """

    operation_kind: OperationKind
    fetches: tuple[FetchNode, ...]
    typename_key: str | None = None
    deferred: tuple[DeferredPart, ...] = ()
    streamed: tuple[StreamedList, ...] = ()

    @property
    def has_parts(self) -> bool:
        """Whether the answer comes in parts."""
        return bool(self.deferred or self.streamed)
