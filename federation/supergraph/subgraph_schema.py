"""What one subgraph knows of the supergraph: its types, fields, keys, implementations and union members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graphql import SelectionSetNode, TypeNode

from federation.query_plan.nodes import SubgraphName


@dataclass(frozen=True, slots=True)
class Subgraph:
    """A subgraph as the supergraph names it; `enum_value` is its value of `join__Graph`."""

    name: SubgraphName
    url: str
    enum_value: str


class SubgraphTypeKind(StrEnum):
    """What a composite type is in one subgraph; an interface object is an OBJECT."""

    OBJECT = "OBJECT"
    INTERFACE = "INTERFACE"
    UNION = "UNION"


@dataclass(frozen=True, slots=True)
class Key:
    """One `@key`: its field set as text and parsed; not resolvable means it can be read but not entered by."""

    text: str
    selection: SelectionSetNode
    resolvable: bool


@dataclass(frozen=True, slots=True, eq=False)
class ContextualArgument:
    """An argument of a field that a subgraph takes from a context instead of from the client.

    Attributes:
        type: as written, e.g. `[ID!]`.
        set_by: the object types that set the context; the nearest of them above the field counts.
        selection: what is read there; for each type it ends in one leaf.
    """

    name: str
    type: str
    set_by: frozenset[str]
    selection: SelectionSetNode


@dataclass(frozen=True, slots=True)
class SubgraphField:
    """A field as one subgraph has it.

    Attributes:
        type: its type there, as written; `type_name` is that type without lists and non-nulls.
        external: it cannot be read there, unless the path to it provides it.
        requires, provides: the parsed field sets.
        override_label, active_under_label: with a label, the field resolves here only while the label is active
            (`active_under_label` True: this subgraph overrides) or only while it is not (False: it is overridden).
        context_arguments: arguments this subgraph takes from a context.
        is_share: its value, or each item of it, is that of one city of a partitioned subgraph (`mark_shares`).
    """

    name: str
    type: TypeNode
    type_name: str
    external: bool = False
    requires: SelectionSetNode | None = None
    provides: SelectionSetNode | None = None
    override_label: str | None = None
    active_under_label: bool = True
    context_arguments: tuple[ContextualArgument, ...] = ()
    is_share: bool = False

    @property
    def is_conditional(self) -> bool:
        """True if the field is only resolved for entities that were sent with what it needs."""
        return self.requires is not None or bool(self.context_arguments)

    def is_active(self, labels: frozenset[str]) -> bool:
        """True if the field resolves here under the active override `labels`."""
        return self.override_label is None or (self.override_label in labels) == self.active_under_label


@dataclass(frozen=True, slots=True)
class SubgraphType:
    """A composite type as one subgraph has it.

    Attributes:
        interfaces: the interfaces it implements there.
        possible_types: the object types a value of it can have there. An object type has itself; an interface object
            has every type that implements the interface in the supergraph, although the subgraph knows none of them.
        shared_key_fields: of an entity that several cities may know: what one city's share of it gives rightly.
        is_of_one_city: its entities are each one city's.
    """

    name: str
    kind: SubgraphTypeKind
    keys: tuple[Key, ...]
    is_interface_object: bool
    is_extension: bool
    fields: Mapping[str, SubgraphField]
    interfaces: frozenset[str]
    possible_types: frozenset[str]
    shared_key_fields: frozenset[str] | None = None
    is_of_one_city: bool = False


@dataclass(frozen=True, slots=True)
class SubgraphSchema:
    """One subgraph's partial view.

    Attributes:
        types: its object, interface and union types by name.
        enum_values: the values it knows of each enum.
        interface_objects: by object type, the interface objects that stand for it here, in schema order.
    """

    subgraph: Subgraph
    types: Mapping[str, SubgraphType]
    enum_values: Mapping[str, frozenset[str]]
    interface_objects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def name(self) -> SubgraphName:
        """The subgraph's name."""
        return self.subgraph.name
