"""Merging one type over all subgraphs that have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from federation.composition.field_sets import FieldCoordinate
from federation.composition.merge.cache_tags import cache_tag_joins
from federation.composition.merge.context import MergeContext
from federation.composition.merge.contexts import merge_contexts
from federation.composition.merge.descriptions import merge_description
from federation.composition.merge.directives import ComposedNames, merge_directives
from federation.composition.merge.enums import Position, TypeSource, merge_enum_values
from federation.composition.merge.fields import merge_field, split_sources
from federation.composition.merge.inputs import INPUT_FIELD, merge_inputs
from federation.composition.merge.merged import MergedField, MergedInput, MergedType
from federation.composition.merge.overrides import FieldSource
from federation.composition.merge.partitions import partition_type_joins
from federation.composition.report import by_value, in_subgraphs, quoted_string
from federation.composition.schema import Applied, Kind, SubgraphSchema, TypeDefinition

_ROOTS = frozenset({"Query", "Mutation", "Subscription"})


def merge_type(
    context: MergeContext, name: str, sources: Sequence[TypeSource], position: Position, composed: ComposedNames
) -> MergedType | None:
    """Give the merged type, or None where the subgraphs disagree on its kind (reported)."""
    if not _agree_on_kind(context, name, sources):
        return None
    _check_extension(context, name, sources)
    kind = sources[0][1].merged_kind
    merged = MergedType(
        name,
        merge_description(context.report, name, sources),
        merge_directives(context, name, sources, composed) + merge_contexts(sources),
        _joins_of_all(context, sources),
        kind,
    )
    match kind:
        case Kind.OBJECT | Kind.INTERFACE:
            interfaces = tuple(dict.fromkeys(name for _, definition in sources for name in definition.interfaces))
            fields = _merge_fields(context, name, sources, kind, composed)
            _hint_entity(context, name, sources, kind)
            return replace(merged, interfaces=interfaces, fields=fields)
        case Kind.INPUT:
            return replace(merged, inputs=_merge_input_fields(context, name, sources, composed))
        case Kind.UNION:
            return replace(merged, members=_merge_members(context, name, sources))
        case Kind.ENUM:
            return replace(merged, values=merge_enum_values(context, name, sources, position, composed))
        case Kind.SCALAR:
            return merged


def _agree_on_kind(context: MergeContext, name: str, sources: Sequence[TypeSource]) -> bool:
    kinds = [(subgraph, definition.merged_kind) for subgraph, definition in sources]
    if len({kind for _, kind in kinds}) == 1:
        return True
    context.report.error(
        "TYPE_KIND_MISMATCH",
        name,
        f'"{name}" is of different kinds: {by_value((s, k.value) for s, k in kinds)}. Use one kind, or two names.',
        [(subgraph, definition.node) for subgraph, definition in sources],
    )
    return False


def _check_extension(context: MergeContext, name: str, sources: Sequence[TypeSource]) -> None:
    """A Federation 2 definition in any subgraph is base enough, and so is an entity's extension by key."""
    if name in _ROOTS or any(_is_base(subgraph, definition) for subgraph, definition in sources):
        return
    context.report.error(
        "EXTENSION_WITH_NO_BASE",
        name,
        f'"{name}" is extended in {in_subgraphs([s for s, _ in sources])} but defined nowhere. '
        "Define it in one subgraph.",
        [(subgraph, definition.node) for subgraph, definition in sources],
    )


def _is_base(subgraph: SubgraphSchema, definition: TypeDefinition) -> bool:
    """In Federation 2 `@extends` on a definition says nothing about another one."""
    is_federation_2 = subgraph.federation_version is not None
    return not definition.is_extension or (is_federation_2 and not definition.is_only_extended)


def _joins_of_all(context: MergeContext, sources: Sequence[TypeSource]) -> tuple[str, ...]:
    own = tuple(join for source in sources for join in _joins(context, source))
    return own + cache_tag_joins(context, sources) + partition_type_joins(context, sources)


def _joins(context: MergeContext, source: TypeSource) -> list[str]:
    subgraph, definition = source
    graph = f"graph: {context.graph(subgraph)}"
    implements = [f'@join__implements({graph}, interface: "{name}")' for name in definition.interfaces]
    is_extension = definition.is_extension and definition.has("key") and definition.name not in _ROOTS
    extension = ["extension: true"] if is_extension else []
    stand_in = ["isInterfaceObject: true"] if definition.is_interface_object else []
    keys = [_key_arguments(key) for key in definition.applied("key")] or [[]]
    types = [f"@join__type({', '.join([graph, *key[:1], *extension, *key[1:], *stand_in])})" for key in keys]
    members = [f'@join__unionMember({graph}, member: "{member}")' for member in definition.members]
    return implements + types + members


