"""Merging arguments and input fields: only what every subgraph knows, with the narrowest type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphql import ValueNode

from federation.composition.merge.context import MergeContext
from federation.composition.merge.descriptions import merge_description
from federation.composition.merge.directives import ComposedNames, merge_directives
from federation.composition.merge.merged import MergedInput
from federation.composition.report import by_value, in_subgraphs
from federation.composition.schema import InputValue, SubgraphSchema, print_literal
from federation.composition.types import TypeRef, is_covariant, is_non_null
from federation.composition.validate.literals import literal_value

InputSource = tuple[SubgraphSchema, InputValue]


@dataclass(frozen=True, slots=True)
class InputCodes:
    """The codes of one sort of input value."""

    sort: str
    type_mismatch: str
    type_hint: str
    default_mismatch: str
    missing: str
    missing_hint: str


ARGUMENT = InputCodes(
    "argument",
    "FIELD_ARGUMENT_TYPE_MISMATCH",
    "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE",
    "FIELD_ARGUMENT_DEFAULT_MISMATCH",
    "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
    "INCONSISTENT_ARGUMENT_PRESENCE",
)
INPUT_FIELD = InputCodes(
    "input field",
    "FIELD_TYPE_MISMATCH",
    "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
    "INPUT_FIELD_DEFAULT_MISMATCH",
    "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
    "INCONSISTENT_INPUT_OBJECT_FIELD",
)


def merge_inputs(
    context: MergeContext,
    pattern: str,
    sources: Sequence[tuple[SubgraphSchema, Mapping[str, InputValue]]],
    codes: InputCodes,
    composed: ComposedNames,
) -> dict[str, MergedInput]:
    """Give the intersection, by name. `pattern` makes a coordinate of a name, e.g. `Query.cards({}:)`."""
    names = dict.fromkeys(name for _, values in sources for name in values)
    merged: dict[str, MergedInput] = {}
    for name in names:
        having = [(subgraph, values[name]) for subgraph, values in sources if name in values]
        lacking = [subgraph for subgraph, values in sources if name not in values]
        coordinate = pattern.format(name)
        if lacking and not _is_kept_inaccessible(having, codes):
            _report_missing(context, coordinate, having, lacking, codes)
            if codes is INPUT_FIELD:
                merge_input(context, coordinate, having, codes, composed)  # its faults count although it is left out
            continue
        merged[name] = merge_input(context, coordinate, having, codes, composed)
    return merged


def _is_kept_inaccessible(having: Sequence[InputSource], codes: InputCodes) -> bool:
    """An inaccessible input field is not in the API, so no subgraph needs to know it."""
    return codes is INPUT_FIELD and any(value.has("inaccessible") for _, value in having)


def _report_missing(
    context: MergeContext,
    coordinate: str,
    having: Sequence[InputSource],
    lacking: Sequence[SubgraphSchema],
    codes: InputCodes,
) -> None:
    required = [(subgraph, value) for subgraph, value in having if is_non_null(value.type) and value.default is None]
    if required:
        context.report.error(
            codes.missing,
            coordinate,
            f'The {codes.sort} "{coordinate}" is required in {in_subgraphs([s for s, _ in required])} but unknown to '
            f"{in_subgraphs(lacking)}. Add it there, or make it nullable or give it a default.",
            [(subgraph, value.node) for subgraph, value in required],
        )
    else:
        context.report.hint(
            codes.missing_hint,
            coordinate,
            f'The {codes.sort} "{coordinate}" is left out: it is in {in_subgraphs([s for s, _ in having])} but not in '
            f"{in_subgraphs(lacking)}.",
            [subgraph for subgraph, _ in having],
        )


def merge_input(
    context: MergeContext, coordinate: str, sources: Sequence[InputSource], codes: InputCodes, composed: ComposedNames
) -> MergedInput:
    """Merge one argument or input field that all these subgraphs have."""
    merged_type = _merge_type(context, coordinate, sources, codes)
    joins: tuple[str, ...] = ()
    return MergedInput(
        sources[0][1].name,
        merge_description(context.report, coordinate, sources),
        merge_directives(context, coordinate, sources, composed),
        joins,
        merged_type,
        _merge_default(context, coordinate, sources, codes),
    )


def _merge_type(context: MergeContext, coordinate: str, sources: Sequence[InputSource], codes: InputCodes) -> TypeRef:
    narrowest = sources[0][1].type
    for _, value in sources[1:]:
        if is_covariant(value.type, narrowest, context.is_subtype):
            narrowest = value.type
        elif not is_covariant(narrowest, value.type, context.is_subtype):
            context.report.error(
                codes.type_mismatch,
                coordinate,
                f'The {codes.sort} "{coordinate}" has types that no value fits: '
                f"{by_value((s, str(v.type)) for s, v in sources)}. Give it one type.",
                [(s, v.node) for s, v in sources],
            )
            return narrowest
    if any(value.type != narrowest for _, value in sources):
        context.report.hint(
            codes.type_hint,
            coordinate,
            f'The {codes.sort} "{coordinate}" has type {by_value((s, str(v.type)) for s, v in sources)}; '
            f'the supergraph has "{narrowest}".',
            [subgraph for subgraph, _ in sources],
        )
    return narrowest


def _merge_default(
    context: MergeContext, coordinate: str, sources: Sequence[InputSource], codes: InputCodes
) -> ValueNode | None:
    given = [(s, v, print_literal(v.default)) for s, v in sources if v.default is not None]
    if not given:
        return None
    if len({literal_value(v.default) for _, v, _ in given if v.default is not None}) > 1:
        context.report.error(
            codes.default_mismatch,
            coordinate,
            f'The {codes.sort} "{coordinate}" has default {by_value((s, p) for s, _, p in given)}. Give it one.',
            [(s, v.node) for s, v, _ in given],
        )
    elif len(given) < len(sources):
        context.report.hint(
            "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
            coordinate,
            f'The {codes.sort} "{coordinate}" has a default in {in_subgraphs([s for s, _, _ in given])} only; '
            "the supergraph has none.",
            [s for s, _, _ in given],
        )
        return None
    return given[0][1].default
