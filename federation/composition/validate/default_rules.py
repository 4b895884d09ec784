"""Default values against the merged types: merging may have taken what a default uses, and clients may not see it."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import (
    EnumValueNode,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    print_ast,
)

from federation.composition.merge.merged import MergedInput, MergedSchema
from federation.composition.report import Report
from federation.composition.types import named_type
from federation.composition.validate.hiding import Hiding
from federation.composition.validate.literals import fits


def check_default(report: Report, merged: MergedSchema, element: tuple[str, MergedInput], hiding: Hiding) -> None:
    """Report a default that its type does not accept, or that uses what the API does not show."""
    coordinate, value = element
    if value.default is None:
        return
    if not fits(merged.types, value.type, value.default):
        report.error(
            "INVALID_GRAPHQL", coordinate,
            f'The default {print_ast(value.default)} of "{coordinate}" is no value of the merged type "{value.type}". '
            "Change the default, or add what it uses to all subgraphs.",
        )  # fmt: skip
        return
    for used in _hidden_parts(merged, named_type(value.type), value.default):
        report.error(
            "DEFAULT_VALUE_USES_INACCESSIBLE", coordinate,
            f'The default of "{coordinate}" uses "{used}", which {hiding.hidden}. {hiding.show}or change the default.',
        )  # fmt: skip


def _hidden_parts(merged: MergedSchema, type_name: str, default: ValueNode) -> Iterator[str]:
    definition = merged.types.get(type_name)
    match default:
        case ListValueNode():
            for item in default.values:
                yield from _hidden_parts(merged, type_name, item)
        case EnumValueNode() if definition is not None and default.value in definition.values:
            if definition.values[default.value].is_inaccessible:
                yield f"{type_name}.{default.value}"
        case ObjectValueNode() if definition is not None:
            for field in default.fields:
                declared = definition.inputs.get(field.name.value)
                if declared is not None and declared.is_inaccessible:
                    yield f"{type_name}.{declared.name}"
                elif declared is not None:
                    yield from _hidden_parts(merged, named_type(declared.type), field.value)
