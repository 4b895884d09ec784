"""The rules of the field sets in `@key`, `@requires` and `@provides`.

Source: https://specs.apollo.dev/federation/v2.0
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from graphql import StringValueNode, parse_value

from federation.composition.field_sets import (
    FieldCoordinate,
    InvalidFieldSet,
    SelectedField,
    Selection,
    TypeCondition,
    parse_field_set,
)
from federation.composition.read_subgraph import ROOT_NAMES
from federation.composition.report import Report
from federation.composition.schema import Applied, Directed, Field, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import is_non_null, named_type
from federation.composition.usage import read_externals
from federation.composition.validate.literals import fits

_COMPOSITE = (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)
_INTERFACE_KEYS_SINCE = (2, 3)
# Problems of field sets whose fields are all known, so that it can be told which of them lack a mark.
_IN_KNOWN_FIELDS = ("_DIRECTIVE_IN_FIELDS_ARG", "_FIELDS_HAS_ARGS")


@dataclass(frozen=True, slots=True)
class _Use:
    """One application whose field set is checked.

    Attributes:
        parent: the type its fields are selected on.
        externals: the fields that are other subgraphs'; keys of extensions are the subgraph's own, however marked.
    """

    directive: str
    coordinate: str
    parent: str
    applied: Applied
    element: Directed
    externals: Set[FieldCoordinate]

    @property
    def prefix(self) -> str:
        return self.directive.upper()

    @property
    def written(self) -> str:
        return f'@{self.directive} of "{self.coordinate}"'


@dataclass(frozen=True, slots=True)
class _Problem:
    code: str
    text: str


def check_field_sets(schema: SubgraphSchema, report: Report) -> None:
    """Report every invalid application of the three directives."""
    externals = read_externals(schema)
    for definition in schema.types.values():
        for use in _key_uses(definition, externals):
            _report(schema, report, use, list(_key_problems(schema, definition, use)))
        for field in definition.fields.values():
            for use in _field_uses(definition, field, externals) if field.directives else ():
                _report(schema, report, use, list(_field_problems(schema, definition, field, use)))


def _report(schema: SubgraphSchema, report: Report, use: _Use, problems: list[_Problem]) -> None:
    for problem in problems:
        report.error(
            problem.code, use.coordinate, f"[{schema.name}] {use.written}: {problem.text}",
            [(schema, use.applied.node or use.element.node)],
        )  # fmt: skip


def _key_uses(definition: TypeDefinition, externals: Set[FieldCoordinate]) -> Iterator[_Use]:
    for applied in definition.applied("key"):
        yield _Use("key", definition.name, definition.name, applied, definition, externals)


def _field_uses(definition: TypeDefinition, field: Field, externals: Set[FieldCoordinate]) -> Iterator[_Use]:
    coordinate = f"{definition.name}.{field.name}"
    for applied in field.applied("requires"):
        yield _Use("requires", coordinate, definition.name, applied, field, externals)
    for applied in field.applied("provides"):
        yield _Use("provides", coordinate, named_type(field.type), applied, field, externals)


def _key_problems(schema: SubgraphSchema, definition: TypeDefinition, use: _Use) -> Iterator[_Problem]:
    version = schema.federation_version
    if definition.kind is Kind.INTERFACE and version is not None and version < _INTERFACE_KEYS_SINCE:
        yield _Problem(
            "KEY_UNSUPPORTED_ON_INTERFACE", "a key on an interface needs federation v2.3; link that version."
        )
    yield from _selection_problems(schema, use)


def _field_problems(schema: SubgraphSchema, definition: TypeDefinition, field: Field, use: _Use) -> Iterator[_Problem]:
    if definition.kind is Kind.INTERFACE:
        yield _Problem(
            f"{use.prefix}_UNSUPPORTED_ON_INTERFACE",
            "it has no meaning on an interface; put it on the implementations.",
        )
    target = schema.types.get(named_type(field.type))
    if use.directive == "provides" and field.has("external"):
        yield _Problem(
            "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
            "the field is @external, so this subgraph does not answer it and cannot provide anything; remove one.",
        )
        return
    if use.directive == "provides" and (target is None or target.kind not in _COMPOSITE):
        yield _Problem(
            "PROVIDES_ON_NON_OBJECT_FIELD", f'the field\'s type "{field.type}" has no fields to provide; remove it.'
        )
        return
    yield from _selection_problems(schema, use)


def _selection_problems(schema: SubgraphSchema, use: _Use) -> Iterator[_Problem]:
    value = use.applied.arguments.get("fields")
    if not isinstance(value, StringValueNode):
        yield _Problem(f"{use.prefix}_INVALID_FIELDS_TYPE", 'write `fields` as a string, e.g. `fields: "id"`.')
        return
    try:
        selections = parse_field_set(value.value)
    except InvalidFieldSet as error:
        yield _Problem(
            f"{use.prefix}_INVALID_FIELDS",
            f'"{value.value}" is no selection of fields: {error} Write names with spaces between them, '
            'e.g. "id city { code }".',
        )
        return
    problems = list(_check_selections(schema, use, use.parent, selections))
    yield from problems
    if use.directive != "key" and all(problem.code.endswith(_IN_KNOWN_FIELDS) for problem in problems):
        yield from _missing_externals(schema, use, use.parent, selections, is_below_external=False)


def _check_selections(
    schema: SubgraphSchema, use: _Use, parent: str, selections: tuple[Selection, ...]
) -> Iterator[_Problem]:
    for selection in selections:
        if selection.has_directives:
            yield _Problem(
                f"{use.prefix}_DIRECTIVE_IN_FIELDS_ARG", "directives have no meaning inside `fields`; remove them."
            )
        match selection:
            case SelectedField():
                yield from _check_field(schema, use, parent, selection)
            case TypeCondition(type_name, below):
                target = type_name or parent
                if target in schema.types and schema.types[target].kind in _COMPOSITE:
                    yield from _check_selections(schema, use, target, below)
                else:
                    yield _Problem(
                        f"{use.prefix}_INVALID_FIELDS", f'"{target}" is no type with fields here; correct it.'
                    )


def _check_field(schema: SubgraphSchema, use: _Use, parent: str, selection: SelectedField) -> Iterator[_Problem]:
    if selection.name == "__typename":
        return
    field = schema.types[parent].fields.get(selection.name)
    if field is None:
        yield _Problem(
            f"{use.prefix}_INVALID_FIELDS",
            f'"{parent}" has no field "{selection.name}" here. Correct the name, or declare the field '
            "(@external if another subgraph resolves it).",
        )
        return
    yield from _check_target(schema, use, field, selection)


def _check_target(schema: SubgraphSchema, use: _Use, field: Field, selection: SelectedField) -> Iterator[_Problem]:
    name = named_type(field.type)
    target = schema.types.get(name)
    # A root type without fields is not read.
    is_composite = target.kind in _COMPOSITE if target is not None else name in ROOT_NAMES.values()
    if use.directive == "key" and target is not None and target.kind in (Kind.INTERFACE, Kind.UNION):
        yield _Problem(
            "KEY_FIELDS_SELECT_INVALID_TYPE",
            f'"{field.name}" of type "{field.type}" is an interface or a union; select values and objects.',
        )
    elif is_composite and not selection.selections:
        yield _Problem(f"{use.prefix}_INVALID_FIELDS", f'select fields of "{field.name}", whose type is an object.')
    elif not is_composite and selection.selections:
        yield _Problem(
            f"{use.prefix}_INVALID_FIELDS",
            f'"{field.name}" of type "{field.type}" has no fields; remove the braces after it.',
        )
    elif (problem := _argument_problem(schema, field, selection)) is not None:
        yield _Problem(f"{use.prefix}_INVALID_FIELDS", problem)
    elif use.directive != "requires" and field.arguments:
        yield _Problem(
            f"{use.prefix}_FIELDS_HAS_ARGS", f'"{field.name}" has arguments; select a field without arguments instead.'
        )
    elif target is not None and is_composite:
        yield from _check_selections(schema, use, target.name, selection.selections)


def _argument_problem(schema: SubgraphSchema, field: Field, selection: SelectedField) -> str | None:
    """Say which argument is unknown, of a wrong type, or missing."""
    given = dict(selection.arguments)
    unknown = [name for name in given if name not in field.arguments]
    if unknown:
        return f'"{field.name}" has no argument "{unknown[0]}"; remove it.'
    for name, text in given.items():
        expected = field.arguments[name].type
        if not fits(schema.types, expected, parse_value(text)):
            return f'{text} is no value of "{field.name}({name}:)", whose type is "{expected}"; correct it.'
    missing = [
        argument.name
        for argument in field.arguments.values()
        if is_non_null(argument.type) and argument.default is None and argument.name not in given
    ]
    return f'give "{field.name}" its required argument "{missing[0]}".' if missing else None


def _missing_externals(
    schema: SubgraphSchema, use: _Use, parent: str, selections: tuple[Selection, ...], *, is_below_external: bool
) -> Iterator[_Problem]:
    """What a subgraph requires or provides is another one's: each leaf, or something above it, is `@external`."""
    for selection in selections:
        match selection:
            case TypeCondition(type_name, below):
                target = type_name or parent
                yield from _missing_externals(schema, use, target, below, is_below_external=is_below_external)
            case SelectedField(name, below) if below:
                is_external = is_below_external or _is_external(schema, use.externals, parent, name)
                target = named_type(schema.types[parent].fields[name].type)
                yield from _missing_externals(schema, use, target, below, is_below_external=is_external)
            case SelectedField(name):
                if not is_below_external and (parent, name) not in use.externals:
                    yield _Problem(
                        f"{use.prefix}_FIELDS_MISSING_EXTERNAL",
                        f'"{parent}.{name}" is this subgraph\'s own field; mark it @external or leave it out.',
                    )


def _is_external(schema: SubgraphSchema, externals: Set[FieldCoordinate], parent: str, name: str) -> bool:
    """Tell whether the field, or for an interface's field any implementation's, is another subgraph's."""
    types = schema.implementations(parent) if schema.types[parent].kind is Kind.INTERFACE else ()
    return any((type_name, name) in externals for type_name in (parent, *types))