def _key_arguments(key: Applied) -> list[str]:
    resolvable = key.flag("resolvable", default=True)
    return [f"key: {quoted_string(key.text('fields') or '')}", *([] if resolvable else ["resolvable: false"])]


def _merge_fields(
    context: MergeContext, name: str, sources: Sequence[TypeSource], kind: Kind, composed: ComposedNames
) -> Mapping[str, MergedField]:
    owners = tuple(subgraph for subgraph, _ in sources)
    having: dict[str, list[FieldSource]] = {}
    for subgraph, definition in sources:
        for field in definition.fields.values():
            having.setdefault(field.name, []).append((subgraph, field))
    is_value_type = name not in _ROOTS and not any(definition.has("key") for _, definition in sources)
    fields: dict[str, MergedField] = {}
    for field_name, found in having.items():
        parts = split_sources(context, name, owners, found, is_interface=kind is Kind.INTERFACE)
        merged = merge_field(context, parts, composed)
        if merged is not None:
            fields[field_name] = merged
        if is_value_type and len(found) < len(sources):
            _hint_value_type(context, sources, kind, (name, field_name))
    return fields


def _hint_value_type(
    context: MergeContext, sources: Sequence[TypeSource], kind: Kind, coordinate: FieldCoordinate
) -> None:
    """A subgraph that only refers to a type's fields need not have all of them."""
    name, field_name = coordinate
    lacking = [
        subgraph
        for subgraph, definition in sources
        if field_name not in definition.fields
        and not all((name, own) in context.usage[subgraph.name].external for own in definition.fields)
    ]
    if not lacking:
        return
    sort = "OBJECT" if kind is Kind.OBJECT else "INTERFACE"
    context.report.hint(
        f"INCONSISTENT_{sort}_VALUE_TYPE_FIELD",
        f"{name}.{field_name}",
        f'"{name}.{field_name}" is not in {in_subgraphs(lacking)}, which has the type too.',
        lacking,
    )


def _hint_entity(context: MergeContext, name: str, sources: Sequence[TypeSource], kind: Kind) -> None:
    keyed = [subgraph for subgraph, definition in sources if definition.has("key")]
    if kind is Kind.OBJECT and keyed and len(keyed) < len(sources):
        context.report.hint(
            "INCONSISTENT_ENTITY",
            name,
            f'"{name}" has a key in {in_subgraphs(keyed)} but in none of the other subgraphs that define it.',
            keyed,
        )


def _merge_input_fields(
    context: MergeContext, name: str, sources: Sequence[TypeSource], composed: ComposedNames
) -> Mapping[str, MergedInput]:
    by_subgraph = [(subgraph, definition.inputs) for subgraph, definition in sources]
    fields = merge_inputs(context, f"{name}.{{}}", by_subgraph, INPUT_FIELD, composed)
    if not fields:
        context.report.error(
            "EMPTY_MERGED_INPUT_TYPE",
            name,
            f'The versions of input "{name}" have no field in common. Give all subgraphs a common field.',
            [(subgraph, definition.node) for subgraph, definition in sources],
        )
    return {field.name: replace(field, joins=_input_joins(context, field, sources)) for field in fields.values()}


def _input_joins(context: MergeContext, field: MergedInput, sources: Sequence[TypeSource]) -> tuple[str, ...]:
    having = [(s, definition.inputs[field.name]) for s, definition in sources if field.name in definition.inputs]
    if len(having) == len(sources) and all(value.type == field.type for _, value in having):
        return ()
    is_typed = any(value.type != field.type for _, value in having)
    return tuple(
        f"@join__field(graph: {context.graph(subgraph)}" + (f', type: "{value.type}")' if is_typed else ")")
        for subgraph, value in having
    )


def _merge_members(context: MergeContext, name: str, sources: Sequence[TypeSource]) -> tuple[str, ...]:
    members = tuple(dict.fromkeys(member for _, definition in sources for member in definition.members))
    for member in members:
        lacking = [subgraph for subgraph, definition in sources if member not in definition.members]
        if lacking:
            context.report.hint(
                "INCONSISTENT_UNION_MEMBER",
                name,
                f'"{member}" is a member of "{name}", but not in {in_subgraphs(lacking)}.',
                lacking,
            )
    return members
