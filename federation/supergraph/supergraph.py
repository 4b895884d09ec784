"""The supergraph as planner, executor, partitions and gateway see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphql import DocumentNode, GraphQLSchema

from federation.query_plan.nodes import SubgraphName
from federation.supergraph.features import Feature
from federation.supergraph.join import JoinField, JoinType
from federation.supergraph.partitions import PartitionedSubgraph
from federation.supergraph.subgraph_schema import Subgraph, SubgraphSchema


@dataclass(frozen=True, slots=True, eq=False)
class Supergraph:
    """A composed graph; immutable, shared, compared by identity.

    Attributes:
        document: the supergraph as it was given, parsed.
        features: what it links, by identity.
        schema: all of it, `@inaccessible` elements included, without the machinery of linked features.
        api_schema, api_sdl: what clients see of the graph.
        client_schema: the API schema with `@defer` and `@stream`, the gateway's own; by it operations are validated.
        subgraphs: in the order of `join__Graph`.
        subgraph_schemas: what each subgraph knows.
        join_types: the `@join__type` applications of each type.
        join_fields: the `@join__field` applications of each (type, field); none means every subgraph of the type.
        possible_types: the object types of each composite type, in schema order.
        hidden_types: the object types that clients do not know.
        partitions: the partitioned subgraphs.
    """

    document: DocumentNode
    features: Mapping[str, Feature]
    schema: GraphQLSchema
    api_schema: GraphQLSchema
    client_schema: GraphQLSchema
    api_sdl: str
    subgraphs: Mapping[SubgraphName, Subgraph]
    subgraph_schemas: Mapping[SubgraphName, SubgraphSchema]
    join_types: Mapping[str, tuple[JoinType, ...]]
    join_fields: Mapping[tuple[str, str], tuple[JoinField, ...]]
    possible_types: Mapping[str, tuple[str, ...]]
    hidden_types: frozenset[str]
    partitions: Mapping[SubgraphName, PartitionedSubgraph]
