"""`@requires` against the merged schema: an argument it gives may have been left out, since some subgraph lacks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from federation.composition.field_sets import SelectedField, Selection, TypeCondition, parse_field_set
from federation.composition.merge.context import MergeContext
from federation.composition.merge.merged import MergedSchema
from federation.composition.report import in_subgraphs
from federation.composition.schema import SubgraphSchema
from federation.composition.types import named_type


def check_requirements(context: MergeContext, merged: MergedSchema) -> None:
    """Report requirements that the supergraph cannot state."""
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            for field in definition.fields.values():
                for applied in field.applied("requires"):
                    selections = parse_field_set(applied.text("fields") or "")
                    for owner, name, argument in _lost_arguments(merged, definition.name, selections):
                        lacking = _subgraphs_without(context, owner, name, argument)
                        context.report.error(
                            "REQUIRES_INVALID_FIELDS", f"{definition.name}.{field.name}",
                            f'[{subgraph.name}] @requires of "{definition.name}.{field.name}" gives a value to '
                            f'"{owner}.{name}({argument}:)", which {in_subgraphs(lacking)} lacks. Add it there.',
                            [(subgraph, applied.node or field.node)],
                        )  # fmt: skip


def _lost_arguments(
    merged: MergedSchema, parent: str, selections: Iterable[Selection]
) -> Iterator[tuple[str, str, str]]:
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                yield from _lost_arguments(merged, type_name or parent, below)
            case SelectedField(name, below, arguments):
                field = merged.types[parent].fields.get(name) if parent in merged.types else None
                if field is None:
                    continue
                yield from ((parent, name, argument) for argument, _ in arguments if argument not in field.arguments)
                yield from _lost_arguments(merged, named_type(field.type), below)


def _subgraphs_without(context: MergeContext, owner: str, name: str, argument: str) -> list[SubgraphSchema]:
    return [
        subgraph
        for subgraph in context.subgraphs
        if owner in subgraph.types
        and name in subgraph.types[owner].fields
        and argument not in subgraph.types[owner].fields[name].arguments
    ]
