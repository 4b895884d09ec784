"""Which interface objects give a type a field, in place of a definition on the type itself."""

from __future__ import annotations

from federation.composition.merge.context import MergeContext
from federation.composition.schema import Field, Kind, SubgraphSchema


def stand_ins(
    context: MergeContext, type_name: str, field_name: str, *, with_provided: bool = False
) -> list[tuple[SubgraphSchema, Field]]:
    """Give the interface objects' fields that the object type has through its interfaces; an interface has none so.

    An external field of an interface object is none, unless those that a `@provides` names are asked for too.
    """
    above = context.supertypes.get(type_name)
    if not above or _is_interface(context, type_name):
        return []
    found = []
    for interface in sorted(above):
        for subgraph in context.subgraphs:
            definition = subgraph.types.get(interface)
            if definition is None or not definition.is_interface_object or field_name not in definition.fields:
                continue
            usage, coordinate = context.usage[subgraph.name], (interface, field_name)
            is_provided = with_provided and coordinate in usage.provides
            if is_provided or coordinate not in usage.external:
                found.append((subgraph, definition.fields[field_name]))
    return found


def _is_interface(context: MergeContext, type_name: str) -> bool:
    return any(s.types[type_name].kind is Kind.INTERFACE for s in context.subgraphs if type_name in s.types)
