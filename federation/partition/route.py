"""Which partitions a root field's argument or an entity representation's key names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import FieldNode, ValueNode, VariableNode, value_from_ast_untyped
from graphql.pyutils import Undefined

from federation.executor.subgraph_client import JsonValue
from federation.partition.contract import Contract, default_of


@dataclass(frozen=True, slots=True)
class Route:
    """The argument that selects partitions.

    Attributes:
        argument: as the contract writes it, e.g. `filter.registeredIn`.
        value: the argument's value in the operation; None if it is not given.
        default: the contract's default of the argument.
    """

    argument: str
    value: ValueNode | None
    default: JsonValue

    def cities(self, variables: Mapping[str, JsonValue]) -> tuple[str, ...] | None:
        """The cities named, each once; None for all."""
        value = self.default if self.value is None else value_from_ast_untyped(self.value, dict(variables))
        if value is Undefined:
            value = self.default
        for name in self.argument.split(".")[1:]:
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None or value is Undefined:
            return None
        values = value if isinstance(value, list) else [value]
        return tuple(dict.fromkeys(str(city) for city in values if city is not None))


def route_of(contract: Contract, root_type: str, node: FieldNode) -> Route | None:
    """The route of a root field, if its contract has one."""
    argument = contract.subgraph.routes.get((root_type, node.name.value))
    if argument is None:
        return None
    name = argument.partition(".")[0]
    value = next((given.value for given in node.arguments or () if given.name.value == name), None)
    return Route(argument, value, default_of(contract.field(root_type, node.name.value).args[name]))


@dataclass(frozen=True, slots=True)
class KeyRoutes:
    """Where entity representations name their city: by type, the way to the city's code."""

    ways: Mapping[str, tuple[str, ...]]

    def city(self, representation: Mapping[str, JsonValue]) -> str | None:
        """The city a representation belongs to; None when it does not say."""
        way = self.ways.get(representation["__typename"])
        if way is None:
            return None
        value: JsonValue = representation
        for name in way:
            value = value.get(name) if isinstance(value, Mapping) else None
        return None if value is None else str(value)


def key_routes_of(contract: Contract) -> KeyRoutes:
    """The partition keys; an interface whose object types all agree has theirs, for interface objects."""
    ways = {name: tuple(field.split(".")) for name, field in contract.subgraph.partition_keys.items()}
    for name in contract.schema.type_map:
        if name not in ways and contract.is_abstract(name):
            agreed = {ways.get(possible) for possible in contract.possible_types(name)}
            if len(agreed) == 1 and (way := agreed.pop()) is not None:
                ways[name] = way
    return KeyRoutes(ways)


def evaluate(value: ValueNode, variables: Mapping[str, JsonValue]) -> JsonValue:
    """A value of the operation with its variables put in; an absent variable is null."""
    if isinstance(value, VariableNode):
        return variables.get(value.name.value)
    found = value_from_ast_untyped(value, dict(variables))
    return None if found is Undefined else found
