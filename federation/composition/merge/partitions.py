"""Carrying partitions and their directives into the supergraph, under their own link that other routers ignore."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graphql import print_ast

from federation.composition.merge.context import MergeContext
from federation.composition.report import quoted_string
from federation.composition.schema import Applied, Directed, SubgraphSchema
from federation.composition.specifications import PARTITION_ENUMS, PARTITION_IDENTITY

PARTITION_DEFINITIONS = (
    "@partition(graph: join__Graph!, city: String!, name: String!, url: String!) repeatable on SCHEMA",
    "@partition__key(graph: join__Graph!, field: String!) repeatable on OBJECT",
    (
        "@partition__merge(graph: join__Graph!, rule: partition__MergeRule!, by: String, order: partition__MergeOrder)"
        " repeatable on FIELD_DEFINITION"
    ),
    "@partition__route(graph: join__Graph!, argument: String!) repeatable on FIELD_DEFINITION",
    "@partition__staleWhileUnavailable(graph: join__Graph!, maxAge: Int!) repeatable on FIELD_DEFINITION",
)
# Scalars, not enums: @apollo/gateway demands `@join__type` of every enum, and a scalar takes the same literals.
PARTITION_TYPES = "\n\n".join(f"scalar partition__{name}" for name in sorted(PARTITION_ENUMS))

# By our directive: its name in the supergraph and the arguments it carries.
_CARRIED = {
    "partitionKey": ("partition__key", ("field",)),
    "route": ("partition__route", ("argument",)),
    "merge": ("partition__merge", ("rule", "by", "order")),
    "staleWhileUnavailable": ("partition__staleWhileUnavailable", ("maxAge",)),
}


def partition_schema_lines(context: MergeContext) -> tuple[str, ...]:
    """Give the link and each partition in the order of the configuration; nothing where there are no partitions."""
    partitions = [
        f"@partition(graph: {context.graph(subgraph)}, city: {quoted_string(partition.city)}, "
        f"name: {quoted_string(partition.name)}, url: {quoted_string(partition.url)})"
        for subgraph in context.subgraphs
        for partition in subgraph.partitions
    ]
    return (f'@link(url: "{PARTITION_IDENTITY}/v1.1")', *partitions) if partitions else ()


def partition_type_joins(context: MergeContext, sources: Sequence[tuple[SubgraphSchema, Directed]]) -> tuple[str, ...]:
    """Give the `@partition__key`s of a type."""
    return tuple(_carried(context, sources, ("partitionKey",)))


def partition_field_joins(context: MergeContext, sources: Sequence[tuple[SubgraphSchema, Directed]]) -> tuple[str, ...]:
    """Give what a field carries: `@partition__route`, `@partition__merge`, `@partition__staleWhileUnavailable`."""
    return tuple(_carried(context, sources, ("route", "merge", "staleWhileUnavailable")))


def _carried(
    context: MergeContext, sources: Sequence[tuple[SubgraphSchema, Directed]], names: Iterable[str]
) -> Iterator[str]:
    for subgraph, element in sources:
        if subgraph.partitions:
            for name in names:
                for applied in element.applied(name):
                    yield _application(context.graph(subgraph), applied)


def _application(graph: str, applied: Applied) -> str:
    name, arguments = _CARRIED[applied.name]
    given = [f"{key}: {print_ast(applied.arguments[key])}" for key in arguments if key in applied.arguments]
    return f"@{name}({', '.join([f'graph: {graph}', *given])})"
