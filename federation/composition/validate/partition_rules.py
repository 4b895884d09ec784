"""The rules of partitions, `@partitionKey` and `@route` in a domain contract; those of `@merge` are beside it."""

from __future__ import annotations

import re
from collections import Counter
from urllib.parse import urlsplit

from federation.composition.field_sets import InvalidFieldSet, SelectedField, parse_field_set
from federation.composition.report import Report
from federation.composition.schema import Applied, Field, InputValue, SubgraphSchema, TypeDefinition
from federation.composition.types import ListOf, NonNull, is_list, is_non_null
from federation.composition.validate.partition_defaults import check_unstated_merges
from federation.composition.validate.partition_merges import check_merges
from federation.composition.validate.partition_paths import fields_at, holds_city, inputs_at
from federation.composition.validate.partition_stale import check_stale_answers

_ROOTS = ("Query", "Mutation", "Subscription")
# GB/T 2260: province, prefecture and county in two digits each; no province begins with 0.
_CITY = re.compile(r"[1-9][0-9]{5}")


def check_partitions(schema: SubgraphSchema, report: Report) -> None:
    """Report every misuse of the partition directives, and what would be lost or done twice over several cities."""
    _check_addresses(schema, report)
    for definition in schema.types.values():
        for applied in definition.applied("partitionKey"):
            _check_key(schema, report, definition, applied)
        for field in definition.fields.values():
            _check_route(schema, report, definition, field)
    check_merges(schema, report)
    check_unstated_merges(schema, report)
    check_stale_answers(schema, report)


def _check_addresses(schema: SubgraphSchema, report: Report) -> None:
    for what in ("city", "name"):
        counts = Counter(getattr(partition, what) for partition in schema.partitions)
        for value, count in counts.items():
            if count > 1:
                _about_partition(
                    schema,
                    report,
                    "PARTITION_DUPLICATE",
                    f'has {count} partitions of {what} "{value}". Give each its own.',
                )
    for partition in schema.partitions:
        if not _CITY.fullmatch(partition.city):
            _about_partition(
                schema, report, "PARTITION_CITY_INVALID",
                f'has a partition "{partition.city}", which is no city code. '
                'Write the six digits of GB/T 2260, e.g. "330100".',
            )  # fmt: skip
        if not _is_http(partition.url):
            _about_partition(
                schema, report, "PARTITION_URL_INVALID",
                f'has for its partition "{partition.name}" the routing URL "{partition.url}". '
                "Write an http or https URL with a host.",
            )  # fmt: skip


def _about_partition(schema: SubgraphSchema, report: Report, code: str, problem: str) -> None:
    # What is no text is reported as such too, and has to be written here.
    written = problem.encode("utf-8", "backslashreplace").decode("utf-8")
    report.error(code, schema.name, f'Subgraph "{schema.name}" {written}', [(schema, None)])


def _is_http(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as a bracket that is not closed
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _check_key(schema: SubgraphSchema, report: Report, definition: TypeDefinition, applied: Applied) -> None:
    path = applied.text("field") or ""
    source = [(schema, applied.node or definition.node)]
    fields = fields_at(schema, definition.name, path)
    if fields is None:
        report.error(
            "PARTITION_KEY_FIELD_UNKNOWN", definition.name,
            f'@partitionKey of "{definition.name}" names "{path}", which is no field of it. '
            "Name the field that holds the city's code, dotted into objects.",
            source,
        )  # fmt: skip
        return
    for problem in _key_problems(schema, definition, path, fields):
        report.error(
            "PARTITION_KEY_INVALID", definition.name,
            f'@partitionKey of "{definition.name}" names "{path}", but {problem}', source,
        )  # fmt: skip


def _key_problems(
    schema: SubgraphSchema, definition: TypeDefinition, path: str, fields: tuple[Field, ...]
) -> list[str]:
    last = fields[-1].type
    problems = []
    if not holds_city(schema, last):
        problems.append(f'its type "{last}" holds no city code. Name a field of type String, ID or a scalar of yours.')
    nullable = [field.name for field in fields if not is_non_null(field.type)]
    if nullable:
        problems.append(f'"{nullable[0]}" may be null, and an entity without a city is nobody\'s. Make it non-null.')
    if not any(_selects(key.text("fields") or "", path) for key in definition.applied("key")):
        problems.append(
            f'it is part of no @key of "{definition.name}", so that no reference tells the city. Add it to one.'
        )
    return problems


def _selects(field_set: str, path: str) -> bool:
    try:
        selections = parse_field_set(field_set)
    except InvalidFieldSet:  # which is reported as such
        return True
    for name in path.split("."):
        found = next((s for s in selections if isinstance(s, SelectedField) and s.name == name), None)
        if found is None:
            return False
        selections = found.selections
    return True


def _check_route(schema: SubgraphSchema, report: Report, definition: TypeDefinition, field: Field) -> None:
    routes = field.applied("route")
    if not routes and not schema.partitions:
        return
    coordinate = f"{definition.name}.{field.name}"
    for applied in routes:
        source = [(schema, applied.node or field.node)]
        if definition.name not in _ROOTS:
            report.error(
                "PARTITION_ROUTE_ON_NON_ROOT_FIELD", coordinate,
                f'@route stands on "{coordinate}", but only root fields select partitions. '
                "Move it, or use @partitionKey on the type.",
                source,
            )  # fmt: skip
        path = applied.text("argument") or ""
        values = inputs_at(schema, field, path)
        if values is None:
            report.error(
                "PARTITION_ROUTE_ARGUMENT_UNKNOWN", coordinate,
                f'@route of "{coordinate}" names "{path}", which is no argument of it. '
                "Name the argument that holds the city's code, dotted into input objects.",
                source,
            )  # fmt: skip
        elif (problem := _route_problem(schema, values)) is not None:
            report.error(
                "PARTITION_ROUTE_ARGUMENT_INVALID", coordinate,
                f'@route of "{coordinate}" names "{path}", but {problem}', source,
            )  # fmt: skip
    if definition.name == "Mutation" and schema.partitions and not routes:
        report.error(
            "PARTITION_MUTATION_WITHOUT_ROUTE", coordinate,
            f'Mutation "{coordinate}" of partitioned subgraph "{schema.name}" would run in every city. '
            "Add @route(argument:) that selects one.",
            [(schema, field.node)],
        )  # fmt: skip


def _route_problem(schema: SubgraphSchema, values: tuple[InputValue, ...]) -> str | None:
    for value in values[:-1]:
        if is_list(value.type):
            return f'"{value.name}" is a list of input objects. Give the city an argument of its own.'
    last = values[-1].type
    inner = last.item if isinstance(last, NonNull) else last
    if holds_city(schema, inner.item if isinstance(inner, ListOf) else inner):
        return None
    return f'its type "{last}" holds no city code. Use String, ID, a scalar of yours, or a list of them.'
