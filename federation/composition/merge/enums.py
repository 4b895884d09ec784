"""Merging enum values by where the enum is used: output takes all, input the common ones, both must agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Flag, auto

from federation.composition.merge.context import MergeContext
from federation.composition.merge.descriptions import merge_description
from federation.composition.merge.directives import ComposedNames, merge_directives
from federation.composition.merge.merged import MergedDirectiveDefinition, MergedElement, MergedType
from federation.composition.report import in_subgraphs
from federation.composition.schema import EnumValue, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type

TypeSource = tuple[SubgraphSchema, TypeDefinition]


class Position(Flag):
    """Where a type is used over all subgraphs."""

    UNUSED = 0
    INPUT = auto()
    OUTPUT = auto()


def read_positions(
    subgraphs: Sequence[SubgraphSchema], merged: Iterable[MergedType], directives: Iterable[MergedDirectiveDefinition]
) -> dict[str, Position]:
    """Give the positions of every named type: in what is merged, and in all input fields, also those left out."""
    fields = [field for definition in merged for field in definition.fields.values()]
    outputs = {named_type(field.type) for field in fields}
    inputs = {named_type(argument.type) for field in fields for argument in field.arguments.values()}
    inputs.update(_input_uses(subgraphs, directives))
    return {
        name: (Position.INPUT if name in inputs else Position.UNUSED)
        | (Position.OUTPUT if name in outputs else Position.UNUSED)
        for name in inputs | outputs
    }


def _input_uses(subgraphs: Sequence[SubgraphSchema], directives: Iterable[MergedDirectiveDefinition]) -> Iterator[str]:
    for directive in directives:
        yield from (named_type(argument.type) for argument in directive.arguments.values())
    for subgraph in subgraphs:
        for definition in subgraph.types.values():
            yield from (named_type(value.type) for value in definition.inputs.values())


def merge_enum_values(
    context: MergeContext, name: str, sources: Sequence[TypeSource], position: Position, composed: ComposedNames
) -> dict[str, MergedElement]:
    """Give the merged values in the order of the first subgraph that has them."""
    if position is Position.UNUSED:
        context.report.hint(
            "UNUSED_ENUM_TYPE",
            name,
            f'Enum "{name}" is used nowhere; it is merged as an output.',
            [subgraph for subgraph, _ in sources],
        )
    values: dict[str, MergedElement] = {}
    for value in dict.fromkeys(value for _, definition in sources for value in definition.values):
        having = [
            (subgraph, definition.values[value]) for subgraph, definition in sources if value in definition.values
        ]
        if len(having) < len(sources) and not _keep(context, name, having, sources, position):
            continue
        coordinate = f"{name}.{value}"
        values[value] = MergedElement(
            value,
            merge_description(context.report, coordinate, having),
            merge_directives(context, coordinate, having, composed),
            tuple(f"@join__enumValue(graph: {context.graph(subgraph)})" for subgraph, _ in having),
        )
    if not values:
        context.report.error(
            "EMPTY_MERGED_ENUM_TYPE",
            name,
            f'The versions of input enum "{name}" have no value in common. Give all subgraphs a common value.',
            [(subgraph, definition.node) for subgraph, definition in sources],
        )
    return values


def _keep(
    context: MergeContext,
    name: str,
    having: Sequence[tuple[SubgraphSchema, EnumValue]],
    sources: Sequence[TypeSource],
    position: Position,
) -> bool:
    """Decide on a value that some subgraphs lack."""
    value = having[0][1].name
    coordinate = f"{name}.{value}"
    lacking = [subgraph for subgraph, definition in sources if value not in definition.values]
    where = f"it is in {in_subgraphs([s for s, _ in having])} but not in {in_subgraphs(lacking)}"
    if Position.INPUT in position and any(v.has("inaccessible") for _, v in having):
        return True
    if position is Position.INPUT | Position.OUTPUT:
        context.report.error(
            "ENUM_VALUE_MISMATCH",
            coordinate,
            f'Enum "{name}" is used as input and output, so all subgraphs need the same values, but "{value}" is not '
            f"everywhere: {where}. Add the value there or mark it @inaccessible.",
            [(subgraph, source.node) for subgraph, source in having],
        )
        return True
    if position is Position.INPUT:
        context.report.hint(
            "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM",
            coordinate,
            f'Value "{coordinate}" of an input enum is left out: {where}.',
            [s for s, _ in having],
        )
        return False
    context.report.hint(
        "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM",
        coordinate,
        f'Value "{coordinate}" is kept: {where}.',
        [s for s, _ in having],
    )
    return True
