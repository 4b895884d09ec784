"""The rules of `@context` and `@fromContext` within a subgraph.

Source: https://specs.apollo.dev/federation/v2.8
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from federation.composition.field_sets import InvalidFieldSet, SelectedField, Selection, TypeCondition, parse_field_set
from federation.composition.merge.contexts import split_context_field
from federation.composition.report import Report
from federation.composition.schema import Field, InputValue, SubgraphSchema, TypeDefinition
from federation.composition.types import named_type

Problem = tuple[str, str]
"""A code and a sentence."""


def check_contexts(schema: SubgraphSchema, report: Report) -> None:
    """Report names that are none, and contextual arguments that can get no value."""
    setters = _setters(schema)
    for definition in schema.types.values():
        for applied in definition.applied("context"):
            name = applied.text("name") or ""
            if not (name.isalnum() and name[0].isalpha()):
                report.error(
                    "CONTEXT_NAME_INVALID", definition.name,
                    f'[{schema.name}] "{name}" is no name for a context: use letters and digits only.',
                    [(schema, definition.node)],
                )  # fmt: skip
        for field in definition.fields.values():
            for argument in field.arguments.values():
                coordinate = f"{definition.name}.{field.name}({argument.name}:)"
                for code, text in _argument_problems(schema, definition, argument, setters):
                    report.error(code, coordinate, f'[{schema.name}] "{coordinate}": {text}', [(schema, argument.node)])


def _setters(schema: SubgraphSchema) -> dict[str, list[TypeDefinition]]:
    """Give the types that set each context."""
    found: dict[str, list[TypeDefinition]] = {}
    for definition in schema.types.values():
        for applied in definition.applied("context"):
            found.setdefault(applied.text("name") or "", []).append(definition)
    return found


def _argument_problems(
    schema: SubgraphSchema,
    definition: TypeDefinition,
    argument: InputValue,
    setters: Mapping[str, list[TypeDefinition]],
) -> Iterator[Problem]:
    for applied in argument.applied("fromContext"):
        found = split_context_field(applied.text("field") or "")
        if found is None:
            yield "NO_CONTEXT_IN_SELECTION", 'it names no context. Write `"$context { field }"`.'
            continue
        if not any(key.flag("resolvable", default=True) for key in definition.applied("key")):
            yield (
                "CONTEXT_NO_RESOLVABLE_KEY",
                f'"{definition.name}" needs a resolvable @key to take values from a context.',
            )
        name, selection = found
        if name not in setters:
            yield "CONTEXT_NOT_SET", f'no type sets the context "{name}". Put @context(name: "{name}") on one.'
            continue
        for setter in setters[name]:
            yield from _selection_problems(schema, setter, selection)


def _selection_problems(schema: SubgraphSchema, setter: TypeDefinition, text: str) -> Iterator[Problem]:
    try:
        selections = parse_field_set(text)
    except InvalidFieldSet as error:
        yield "CONTEXT_INVALID_SELECTION", f'"{text}" is no selection of a field: {error}'
        return
    problem = _invalid_selection(schema, setter, selections)
    if problem is not None:
        yield "CONTEXT_INVALID_SELECTION", problem


def _invalid_selection(schema: SubgraphSchema, parent: TypeDefinition, selections: tuple[Selection, ...]) -> str | None:
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                target = schema.types.get(type_name or parent.name)
                problem = f'"{type_name}" is unknown.' if target is None else _invalid_selection(schema, target, below)
            case SelectedField(name):
                field = parent.fields.get(name)
                problem = (
                    f'"{parent.name}" has no field "{name}".' if field is None else _below(schema, field, selection)
                )
        if problem is not None:
            return problem
    return None


def _below(schema: SubgraphSchema, field: Field, selection: SelectedField) -> str | None:
    target = schema.types.get(named_type(field.type))
    if target is not None and (target.fields or target.members):
        return (
            _invalid_selection(schema, target, selection.selections)
            if selection.selections
            else "it selects an object."
        )
    return None
