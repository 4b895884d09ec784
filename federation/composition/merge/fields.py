"""Merging a field of an object or interface: who resolves it, its type, its arguments, and its `@join__field`s."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from federation.composition.merge.cache_tags import cache_tag_joins
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import client_arguments, context_arguments
from federation.composition.merge.descriptions import merge_description
from federation.composition.merge.directives import ComposedNames, merge_directives
from federation.composition.merge.externals import check_externals
from federation.composition.merge.inputs import ARGUMENT, merge_inputs
from federation.composition.merge.merged import MergedField, MergedInput
from federation.composition.merge.overrides import FieldSource, Override, override_label, read_overrides
from federation.composition.merge.partitions import partition_field_joins
from federation.composition.merge.sharing import check_shared_stand_ins, check_sharing
from federation.composition.merge.stand_ins import stand_ins
from federation.composition.report import by_value, quoted_string
from federation.composition.schema import Field, SubgraphSchema
from federation.composition.types import TypeRef, is_covariant


@dataclass(frozen=True, slots=True)
class FieldParts:
    """The definitions of one field, split by what they are for.

    Attributes:
        owners: names of the subgraphs that have the type, with or without this field.
        sources: all definitions.
        external: those that only refer to the field.
        resolving: those that are neither external nor overridden for all requests.
        declaring: those that say what the field is: all but the external ones, since an override may be undone. Where
            an interface object alone resolves the field, the external ones have to say it.
    """

    type_name: str
    name: str
    is_interface: bool
    owners: tuple[SubgraphSchema, ...]
    sources: tuple[FieldSource, ...]
    external: tuple[FieldSource, ...]
    resolving: tuple[FieldSource, ...]
    declaring: tuple[FieldSource, ...]
    overrides: Mapping[str, Override]

    @property
    def coordinate(self) -> str:
        """`Type.field`."""
        return f"{self.type_name}.{self.name}"


def merge_field(
    context: MergeContext,
    parts: FieldParts,
    composed: ComposedNames,
) -> MergedField | None:
    """Give the merged field, or None where no subgraph resolves it (reported)."""
    coordinate = parts.coordinate
    if not parts.resolving and not stand_ins(context, parts.type_name, parts.name):
        context.report.error(
            "EXTERNAL_MISSING_ON_BASE",
            coordinate,
            f'"{coordinate}" is @external wherever it is defined. Define it without @external in one subgraph.',
            [(subgraph, field.node) for subgraph, field in parts.sources],
        )
        return None
    if parts.resolving:
        check_sharing(context, parts.type_name, parts.is_interface, _providing(context, parts), parts.overrides)
    else:
        check_shared_stand_ins(context, parts.type_name, parts.name)
    merged_type = _merge_type(context, parts)
    arguments = _merge_arguments(context, parts, composed)
    merged = MergedField(
        parts.name,
        merge_description(context.report, coordinate, parts.declaring),
        merge_directives(context, coordinate, parts.declaring, composed),
        _joins(context, parts, merged_type) + _carried_joins(context, parts),
        merged_type,
        arguments,
    )
    check_externals(context, merged, coordinate, parts.external, parts.declaring)
    return merged


def _merge_arguments(context: MergeContext, parts: FieldParts, composed: ComposedNames) -> dict[str, MergedInput]:
    if not any(field.arguments for _, field in parts.declaring):
        return {}
    sources = client_arguments(context, parts.coordinate, parts.declaring)
    return merge_inputs(context, f"{parts.coordinate}({{}}:)", sources, ARGUMENT, composed)


def _carried_joins(context: MergeContext, parts: FieldParts) -> tuple[str, ...]:
    if not any(field.directives for _, field in parts.sources):
        return ()
    return cache_tag_joins(context, parts.sources) + partition_field_joins(context, parts.sources)


def _providing(context: MergeContext, parts: FieldParts) -> list[FieldSource]:
    """Give the definitions that answer the field on some path."""
    if not parts.external:
        return list(parts.resolving)
    coordinate = (parts.type_name, parts.name)
    return [
        source
        for source in parts.sources
        if source in parts.resolving
        or (source in parts.external and coordinate in context.usage[source[0].name].provides)
    ]


def split_sources(
    context: MergeContext,
    type_name: str,
    owners: Sequence[SubgraphSchema],
    sources: Sequence[FieldSource],
    *,
    is_interface: bool,
) -> FieldParts:
    """Find out what each definition is for."""
    coordinate = (type_name, sources[0][1].name)
    external: list[FieldSource] = []
    declaring: list[FieldSource] = []
    for source in sources:
        (external if coordinate in context.usage[source[0].name].external else declaring).append(source)
    overrides = read_overrides(context, type_name, sources)
    return FieldParts(
        type_name,
        sources[0][1].name,
        is_interface,
        tuple(owners),
        tuple(sources),
        external=tuple(external),
        resolving=tuple(source for source in declaring if not _is_lost(source[0], overrides)),
        declaring=tuple(declaring) or tuple(sources),
        overrides=overrides,
    )


def _is_lost(subgraph: SubgraphSchema, overrides: Mapping[str, Override]) -> bool:
    """Tell whether another subgraph overrides the field for every request."""
    override = overrides.get(subgraph.name)
    return override is not None and override.label is None


def _merge_type(context: MergeContext, parts: FieldParts) -> TypeRef:
    sources = parts.declaring
    widest = sources[0][1].type
    for _, field in sources[1:]:
        if is_covariant(widest, field.type, context.is_subtype):
            widest = field.type
        elif not is_covariant(field.type, widest, context.is_subtype):
            context.report.error(
                "FIELD_TYPE_MISMATCH",
                parts.coordinate,
                f'"{parts.coordinate}" has types without a common type: '
                f"{by_value((s, str(f.type)) for s, f in sources)}. Give it one type.",
                [(s, f.node) for s, f in sources],
            )
            return widest
    if any(field.type != widest for _, field in sources):
        context.report.hint(
            "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
            parts.coordinate,
            f'"{parts.coordinate}" has type {by_value((s, str(f.type)) for s, f in sources)}; '
            f'the supergraph has "{widest}".',
            [subgraph for subgraph, _ in sources],
        )
    return widest


def _joins(context: MergeContext, parts: FieldParts, merged_type: TypeRef) -> tuple[str, ...]:
    """Give the `@join__field`s; none are needed where every subgraph of the type resolves the field alike."""
    is_typed = any(field.type != merged_type for _, field in parts.sources)
    applications = [
        (subgraph, arguments)
        for subgraph, field in parts.sources
        if (arguments := _join_arguments(context, parts, subgraph, field, is_typed=is_typed)) is not None
    ]
    is_plain = not any(_is_telling(argument) for _, arguments in applications for argument in arguments)
    if len(applications) == len(parts.owners) and is_plain:
        return ()
    return tuple(
        f"@join__field({', '.join([f'graph: {context.graph(subgraph)}', *arguments])})"
        for subgraph, arguments in applications
    )


def _is_telling(argument: str) -> bool:
    """An override alone says nothing new: what it takes away is missing or marked at its source."""
    return not argument.startswith("override:")


def _join_arguments(
    context: MergeContext, parts: FieldParts, subgraph: SubgraphSchema, field: Field, *, is_typed: bool
) -> list[str] | None:
    if not is_typed and not parts.overrides and not field.directives and not field.arguments:
        return []
    override = parts.overrides.get(subgraph.name)
    is_used = override is not None and context.usage[subgraph.name].is_used((parts.type_name, parts.name))
    if override is not None and override.label is None and not is_used:
        return None
    arguments = [
        f"{name}: {quoted_string(text)}"
        for name in ("requires", "provides")
        for applied in field.applied(name)
        if (text := applied.text("fields")) is not None
    ]
    if is_typed:
        arguments.append(f'type: "{field.type}"')
    if (subgraph, field) in parts.external:
        arguments.append("external: true")
    is_overriding = any(subgraph.name in other.labels for other in parts.overrides.values())
    overriding = _override_arguments(field, override, is_used=is_used, is_overriding=is_overriding)
    return [*arguments, *overriding, *context_arguments(subgraph, field)]


def _override_arguments(field: Field, override: Override | None, *, is_used: bool, is_overriding: bool) -> list[str]:
    """`override` says who took the field from this subgraph, `is_overriding` that its own override has an effect."""
    arguments: list[str] = []
    label = override.label if override is not None else None
    for applied in field.applied("override"):
        arguments.append(f"override: {quoted_string(applied.text('from') or '')}")
        label = override_label(applied) if is_overriding else label
    if override is not None and is_used:
        arguments.append("usedOverridden: true")
    if label is not None:
        arguments.append(f"overrideLabel: {quoted_string(label)}")
    return arguments
