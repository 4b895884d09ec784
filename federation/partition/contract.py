"""What a partitioned subgraph's contract says, defaults applied: merge rules, keys, types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLUnionType,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    value_from_ast_untyped,
)

from federation.executor.subgraph_client import JsonValue
from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import Merge, MergeRule, PartitionedSubgraph
from federation.supergraph.supergraph import Supergraph

#: The union behind `_entities`; it is in no supergraph.
ENTITY_UNION = "_Entity"
ENTITIES_FIELD = "_entities"
#: Fields that no contract's rules concern; the last three are answered without asking a partition.
META_FIELDS = frozenset({"__typename", ENTITIES_FIELD, "_service", "__schema", "__type"})


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """A domain contract as the merge needs it; shared and compared by identity.

    Attributes:
        subgraph: cities, explicit merge rules, routes, partition keys.
        schema: the contract's types, or a whole supergraph's that contains them.
        keys: by entity type the field set that tells two of them apart, its first resolvable key.
    """

    subgraph: PartitionedSubgraph
    schema: GraphQLSchema
    keys: Mapping[str, SelectionSetNode]

    @property
    def name(self) -> SubgraphName:
        """The subgraph's name, `service` in errors and reports."""
        return self.subgraph.subgraph

    def field(self, type_name: str, field_name: str) -> GraphQLField:
        """The definition of a field of an object or interface type."""
        return self._fields(type_name)[field_name]

    def has_field(self, type_name: str, field_name: str) -> bool:
        """True if an object or interface type has the field."""
        return field_name in self._fields(type_name)

    def _fields(self, type_name: str) -> Mapping[str, GraphQLField]:
        owner = self.schema.type_map[type_name]
        return owner.fields if isinstance(owner, (GraphQLObjectType, GraphQLInterfaceType)) else {}

    def possible_types(self, type_name: str) -> tuple[str, ...]:
        """The object types a value of a composite type can have, in schema order; an object type has itself."""
        if type_name == ENTITY_UNION:
            return tuple(self.keys)
        found = self.schema.type_map[type_name]
        if isinstance(found, (GraphQLInterfaceType, GraphQLUnionType)):
            return tuple(possible.name for possible in self.schema.get_possible_types(found))
        return (type_name,)

    def shared_keys(self, type_name: str) -> Mapping[str, SelectionSetNode]:
        """The keys of the possible types of which several cities may know one and the same entity.

        A type with `@partitionKey` is not among them: its entities are each one city's.
        """
        owned = self.subgraph.partition_keys
        return {name: self.keys[name] for name in self.possible_types(type_name) if name in self.keys.keys() - owned}

    def is_abstract(self, type_name: str) -> bool:
        """True for interfaces and unions, whose values need a `__typename` to be told apart."""
        return type_name == ENTITY_UNION or is_abstract_type(self.schema.type_map.get(type_name))

    def merge_of(self, type_name: str, field_name: str) -> Merge:
        """The rule of an object type's field: its own, else an interface's, else the default."""
        for name in self._declarers(type_name):
            explicit = self.subgraph.merges.get((name, field_name))
            if explicit is not None:
                return explicit
        if field_name == "totalCount" and self.has_field(type_name, "pageInfo"):
            return Merge(MergeRule.SUM)
        return Merge(MergeRule.CONCAT if is_list(self.field(type_name, field_name).type) else MergeRule.FIRST)

    def stale_seconds(self, type_name: str, field_name: str) -> int | None:
        """So long a city's last answer for an object type's field may stand in for a missing one; None for not."""
        known = self.subgraph.stale_seconds
        if not known:
            return None
        found = (known.get((name, field_name)) for name in self._declarers(type_name))
        return next((seconds for seconds in found if seconds is not None), None)

    def _declarers(self, type_name: str) -> tuple[str, ...]:
        """The object type and its interfaces: what stands on their fields holds for it."""
        owner = self.schema.type_map[type_name]
        interfaces = owner.interfaces if isinstance(owner, GraphQLObjectType) else ()
        return (type_name, *(interface.name for interface in interfaces))


def contract_of(supergraph: Supergraph, name: SubgraphName) -> Contract:
    """The contract of the partitioned subgraph `name` of a supergraph."""
    types = supergraph.subgraph_schemas[name].types
    keys = {type_.name: next((key.selection for key in type_.keys if key.resolvable), None) for type_ in types.values()}
    known = {type_name: selection for type_name, selection in keys.items() if selection is not None}
    return Contract(supergraph.partitions[name], supergraph.schema, known)


def default_of(argument: GraphQLArgument | None) -> JsonValue:
    """An argument's default in the contract; None without one."""
    if argument is None or argument.default is None:
        return None
    literal = argument.default.literal
    return argument.default.value if literal is None else value_from_ast_untyped(literal)


def is_list(type_: GraphQLOutputType) -> bool:
    """True for a list, non-null or not."""
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def type_name_of(field: GraphQLField) -> str:
    """The name of a field's type without lists and non-nulls."""
    return get_named_type(field.type).name


def way_to_node(contract: Contract, connection: str) -> tuple[str, ...]:
    """The fields that lead from a connection type to its rows' nodes."""
    return ("nodes",) if contract.has_field(connection, "nodes") else ("edges", "node")


def node_type_of(contract: Contract, connection: str) -> str:
    """The type of a connection's rows."""
    type_name = connection
    for name in way_to_node(contract, connection):
        type_name = type_name_of(contract.field(type_name, name))
    return type_name
