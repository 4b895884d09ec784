"""Merging all subgraphs into one schema."""

from __future__ import annotations

from federation.composition.merge.access import read_inherited_access
from federation.composition.merge.context import MergeContext, read_supertypes
from federation.composition.merge.custom_directives import CustomDirectives, merge_custom_directives
from federation.composition.merge.directives import merge_directives
from federation.composition.merge.enums import Position, TypeSource, read_positions
from federation.composition.merge.feature_names import read_feature_names
from federation.composition.merge.graphs import graph_names
from federation.composition.merge.implied_versions import hint_implied_versions
from federation.composition.merge.interface_objects import add_interface_object_fields
from federation.composition.merge.merged import MergedSchema, MergedType
from federation.composition.merge.partitions import partition_schema_lines
from federation.composition.merge.types import merge_type
from federation.composition.report import Report
from federation.composition.schema import Directed, Kind, SubgraphSchema, TypeDefinition
from federation.composition.usage import read_usage
from federation.composition.validate.directive_rules import check_merged_directives


def merge_context(subgraphs: tuple[SubgraphSchema, ...], report: Report) -> MergeContext:
    """Collect what merging and the checks after it need to know of all subgraphs together."""
    usage = {subgraph.name: read_usage(subgraph) for subgraph in subgraphs}
    supertypes = read_supertypes(subgraphs)
    return MergeContext(
        subgraphs=subgraphs,
        graphs=graph_names(subgraph.name for subgraph in subgraphs),
        usage=usage,
        supertypes=supertypes,
        inherited_access=read_inherited_access(subgraphs, supertypes, usage),
        report=report,
    )


def merge_schemas(context: MergeContext) -> MergedSchema:
    """Give the merged schema; what cannot be merged is reported and left out."""
    subgraphs, report = context.subgraphs, context.report
    hint_implied_versions(context)
    feature_names = read_feature_names(context)
    report.stop_on_errors()
    for subgraph in subgraphs:
        check_merged_directives(subgraph, context.usage[subgraph.name], report)
    custom = merge_custom_directives(context)
    types = _merge_types(context, custom)
    if "Query" not in types or not types["Query"].fields:
        report.error("NO_QUERIES", "Query", "No subgraph has a query. Add a field to Query in one of them.")
    schema_level = [(subgraph, Directed("schema", None, subgraph.schema_directives)) for subgraph in subgraphs]
    return MergedSchema(
        graphs=context.graphs,
        types=add_interface_object_fields(context, types),
        schema_directives=merge_directives(context, "schema", schema_level, custom.composed),
        directive_definitions=custom.definitions,
        custom_links=custom.links,
        feature_names=feature_names,
        partition_lines=partition_schema_lines(context),
    )


def _merge_types(context: MergeContext, custom: CustomDirectives) -> dict[str, MergedType]:
    """Merge all types, enums last: how they are merged depends on where the others still use them."""
    definitions = sorted(_definitions_by_name(context).items())
    enums = [(name, sources) for name, sources in definitions if sources[0][1].kind is Kind.ENUM]
    others = [(name, sources) for name, sources in definitions if sources[0][1].kind is not Kind.ENUM]
    merged = {name: merge_type(context, name, sources, Position.UNUSED, custom.composed) for name, sources in others}
    found = [definition for definition in merged.values() if definition is not None]
    positions = read_positions(context.subgraphs, found, custom.definitions.values())
    for name, sources in enums:
        position = positions.get(name, Position.UNUSED)
        merged[name] = merge_type(context, name, sources, position, custom.composed)
    return {name: definition for name, definition in sorted(merged.items()) if definition is not None}


def _definitions_by_name(context: MergeContext) -> dict[str, list[TypeSource]]:
    """Collect each type's definitions in the order of the subgraphs. Every subgraph has a query, if an empty one."""
    found: dict[str, list[TypeSource]] = {}
    for subgraph in context.subgraphs:
        for definition in subgraph.types.values():
            found.setdefault(definition.name, []).append((subgraph, definition))
    if "Query" in found:
        present = {subgraph.name: definition for subgraph, definition in found["Query"]}
        empty = TypeDefinition("Query", kind=Kind.OBJECT)
        found["Query"] = [(subgraph, present.get(subgraph.name, empty)) for subgraph in context.subgraphs]
    return found
