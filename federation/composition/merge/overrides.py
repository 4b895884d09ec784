"""Reading `@override`: which subgraph stops resolving a field, or does so step by step under a label.

Source: https://specs.apollo.dev/federation/v2.7
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from federation.composition.merge.context import MergeContext
from federation.composition.schema import Field, SubgraphSchema

FieldSource = tuple[SubgraphSchema, Field]
_EXCLUDED = ("external", "requires", "provides")


@dataclass(frozen=True, slots=True)
class Override:
    """The subgraph named by the key of `read_overrides` lost the field to `by`; with a label, for a share of requests."""

    by: SubgraphSchema
    label: str | None


def read_overrides(context: MergeContext, type_name: str, sources: Sequence[FieldSource]) -> Mapping[str, Override]:
    """Give the override by name of the overridden subgraph; misuse is reported and has no effect."""
    overriding = {subgraph.name for subgraph, field in sources if field.has("override")}
    if not overriding:
        return {}
    fields = {subgraph.name: (subgraph, field) for subgraph, field in sources}
    overrides: dict[str, Override] = {}
    for subgraph, field in sources:
        for applied in field.applied("override"):
            origin = applied.text("from") or ""
            if _is_effective(context, f"{type_name}.{field.name}", (subgraph, field), origin, overriding, fields):
                overrides[origin] = Override(subgraph, applied.text("label"))
                _hint_use(context, (type_name, field.name), fields[origin][0], overrides[origin])
    return overrides


def _is_effective(  # noqa: PLR0913 (the six are one question, asked once)
    context: MergeContext,
    coordinate: str,
    source: FieldSource,
    origin: str,
    overriding: Iterable[str],
    fields: Mapping[str, FieldSource],
) -> bool:
    subgraph, field = source
    report = context.report
    if origin == subgraph.name:
        report.error(
            "OVERRIDE_FROM_SELF_ERROR",
            coordinate,
            f'Subgraph "{origin}" overrides "{coordinate}" from itself. Name the subgraph it is moved from.',
            [(subgraph, field.node)],
        )
        return False
    if all(origin != other.name for other in context.subgraphs):
        report.hint(
            "FROM_SUBGRAPH_DOES_NOT_EXIST",
            coordinate,
            f'"{coordinate}" is overridden from "{origin}", which is no subgraph. Correct the name or drop @override.',
            [subgraph],
        )
        return False
    if origin not in fields:
        report.hint(
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            coordinate,
            f'Subgraph "{origin}" does not have "{coordinate}" any more; @override can be removed.',
            [subgraph],
        )
        return False
    if origin in overriding:
        report.error(
            "OVERRIDE_SOURCE_HAS_OVERRIDE",
            coordinate,
            f'"{coordinate}" is overridden from "{origin}", which overrides it too. Keep one of the two.',
            [(subgraph, field.node), (fields[origin][0], fields[origin][1].node)],
        )
        return False
    return not _collides(context, coordinate, source, fields[origin])


def _collides(context: MergeContext, coordinate: str, source: FieldSource, origin: FieldSource) -> bool:
    if origin[1].has("external"):
        context.report.hint(
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            coordinate,
            f'"{coordinate}" is @external in subgraph "{origin[0].name}"; @override can be removed.',
            [source[0]],
        )
        return True
    for subgraph, field in (source, origin):
        for directive in _EXCLUDED:
            if field.has(directive):
                context.report.error(
                    "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
                    coordinate,
                    f'@override of "{coordinate}" cannot be used with @{directive} in subgraph "{subgraph.name}". '
                    "Remove one of the two.",
                    [(subgraph, field.node)],
                )
                return True
    return False


def _hint_use(context: MergeContext, coordinate: tuple[str, str], origin: SubgraphSchema, override: Override) -> None:
    written = ".".join(coordinate)
    if override.label is not None:
        context.report.hint(
            "OVERRIDE_MIGRATION_IN_PROGRESS",
            written,
            f'"{written}" is moving to subgraph "{override.by.name}"; when it is done, remove it from "{origin.name}".',
            [override.by],
        )
    else:
        used = context.usage[origin.name].is_used(coordinate)
        advice = "only other directives there still use it; mark it @external or remove it" if used else "remove it"
        context.report.hint(
            "OVERRIDDEN_FIELD_CAN_BE_REMOVED",
            written,
            f'"{written}" of subgraph "{origin.name}" is overridden: {advice}.',
            [origin],
        )
