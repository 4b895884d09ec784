"""The rules that keep interface objects true: who keys an interface knows all of it, who stands in for it knows none.

Source: https://specs.apollo.dev/federation/v2.3
"""

from __future__ import annotations

from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedSchema
from federation.composition.report import quoted
from federation.composition.schema import Kind, SubgraphSchema, TypeDefinition


def check_interface_objects(context: MergeContext, merged: MergedSchema) -> None:
    """Report keyed interfaces that miss implementations, and interface objects beside them or without any."""
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            if definition.name not in merged.types:
                continue  # it could not be merged, which is reported
            if definition.is_interface_object:
                _check_stand_in(context, merged, subgraph, definition)
            elif definition.kind is Kind.INTERFACE and _is_entry(definition):
                _check_complete(context, merged, subgraph, definition)


def _is_entry(definition: TypeDefinition) -> bool:
    return any(key.flag("resolvable", default=True) for key in definition.applied("key"))


def _check_complete(
    context: MergeContext, merged: MergedSchema, subgraph: SubgraphSchema, interface: TypeDefinition
) -> None:
    known = subgraph.implementations(interface.name)
    missing = [name for name in merged.possible_types(interface.name) if name not in known]
    if missing:
        context.report.error(
            "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE", interface.name,
            f'[{subgraph.name}] Interface "{interface.name}" has a resolvable key, so this subgraph must know all its '
            f"implementations; it lacks {quoted(missing)}. Let them implement it here, or set `resolvable: false`.",
            [(subgraph, interface.node)],
        )  # fmt: skip


def _check_stand_in(
    context: MergeContext, merged: MergedSchema, subgraph: SubgraphSchema, stand_in: TypeDefinition
) -> None:
    known = [name for name in merged.possible_types(stand_in.name) if name in subgraph.types]
    is_anywhere = any(
        stand_in.name in other.types and other.types[stand_in.name].kind is Kind.INTERFACE
        for other in context.subgraphs
    )
    if known:
        problem = f"this subgraph also defines its implementations {quoted(known)}. Define either."
    elif not is_anywhere:
        problem = "no subgraph defines that interface. Define it in one."
    else:
        return
    context.report.error(
        "INTERFACE_OBJECT_USAGE_ERROR", stand_in.name,
        f'[{subgraph.name}] "{stand_in.name}" is an @interfaceObject, but {problem}',
        [(subgraph, stand_in.node)],
    )  # fmt: skip
