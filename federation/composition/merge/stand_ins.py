"""Which interface objects give a type a field, in place of a definition on the type itself."""

from __future__ import annotations

from federation.composition.merge.context import MergeContext
from federation.composition.schema import Field, SubgraphSchema


def stand_ins(context: MergeContext, type_name: str, field_name: str) -> list[tuple[SubgraphSchema, Field]]:
    """Give the interface objects' fields that the type has through its interfaces."""
    above = context.supertypes.get(type_name)
    if not above:
        return []
    return [
        (subgraph, subgraph.types[interface].fields[field_name])
        for interface in sorted(above)
        for subgraph in context.subgraphs
        if interface in subgraph.types
        and subgraph.types[interface].is_interface_object
        and field_name in subgraph.types[interface].fields
        and (interface, field_name) not in context.usage[subgraph.name].external
        and (interface, field_name) not in context.usage[subgraph.name].keys
    ]
