"""Marks what one city alone gives of a partitioned subgraph.

An entity that several cities may know is whole only where all of them were asked for it. Below a routed field, in an
item of a list that is put together from all cities, in a subscription's event, or in an entity of one city, there is
only that city's share: its key can be read, everything else is asked of all cities by an entity call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graphql import FieldNode, ListTypeNode, NonNullTypeNode

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.partitions import MergeRule, PartitionedSubgraph
from federation.supergraph.subgraph_schema import SubgraphField, SubgraphSchema, SubgraphType, SubgraphTypeKind

_SUBSCRIPTION = "Subscription"  # supergraphs name root types so
_ONE_CITYS = frozenset({MergeRule.CONNECTION, MergeRule.LATEST})


def mark_shares(
    schemas: Mapping[SubgraphName, SubgraphSchema], partitions: Mapping[SubgraphName, PartitionedSubgraph]
) -> Mapping[SubgraphName, SubgraphSchema]:
    """Give the schemas with `is_share`, `shared_key_fields`, `is_of_one_city` set where there are partitions."""
    return {
        name: schema if name not in partitions else _mark_schema(schema, partitions[name])
        for name, schema in schemas.items()
    }


def _mark_schema(schema: SubgraphSchema, partitioned: PartitionedSubgraph) -> SubgraphSchema:
    types = {name: _mark_type(type_, schema, partitioned) for name, type_ in schema.types.items()}
    return replace(schema, types=types)


def _mark_type(type_: SubgraphType, schema: SubgraphSchema, partitioned: PartitionedSubgraph) -> SubgraphType:
    is_of_one_city = type_.name in partitioned.partition_keys
    is_entity = type_.kind is SubgraphTypeKind.OBJECT and any(key.resolvable for key in type_.keys)
    return replace(
        type_,
        fields={
            name: replace(field, is_share=_is_share(type_, field, schema, partitioned))
            for name, field in type_.fields.items()
        },
        shared_key_fields=_key_fields(type_) if is_entity and not is_of_one_city else None,
        is_of_one_city=is_of_one_city,
    )


def _is_share(
    type_: SubgraphType, field: SubgraphField, schema: SubgraphSchema, partitioned: PartitionedSubgraph
) -> bool:
    """Whether the field's value, or each item of its list, comes from one city."""
    owners = (type_.name, *sorted(type_.interfaces))
    merge = next((m for owner in owners if (m := partitioned.merges.get((owner, field.name)))), None)
    is_list = isinstance(field.type.type if isinstance(field.type, NonNullTypeNode) else field.type, ListTypeNode)
    return (
        is_list
        or type_.name == _SUBSCRIPTION
        or (type_.name, field.name) in partitioned.routes
        or (merge is not None and merge.rule in _ONE_CITYS)
        or _can_be_of_one_city(field, schema, partitioned)
    )


def _can_be_of_one_city(field: SubgraphField, schema: SubgraphSchema, partitioned: PartitionedSubgraph) -> bool:
    value = schema.types.get(field.type_name)
    return value is not None and not value.possible_types.isdisjoint(partitioned.partition_keys)


def _key_fields(type_: SubgraphType) -> frozenset[str]:
    return frozenset(
        node.name.value for key in type_.keys for node in key.selection.selections if isinstance(node, FieldNode)
    )
