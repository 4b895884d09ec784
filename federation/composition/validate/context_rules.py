"""The rules of `@context` and `@fromContext` within a subgraph.

Source: https://specs.apollo.dev/federation/v2.8
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from federation.composition.field_sets import InvalidFieldSet, SelectedField, Selection, TypeCondition, parse_field_set
from federation.composition.merge.contexts import split_context_field
from federation.composition.report import Report
from federation.composition.schema import Field, InputValue, Kind, SubgraphSchema, TypeDefinition
from federation.composition.types import Named, NonNull, TypeRef, is_covariant, is_non_null, named_type, substitute

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
                if not argument.directives:
                    continue
                coordinate = f"{definition.name}.{field.name}({argument.name}:)"
                for code, text in _argument_problems(schema, (definition, field), argument, setters):
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
    place: tuple[TypeDefinition, Field],
    argument: InputValue,
    setters: Mapping[str, list[TypeDefinition]],
) -> Iterator[Problem]:
    definition, field = place
    for applied in argument.applied("fromContext"):
        if definition.kind is not Kind.OBJECT:
            yield "CONTEXT_NOT_SET", "only an object's field has contextual arguments; move it to the implementations."
            continue
        yield from _place_problems(schema, definition, field, argument)
        found = split_context_field(applied.text("field") or "")
        if found is None or not found[1].strip():
            yield "NO_CONTEXT_IN_SELECTION", 'it names no context. Write `"$context { field }"`.'
            continue
        name, selection = found
        if name in setters:
            yield from _selection_problems(schema, argument, setters[name], selection)
        else:
            yield "CONTEXT_NOT_SET", f'no type sets the context "{name}". Put @context(name: "{name}") on one.'
        if not any(key.flag("resolvable", default=True) for key in definition.applied("key")):
            yield (
                "CONTEXT_NO_RESOLVABLE_KEY",
                f'"{definition.name}" needs a resolvable @key to take values from a context.',
            )


def _place_problems(
    schema: SubgraphSchema, definition: TypeDefinition, field: Field, argument: InputValue
) -> Iterator[Problem]:
    for interface in definition.interfaces:
        if interface in schema.types and field.name in schema.types[interface].fields:
            yield (
                "CONTEXT_NOT_SET",
                f"'{interface}' has the field too, so its arguments are the client's; rename the field.",
            )
    if argument.default is not None:
        yield "CONTEXT_NOT_SET", "a contextual argument has no default; remove it."


def _selection_problems(
    schema: SubgraphSchema, argument: InputValue, setters: Sequence[TypeDefinition], text: str
) -> Iterator[Problem]:
    problem = _invalid_selection(schema, argument, setters, text)
    if problem is not None:
        yield "CONTEXT_INVALID_SELECTION", problem


def _invalid_selection(
    schema: SubgraphSchema, argument: InputValue, setters: Sequence[TypeDefinition], text: str
) -> str | None:
    try:
        selections = parse_field_set(text)
    except InvalidFieldSet as error:
        return f'"{text}" is no selection of a field: {error}'
    conditions = [s.type_name for s in selections if isinstance(s, TypeCondition)]
    if len(set(conditions)) != len(selections) and len(selections) > 1:
        return "select one field, or one for each of several types."
    used: set[str | None] = set()
    for setter in setters:
        matching = [s for s in selections if _applies(schema, setter, s)]
        if not matching:
            return f'nothing is selected on "{setter.name}", which sets the context.'
        used.update(s.type_name for s in matching if isinstance(s, TypeCondition))
        for selection in matching:
            problem = _type_problem(schema, argument, setter, selection)
            if problem is not None:
                return problem
    unused = [name for name in conditions if name not in used]
    return f'"{unused[0]}" sets no such context; remove its selection.' if unused else None


def _applies(schema: SubgraphSchema, setter: TypeDefinition, selection: Selection) -> bool:
    return isinstance(selection, SelectedField) or selection.type_name in schema.possible_types(setter.name)


def _type_problem(
    schema: SubgraphSchema, argument: InputValue, setter: TypeDefinition, selection: Selection
) -> str | None:
    if isinstance(selection, SelectedField):
        found = _selected_type(schema, setter, (selection,))
    else:
        # Another type may set the context too, so a selection for one of several counts as nullable.
        found = _nullable(
            _selected_type(schema, schema.types[selection.type_name or setter.name], selection.selections)
        )
    if found is None:
        return f'it selects no single field of "{setter.name}" that has values. Select one.'
    if not is_covariant(found, argument.type, lambda _narrow, _wide: False):
        return f'it selects a value of type "{found}", but the argument has type "{argument.type}". Give both one type.'
    return None


def _nullable(found: TypeRef | None) -> TypeRef | None:
    return found.item if isinstance(found, NonNull) else found


def _selected_type(schema: SubgraphSchema, parent: TypeDefinition, selections: Sequence[Selection]) -> TypeRef | None:
    """Give the type of what is selected, lists of the way included; None unless all selected is of one type."""
    types = {_field_type(schema, parent, selection) for selection in selections}
    return types.pop() if len(types) == 1 else None


def _field_type(schema: SubgraphSchema, parent: TypeDefinition, selection: Selection) -> TypeRef | None:
    if selection == SelectedField("__typename") and not parent.is_interface_object:
        return NonNull(Named("String"))
    field = parent.fields.get(selection.name) if isinstance(selection, SelectedField) else None
    if field is None or selection.has_directives or parent.is_interface_object or _lacks_argument(field, selection):
        return None
    target = schema.types.get(named_type(field.type))
    if target is None or target.kind in (Kind.SCALAR, Kind.ENUM):
        return None if selection.selections else field.type
    below = _selected_type(schema, target, selection.selections)
    return None if below is None else substitute(field.type, below)


def _lacks_argument(field: Field, selection: Selection) -> bool:
    given = dict(selection.arguments) if isinstance(selection, SelectedField) else {}
    return any(is_non_null(a.type) and a.default is None and a.name not in given for a in field.arguments.values())
