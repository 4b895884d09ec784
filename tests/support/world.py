"""One invented world, and subgraphs that each show their part of it.

A world is a table per object type, read from YAML. Every subgraph resolves its own schema from the same world, and
strictly: it refuses what a real one could not answer (an external field outside a provided path, a field whose
requirements the representation lacks, a representation that fits no resolvable key, a field that another subgraph
overrides) or need not get (a representation with more than a key and requirements). So the right answer to any
operation is the one graphql-core gives over the world and the unsplit schema.

    Query:
      products: [{$ref: Product/p1}]
      product: {$find: Product, where: {id: $id}}
    Product:
      p1: {id: p1, weight: {$by: unit, KG: 1, G: 1000}, category: {$ref: Category/c1}}

`{$query: null}` is the root again. The first value of `$by` stands for the argument's default; `in.unit` names a field
of an argument. `{$json: {a: 1}}` is a custom scalar's value. `{$context: in, is: EUR, then: 10}` is 10, and an error
where a subgraph is sent another value for the contextual argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from graphql import GraphQLObjectType, GraphQLResolveInfo, SelectionSetNode

World: TypeAlias = Mapping[str, Any]


class WorldObject:
    """A record of the world as one subgraph, or the unsplit schema, holds it.

    Attributes:
        record: field values.
        typename: the object type, as the world names it.
        provided: what an enclosing `@provides` makes readable here.
        representation: the entity representation it was entered with.
    """

    __slots__ = ("provided", "record", "representation", "typename")

    def __init__(
        self,
        record: Mapping[str, Any],
        typename: str | None,
        provided: SelectionSetNode | None = None,
        representation: Mapping[str, Any] | None = None,
    ) -> None:
        self.record = record
        self.typename = typename
        self.provided = provided
        self.representation = representation


def world_root(world: World, operation: str) -> WorldObject:
    """The root object of `query` or `mutation`."""
    typename = operation.capitalize()
    return WorldObject(world.get(typename, {}), typename)


def read_value(world: World, value: Any, arguments: Mapping[str, Any]) -> Any:  # noqa: C901, PLR0911, PLR0912
    """What a field of the world holds: references followed, arguments applied, objects wrapped."""
    match value:
        case {"$ref": reference}:
            typename, _, key = reference.partition("/")
            return WorldObject(world[typename][key], typename)
        case {"$error": message}:
            raise ValueError(message)
        case {"$json": value}:
            return value
        case {"$query": _}:
            return world_root(world, "query")
        case {"$by": argument, **values}:
            chosen = values.get(_argument(arguments, argument), next(iter(values.values())))
            return read_value(world, chosen, arguments)
        case {"$context": argument, "is": right, "then": value}:
            if arguments.get(argument, right) != right:
                msg = f"{argument} is not {right}"
                raise ValueError(msg)
            return value
        case {"$find": typename, "where": where}:
            return find_record(world, (typename,), substitute(where, arguments))
        case {"$all": typename}:
            return [WorldObject(record, typename) for record in world[typename].values()]
        case dict():
            return WorldObject(value, value.get("__typename"))
        case list():
            return [read_value(world, item, arguments) for item in value]
        case _:
            return value


def _argument(arguments: Mapping[str, Any], path: str) -> str | None:
    """The argument's value as `$by` writes it, `None` for null; nothing if it is not given."""
    value: Any = arguments
    for name in path.split("."):
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return str(value)


def substitute(where: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """`{id: $id}` with the arguments' values in place."""
    return {
        name: arguments.get(value[1:]) if isinstance(value, str) and value.startswith("$") else value
        for name, value in where.items()
    }


def find_record(world: World, typenames: tuple[str, ...], wanted: Mapping[str, Any]) -> WorldObject | None:
    """The first record of these types that holds all `wanted` values."""
    for typename in typenames:
        for record in world.get(typename, {}).values():
            if holds(world, record, wanted):
                return WorldObject(record, typename)
    return None


def holds(world: World, record: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether the record has every wanted value; nested objects and lists of them are compared field by field."""
    return all(
        equal(world, read_value(world, record.get(name), {}), value)
        for name, value in wanted.items()
        if name != "__typename"
    )


def equal(world: World, value: Any, wanted: Any) -> bool:
    """Whether a value of the world is the wanted JSON value."""
    match value, wanted:
        case WorldObject(), dict():
            return holds(world, value.record, wanted)
        case list(), list():
            return len(value) == len(wanted) and all(
                equal(world, item, want) for item, want in zip(value, wanted, strict=True)
            )
        case _:
            # ID values are strings on the wire, whatever the world writes.
            return bool(value == wanted or str(value) == str(wanted))


def unsplit_resolver(world: World) -> Callable[..., Any]:
    """The field resolver of the whole world, for graphql-core over the unsplit schema."""

    def resolve(source: WorldObject, info: GraphQLResolveInfo, **arguments: Any) -> Any:
        return read_value(world, source.record.get(info.field_name), arguments)

    return resolve


def resolve_typename(value: WorldObject, info: GraphQLResolveInfo, abstract_type: Any) -> str | None:
    """The runtime type of an abstract position: the record's own, or the only one the schema knows."""
    if value.typename is not None:
        return value.typename
    possible = info.schema.get_possible_types(abstract_type)
    return possible[0].name if len(possible) == 1 and isinstance(possible[0], GraphQLObjectType) else None
