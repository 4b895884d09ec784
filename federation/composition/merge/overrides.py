"""Reading `@override`: which subgraph stops resolving a field, or does so step by step under a label.

Source: https://specs.apollo.dev/federation/v2.7
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from federation.composition.codes import HINT_CODES
from federation.composition.merge.context import MergeContext
from federation.composition.merge.stand_ins import stand_ins
from federation.composition.schema import Applied, Field, SubgraphSchema

FieldSource = tuple[SubgraphSchema, Field]
_LABEL = re.compile(r"^[a-zA-Z][a-zA-Z0-9_\-:./]*$")
_PERCENTAGE = re.compile(r"^percent\((\d{1,2}(\.\d{1,8})?|100)\)$")
_EXCLUDED = ("external", "requires", "provides")


def override_label(applied: Applied) -> str | None:
    """Give the label of an `@override`; an empty one is none."""
    return applied.text("label") or None


@dataclass(frozen=True, slots=True)
class Override:
    """The subgraph that is the key in `read_overrides` lost the field to `by`; with a label, for some requests only."""

    by: SubgraphSchema
    label: str | None


def read_overrides(context: MergeContext, type_name: str, sources: Sequence[FieldSource]) -> Mapping[str, Override]:
    """Give the override by name of the overridden subgraph; misuse is reported and has no effect."""
    if not any(field.has("override") for _, field in sources):
        return {}
    fields = {subgraph.name: (subgraph, field) for subgraph, field in sources}
    overrides: dict[str, Override] = {}
    for subgraph, field in sources:
        coordinate = f"{type_name}.{field.name}"
        for applied in field.applied("override"):
            origin = applied.text("from") or ""
            finding = _misuse(context, type_name, (subgraph, field), origin, fields)
            if finding is not None:
                _report(context, coordinate, (subgraph, field), finding)
                if finding[0] in HINT_CODES and origin in fields and override_label(applied) is not None:
                    _check_label(context, coordinate, (subgraph, field), applied)
                    _hint_migration(context, coordinate, fields[origin][0], subgraph)
            else:
                _check_label(context, coordinate, (subgraph, field), applied)
                override = Override(subgraph, override_label(applied))
                _hint_use(context, (type_name, field.name), fields[origin][0], override)
                if override.label is not None or origin not in overrides:
                    overrides[origin] = override  # where one moves the field step by step, it is not lost yet
    return overrides


Finding = tuple[str, str]
"""A code, of an error or a hint, and its sentence."""


def _misuse(
    context: MergeContext, type_name: str, source: FieldSource, origin: str, fields: Mapping[str, FieldSource]
) -> Finding | None:
    """Say why the override has no effect, or give None."""
    coordinate = f"{type_name}.{source[1].name}"
    if source[0].types[type_name].is_interface_object or _stands_in(context, type_name, source[1].name, origin):
        return (
            "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
            f'@override of "{coordinate}" cannot be used with @interfaceObject. Declare the field without @override.',
        )
    if origin == source[0].name:
        return (
            "OVERRIDE_FROM_SELF_ERROR",
            f'Subgraph "{origin}" overrides "{coordinate}" from itself. Name the subgraph it is moved from.',
        )
    if all(origin != other.name for other in context.subgraphs):
        return (
            "FROM_SUBGRAPH_DOES_NOT_EXIST",
            f'"{coordinate}" is overridden from "{origin}", which is no subgraph. Correct the name or drop @override.',
        )
    if origin not in fields:
        return (
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            f'Subgraph "{origin}" does not have "{coordinate}" any more; @override can be removed.',
        )
    if fields[origin][1].has("override"):
        return (
            "OVERRIDE_SOURCE_HAS_OVERRIDE",
            f'"{coordinate}" is overridden from "{origin}", which overrides it too. Keep one of the two.',
        )
    return _collision(coordinate, source, fields[origin])


def _stands_in(context: MergeContext, type_name: str, field_name: str, origin: str) -> bool:
    return any(subgraph.name == origin for subgraph, _ in stand_ins(context, type_name, field_name))


def _collision(coordinate: str, source: FieldSource, origin: FieldSource) -> Finding | None:
    if origin[1].has("external"):
        return (
            "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
            f'"{coordinate}" is @external in subgraph "{origin[0].name}"; @override can be removed.',
        )
    for subgraph, field in (source, origin):
        for directive in _EXCLUDED:
            if field.has(directive):
                where = f'@{directive} in subgraph "{subgraph.name}"'
                sentence = f'@override of "{coordinate}" cannot be used with {where}. Remove one of the two.'
                return "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE", sentence
    return None


def _check_label(context: MergeContext, coordinate: str, source: FieldSource, applied: Applied) -> None:
    """A label is looked at only where there is something to override."""
    label = override_label(applied)
    if label is not None and not _LABEL.match(label) and not _PERCENTAGE.match(label):
        sentence = f'"{label}" is neither a name nor percent(0 to 100); correct the label of "{coordinate}".'
        _report(context, coordinate, source, ("OVERRIDE_LABEL_INVALID", f"[{source[0].name}] {sentence}"))


def _report(context: MergeContext, coordinate: str, source: FieldSource, finding: Finding) -> None:
    code, message = finding
    subgraph, field = source
    if code in HINT_CODES:
        context.report.hint(code, coordinate, message, [subgraph])
    else:
        context.report.error(code, coordinate, message, [(subgraph, field.node)])


def _hint_use(context: MergeContext, coordinate: tuple[str, str], origin: SubgraphSchema, override: Override) -> None:
    written = ".".join(coordinate)
    if override.label is not None:
        _hint_migration(context, written, origin, override.by)
    else:
        used = context.usage[origin.name].is_used(coordinate)
        advice = "only other directives there still use it; mark it @external or remove it" if used else "remove it"
        context.report.hint(
            "OVERRIDDEN_FIELD_CAN_BE_REMOVED",
            written,
            f'"{written}" of subgraph "{origin.name}" is overridden: {advice}.',
            [origin],
        )


def _hint_migration(context: MergeContext, coordinate: str, origin: SubgraphSchema, by: SubgraphSchema) -> None:
    context.report.hint(
        "OVERRIDE_MIGRATION_IN_PROGRESS",
        coordinate,
        f'"{coordinate}" is moving to subgraph "{by.name}"; when it is done, remove it from "{origin.name}".',
        [by],
    )
