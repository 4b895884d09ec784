"""Reads a supergraph SDL."""

from __future__ import annotations

from graphql import (
    DocumentNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSyntaxError,
    GraphQLUnionType,
    parse,
    print_schema,
)

from federation.supergraph.api_schema import build_schema, with_parts, without_inaccessible, without_machinery
from federation.supergraph.errors import SupergraphError
from federation.supergraph.features import CONTEXT, JOIN, PARTITION, read_features
from federation.supergraph.mark_shares import mark_shares
from federation.supergraph.read_join import read_join
from federation.supergraph.read_partitions import read_partitions
from federation.supergraph.read_subgraph_schemas import read_subgraph_schemas
from federation.supergraph.supergraph import Supergraph


def load_supergraph(sdl: str) -> Supergraph:
    """Read a supergraph in join v0.1 to v0.5, composed by any tool.

    Raises SupergraphError (`INVALID_FEDERATION_SUPERGRAPH`) if `sdl` is no supergraph or links, for security or
    execution, a feature this gateway does not know.
    """
    document = _parse(sdl)
    features = read_features(document)
    own = without_machinery(document, features)
    schema = build_schema(own)
    api_schema = build_schema(without_inaccessible(own, features))
    if schema.query_type is None or api_schema.query_type is None:
        raise SupergraphError("schema", "it has no query type for clients", "Give at least one subgraph a query field")
    join = read_join(document, features[JOIN], features.get(CONTEXT))
    partition = features.get(PARTITION)
    partitions = read_partitions(document, partition, join.subgraphs) if partition else {}
    return Supergraph(
        document=document,
        features=features,
        schema=schema,
        api_schema=api_schema,
        client_schema=with_parts(api_schema),
        api_sdl=print_schema(api_schema),
        subgraphs=join.subgraphs,
        subgraph_schemas=mark_shares(read_subgraph_schemas(schema, join), partitions),
        join_types=join.types,
        join_fields=join.fields,
        possible_types={
            name: (name,)
            if isinstance(type_, GraphQLObjectType)
            else tuple(t.name for t in schema.get_possible_types(type_))
            for name, type_ in schema.type_map.items()
            if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType) and name[:2] != "__"
        },
        hidden_types=frozenset(
            name
            for name, type_ in schema.type_map.items()
            if isinstance(type_, GraphQLObjectType) and name not in api_schema.type_map
        ),
        partitions=partitions,
    )


def _parse(sdl: str) -> DocumentNode:
    try:
        return parse(sdl, no_location=True)
    except GraphQLSyntaxError as error:
        raise SupergraphError(
            "schema", f"it is not GraphQL: {error.message.rstrip('.')}", "Give a supergraph SDL"
        ) from error
