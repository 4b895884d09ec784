"""What is derived once from a fetch operation: its root fields, texts, routes and mergers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    ValueNode,
    VariableNode,
    parse,
    value_from_ast_untyped,
)

from federation.executor.subgraph_client import FetchOperation, JsonValue
from federation.partition.conditions import Conditions, root_conditions
from federation.partition.contract import ENTITIES_FIELD, META_FIELDS, Contract
from federation.partition.extend import ConnectionCall, Extension
from federation.partition.hidden import hidden_names_for
from federation.partition.merge.collect import Collected, Collector
from federation.partition.merge.compile import MergeCompiler
from federation.partition.merge.objects import ObjectMerge
from federation.partition.merge.share import ItemMerge
from federation.partition.operation import OperationVariants
from federation.partition.route import KeyRoutes, Route, key_routes_of, route_of
from federation.partition.stale.units import Unit, find_units
from federation.query_plan.nodes import OperationKind


@dataclass(frozen=True, slots=True)
class EntityCall:
    """An `_entities` root field.

    Attributes:
        variable: carries each partition's representations.
        value: the client's value of `representations`.
        item: merges what partitions gave for one representation.
    """

    variable: str
    value: ValueNode
    item: ItemMerge


@dataclass(frozen=True, slots=True)
class RootField:
    """One root field.

    Attributes:
        name: its response name.
        conditions: the alternatives under which it is answered; None for always.
        is_meta: no field of the contract, such as `__typename`.
        route: None if all partitions are asked.
        entities: for `_entities`.
    """

    name: str
    conditions: list[Conditions] | None
    is_meta: bool
    route: Route | None
    entities: EntityCall | None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """An operation made ready for partitions; holds nothing of a request.

    Attributes:
        defaults: the operation's defaults of its variables.
        merge: merges the root fields that are not `_entities`.
        units: of which the last answers are remembered.
    """

    contract: Contract
    is_mutation: bool
    roots: tuple[RootField, ...]
    defaults: Mapping[str, JsonValue]
    connections: tuple[ConnectionCall, ...]
    operations: OperationVariants
    merge: ObjectMerge
    key_routes: KeyRoutes
    units: tuple[Unit, ...]


def compile_program(contract: Contract, operation: FetchOperation) -> Program:
    """Derive the program of an operation that is valid for the contract."""
    definition, fragments = _read(operation)
    root_type = _root_type(contract, operation.kind)
    names = hidden_names_for(operation.text)
    extension = Extension(contract, names, fragments)
    extended = _extend(definition, root_type, extension)
    selections = extended.selection_set
    compiler = MergeCompiler(Collector(contract, names), extension.connections)
    collected = compiler.collector.collect(root_type, [selections])
    conditions = root_conditions(selections)
    operations = OperationVariants(operation, extended, fragments, frozenset(collected))
    roots = tuple(
        RootField(
            name,
            None if () in conditions[name] else conditions[name],
            nodes[0].name.value in META_FIELDS,
            route_of(contract, root_type, nodes[0]),
            _entity_call(compiler, nodes, extension.literals),
        )
        for name, nodes in collected.items()
    )
    return Program(
        contract=contract,
        is_mutation=operation.kind is OperationKind.MUTATION,
        roots=roots,
        defaults=_defaults(definition),
        connections=tuple(extension.connections.values()),
        operations=operations,
        merge=compiler.root_object(root_type, selections),
        key_routes=key_routes_of(contract),
        units=_units(compiler.collector, root_type, collected, operations, roots),
    )


def _units(
    collector: Collector,
    root_type: str,
    collected: Collected,
    operations: OperationVariants,
    roots: Iterable[RootField],
) -> tuple[Unit, ...]:
    if operations.original.kind is not OperationKind.QUERY:
        return ()
    entities = {root.name: root.entities.variable for root in roots if root.entities is not None}
    return find_units(collector, root_type, collected, operations, entities)


def _read(operation: FetchOperation) -> tuple[OperationDefinitionNode, dict[str, FragmentDefinitionNode]]:
    """The operation with the fetch's name (there may be others in the text) and the fragments."""
    definitions = parse(operation.text, no_location=True).definitions
    operations = [node for node in definitions if isinstance(node, OperationDefinitionNode)]
    named = [node for node in operations if node.name is not None and node.name.value == operation.name]
    fragments = {node.name.value: node for node in definitions if isinstance(node, FragmentDefinitionNode)}
    return (named or operations)[0], fragments


def _extend(definition: OperationDefinitionNode, root_type: str, extension: Extension) -> OperationDefinitionNode:
    selections = extension.merged(definition.selection_set, root_type, ())
    variables = (*(definition.variable_definitions or ()), *extension.variables)
    return replace(definition, selection_set=selections, variable_definitions=variables)


def _entity_call(
    compiler: MergeCompiler, nodes: list[FieldNode], literals: Mapping[str, ValueNode]
) -> EntityCall | None:
    if nodes[0].name.value != ENTITIES_FIELD:
        return None
    value = next(given.value for given in nodes[0].arguments or () if given.name.value == "representations")
    if not isinstance(value, VariableNode):
        raise TypeError("representations are a variable in an extended operation")
    variable = value.name.value
    return EntityCall(variable, literals.get(variable, value), compiler.entity(nodes))


def _defaults(definition: OperationDefinitionNode) -> dict[str, JsonValue]:
    return {
        variable.variable.name.value: value_from_ast_untyped(variable.default_value)
        for variable in definition.variable_definitions or ()
        if variable.default_value is not None
    }


def _root_type(contract: Contract, kind: OperationKind) -> str:
    schema = contract.schema
    roots = {
        OperationKind.QUERY: schema.query_type,
        OperationKind.MUTATION: schema.mutation_type,
        OperationKind.SUBSCRIPTION: schema.subscription_type,
    }
    root = roots[kind]
    return "Query" if root is None else root.name
