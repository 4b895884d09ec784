"""Where federation's directives may stand, and together with what.

Source: https://specs.apollo.dev/federation/v2.9
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graphql import DirectiveNode, IntValueNode, ListValueNode, StringValueNode

from federation.composition.field_sets import InvalidFieldSet, SelectedField, Selection, parse_field_set
from federation.composition.report import Report
from federation.composition.schema import Applied, Directed, Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.specifications import ACCESS_DIRECTIVES, DIRECTIVES
from federation.composition.types import is_list, named_type
from federation.composition.usage import FieldUsage, read_usage

_SHAREABLE_ON_INTERFACE_REFUSED_SINCE = (2, 2)
_MERGED = (*(spec.name for spec in DIRECTIVES.values() if spec.feature is not None), "deprecated")

Problem = tuple[str, str]
"""A code and a sentence."""


def check_directives(schema: SubgraphSchema, report: Report) -> None:
    """Report every directive that stands where it cannot."""
    for definition in schema.types.values():
        for code, text in _type_problems(schema, definition):
            report.error(code, definition.name, f"[{schema.name}] {text}", [(schema, definition.node)])
        for field in definition.fields.values():
            coordinate = f"{definition.name}.{field.name}"
            for code, text in _field_problems(schema, definition, field) if field.directives else ():
                report.error(code, coordinate, f'[{schema.name}] "{coordinate}": {text}', [(schema, field.node)])
    if schema.federation_version is not None:
        _check_unused_externals(schema, report)


def check_merged_directives(schema: SubgraphSchema, usage: FieldUsage, report: Report) -> None:
    """Report directives that cannot be merged; the reference looks at these when each subgraph is valid by itself."""
    for definition in schema.types.values():
        for field in definition.fields.values():
            coordinate = f"{definition.name}.{field.name}"
            is_external = (definition.name, field.name) in usage.external
            for code, text in _merging_problems(schema, definition, field, is_external=is_external):
                overrides = field.applied("override") if code == "OVERRIDE_ON_INTERFACE" else ()
                node = next((applied.node for applied in overrides), None) or field.node
                report.error(code, coordinate, f'[{schema.name}] "{coordinate}": {text}', [(schema, node)])


def _merging_problems(
    schema: SubgraphSchema, definition: TypeDefinition, field: Field, *, is_external: bool
) -> Iterator[Problem]:
    if is_external:
        yield from _external_problems(field)
    if definition.kind is Kind.INTERFACE and schema.federation_version is not None and field.has("override"):
        yield "OVERRIDE_ON_INTERFACE", "@override has no meaning on an interface; put it on the implementations."


def _check_unused_externals(schema: SubgraphSchema, report: Report) -> None:
    if not any(field.has("external") for t in schema.types.values() for field in t.fields.values()):
        return
    usage = read_usage(schema)
    for definition in schema.types.values():
        for field in definition.fields.values():
            if (definition.name, field.name) in usage.external and not usage.is_used((definition.name, field.name)):
                report.error(
                    "EXTERNAL_UNUSED", f"{definition.name}.{field.name}",
                    f'[{schema.name}] "{definition.name}.{field.name}" is @external but no @key, @requires, @provides '
                    "or interface uses it. Remove the field, or remove @external if this subgraph resolves it.",
                    [(schema, field.node)],
                )  # fmt: skip


def _type_problems(schema: SubgraphSchema, definition: TypeDefinition) -> Iterator[Problem]:
    if definition.has("interfaceObject") and not definition.has("key"):
        yield (
            "INTERFACE_OBJECT_USAGE_ERROR",
            f'"{definition.name}" is an @interfaceObject without @key. Give it the key of its interface.',
        )
    if _written(schema, definition, "shareable") > 1:
        yield "INVALID_SHAREABLE_USAGE", f'@shareable stands twice on "{definition.name}"; once is enough.'
    is_abstract = definition.merged_kind is Kind.INTERFACE
    if (
        is_abstract
        and schema.federation_version is not None
        and any(definition.has(name) for name in ACCESS_DIRECTIVES)
    ):
        yield (
            "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
            f'access directives stand on interface "{definition.name}"; put them on its implementations.',
        )
    if definition.kind is Kind.INTERFACE:
        yield from _interface_problems(schema, definition)


def _interface_problems(schema: SubgraphSchema, interface: TypeDefinition) -> Iterator[Problem]:
    for key in interface.applied("key"):
        for name in schema.implementations(interface.name):
            same = [other for other in schema.types[name].applied("key") if _has_same_fields(key, other)]
            written = f'interface "{interface.name}" has key "{key.text("fields")}", but "{name}"'
            if not same:
                yield "INTERFACE_KEY_NOT_ON_IMPLEMENTATION", f"{written} has not. Add it there."
            elif key.flag("resolvable", default=True) and not same[0].flag("resolvable", default=True):
                yield "INTERFACE_KEY_NOT_ON_IMPLEMENTATION", f"{written} is not resolvable by it. Make it so."


def _has_same_fields(key: Applied, other: Applied) -> bool:
    try:
        return _unordered(parse_field_set(key.text("fields") or "")) == _unordered(
            parse_field_set(other.text("fields") or "")
        )
    except InvalidFieldSet:
        return key.text("fields") == other.text("fields")


def _unordered(selections: Iterable[Selection]) -> frozenset[object]:
    return frozenset(
        (s.name if isinstance(s, SelectedField) else f"... {s.type_name}", _unordered(s.selections)) for s in selections
    )


def _field_problems(schema: SubgraphSchema, definition: TypeDefinition, field: Field) -> Iterator[Problem]:
    if definition.kind is Kind.INTERFACE:
        yield from _interface_field_problems(schema, field)
    if _written(schema, field, "shareable") > 1:
        yield "INVALID_SHAREABLE_USAGE", "@shareable stands twice; once is enough."
    for size in field.applied("listSize"):
        yield from _list_size_problems(schema, field, size)


def _interface_field_problems(schema: SubgraphSchema, field: Field) -> Iterator[Problem]:
    version = schema.federation_version
    if version is None:
        return
    if field.has("external"):
        yield "EXTERNAL_ON_INTERFACE", "@external has no meaning on an interface; remove it."
    if field.has("shareable") and version >= _SHAREABLE_ON_INTERFACE_REFUSED_SINCE:
        yield "INVALID_SHAREABLE_USAGE", "@shareable has no meaning on an interface; put it on the implementations."
    if field.has("cost"):
        yield "COST_APPLIED_TO_INTERFACE_FIELD", "@cost has no meaning on an interface; put it on the implementations."
    if any(field.has(name) for name in ACCESS_DIRECTIVES):
        yield (
            "AUTH_REQUIREMENTS_APPLIED_ON_INTERFACE",
            "access directives stand on an interface's field; put them on the implementations.",
        )


def _external_problems(field: Field) -> Iterator[Problem]:
    for name in _MERGED:
        if field.has(name):
            yield (
                "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
                f"@{name} stands on an @external field; put it where the field is resolved.",
            )


def _list_size_problems(schema: SubgraphSchema, field: Field, size: Applied) -> Iterator[Problem]:
    assumed = size.arguments.get("assumedSize")
    sized = _names(size, "sizedFields")
    remedy = "remove it, or name the lists below by `sizedFields`"
    if not is_list(field.type) and not sized:
        yield "LIST_SIZE_APPLIED_TO_NON_LIST", f'@listSize needs a list, and "{field.type}" is none; {remedy}.'
    if isinstance(assumed, IntValueNode) and int(assumed.value) < 0:
        yield "LIST_SIZE_INVALID_ASSUMED_SIZE", "`assumedSize` must not be negative; give 0 or more."
    for name in _names(size, "slicingArguments"):
        argument = field.arguments.get(name)
        if argument is None or str(argument.type).rstrip("!") != "Int":
            yield (
                "LIST_SIZE_INVALID_SLICING_ARGUMENT",
                f'"{name}" is no argument of type Int; name one in `slicingArguments`.',
            )
    target = schema.types.get(named_type(field.type))
    fields = target.fields if target is not None else {}
    for name in sized:
        if name not in fields:
            yield (
                "LIST_SIZE_INVALID_SIZED_FIELD",
                f'"{name}" is no field of "{named_type(field.type)}"; name one in `sizedFields`.',
            )
        elif not is_list(fields[name].type):
            yield (
                "LIST_SIZE_APPLIED_TO_NON_LIST",
                f'sized field "{name}" of "{named_type(field.type)}" is no list; name one.',
            )


def _written(schema: SubgraphSchema, element: Directed, name: str) -> int:
    """Count the applications on this one declaration; extensions may repeat what they extend."""
    nodes: Sequence[DirectiveNode] = getattr(element.node, "directives", None) or ()
    return sum(schema.directive_names.get(node.name.value) == name for node in nodes)


def _names(applied: Applied, argument: str) -> list[str]:
    value = applied.arguments.get(argument)
    if not isinstance(value, ListValueNode):
        return []
    return [item.value for item in value.values if isinstance(item, StringValueNode)]
