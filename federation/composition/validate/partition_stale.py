"""The rules of `@staleWhileUnavailable`: it stands where an answer can be remembered, for some time."""

from __future__ import annotations

from collections.abc import Set

from graphql import IntValueNode

from federation.composition.report import Report
from federation.composition.schema import Applied, Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import is_list, named_type
from federation.composition.validate.partition_paths import kind_of

_COMPOSITE = (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)


def check_stale_answers(schema: SubgraphSchema, report: Report) -> None:
    """Report every application that cannot have an effect."""
    marked = [
        (definition, field, applied)
        for definition in schema.types.values()
        for field in definition.fields.values()
        for applied in field.applied("staleWhileUnavailable")
    ]
    told = _told_types(schema) if marked else frozenset()
    for definition, field, applied in marked:
        problem = _problem(definition, field, applied) or _list_problem(schema, definition, told)
        if problem is not None:
            coordinate = f"{definition.name}.{field.name}"
            report.error(
                "PARTITION_STALE_INVALID", coordinate,
                f'@staleWhileUnavailable of "{coordinate}" cannot hold: {problem}',
                [(schema, applied.node or field.node)],
            )  # fmt: skip


def _problem(definition: TypeDefinition, field: Field, applied: Applied) -> str | None:
    value = applied.arguments.get("maxAge")
    if definition.name in ("Mutation", "Subscription"):
        return "changes and events have no last answer. Remove it."
    if field.has("external"):
        return "another subgraph answers the field. Remove it here."
    if isinstance(value, IntValueNode) and int(value.value) <= 0:
        return f"its maxAge is {value.value}. Give the seconds for which an answer is still of use."
    return None


def _list_problem(schema: SubgraphSchema, definition: TypeDefinition, told: Set[str]) -> str | None:
    if not told.isdisjoint(schema.possible_types(definition.name)):
        return None
    return "its type stands in lists only, whose items are not told from each other. Write it on the list."


def _told_types(schema: SubgraphSchema) -> frozenset[str]:
    """The object types that stand where two answers are told to be of one thing: the root, entities, and below them."""
    found: set[str] = set()
    pending = ["Query", *(t.name for t in schema.types.values() if t.kind is Kind.OBJECT and t.has("key"))]
    while pending:
        name = pending.pop()
        if name in found or name not in schema.types:
            continue
        found.add(name)
        for field in schema.types[name].fields.values():
            target = named_type(field.type)
            if not is_list(field.type) and kind_of(schema, target) in _COMPOSITE:
                pending += schema.possible_types(target)
    return frozenset(found)
