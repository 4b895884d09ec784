"""The rules that only the merged schema can break: interfaces over subgraphs, and what `@inaccessible` leaves."""

from __future__ import annotations

from collections.abc import Iterator

from federation.composition.merge.context import MergeContext
from federation.composition.merge.custom_directives import EXECUTABLE_LOCATIONS
from federation.composition.merge.merged import MergedField, MergedInput, MergedSchema, MergedType
from federation.composition.report import Report, in_subgraphs
from federation.composition.schema import Kind, SubgraphSchema
from federation.composition.types import is_covariant, is_non_null, named_type
from federation.composition.validate.access_rules import check_access
from federation.composition.validate.default_rules import check_default
from federation.composition.validate.requirement_rules import check_requirements

Reference = tuple[str, str, str]
"""A coordinate, what refers from there, and the type it refers to."""


def check_merged(context: MergeContext, merged: MergedSchema) -> None:
    """Report every breach."""
    for definition in merged.types.values():
        _check_implementation(context, merged, definition)
        _check_stand_in_directives(context.report, merged, definition)
        _check_deprecated(context.report, definition)
    check_inaccessible(context.report, merged)
    _check_directive_definitions(context, merged)
    check_access(context, merged)
    check_requirements(context, merged)


def _check_implementation(context: MergeContext, merged: MergedSchema, definition: MergedType) -> None:
    for interface in definition.interfaces:
        for above in merged.types[interface].interfaces if interface in merged.types else ():
            if above not in (definition.name, *definition.interfaces):
                context.report.error(
                    "INVALID_GRAPHQL", definition.name,
                    f'"{definition.name}" implements "{interface}", which implements "{above}" in some subgraph. '
                    f'Let "{definition.name}" implement "{above}" too where it is defined.',
                )  # fmt: skip
        for field in merged.types[interface].fields.values() if interface in merged.types else ():
            own = definition.fields.get(field.name)
            coordinate = f"{definition.name}.{field.name}"
            if own is None:
                having = [s for s in context.subgraphs if _has_field(s, interface, field.name)]
                context.report.error(
                    "INTERFACE_FIELD_NO_IMPLEM", coordinate,
                    f'"{definition.name}" implements "{interface}" but no subgraph gives it the field "{field.name}", '
                    f"which the interface has in {in_subgraphs(having)}. Add the field to the type.",
                    [(s, s.types[definition.name].node) for s in context.subgraphs if definition.name in s.types],
                )  # fmt: skip
                continue
            for problem in _mismatches(context, own, field):
                context.report.error(
                    "INVALID_GRAPHQL", coordinate,
                    f'Merged over all subgraphs, "{coordinate}" does not implement "{interface}.{field.name}": '
                    f"{problem} Align the subgraphs.",
                )  # fmt: skip


def _check_stand_in_directives(report: Report, merged: MergedSchema, definition: MergedType) -> None:
    """An interface object is an object in its subgraph, so it may carry what an interface cannot."""
    for directive in definition.directives if definition.kind is Kind.INTERFACE else ():
        own = merged.directive_definitions.get(directive.name.removeprefix("@"))
        if directive.name == "cost" or (own is not None and "INTERFACE" not in own.locations):
            report.error(
                "INVALID_GRAPHQL", definition.name,
                f'"{definition.name}" is an interface in the supergraph, where "@{directive.name.removeprefix("@")}" '
                "may not stand. Remove it from the interface object.",
            )  # fmt: skip


def _has_field(subgraph: SubgraphSchema, type_name: str, name: str) -> bool:
    return type_name in subgraph.types and name in subgraph.types[type_name].fields


def _mismatches(context: MergeContext, own: MergedField, declared: MergedField) -> Iterator[str]:
    """Each subgraph is valid by itself, but what is merged from them need not be."""
    if not is_covariant(own.type, declared.type, context.is_subtype):
        yield f'its type "{own.type}" is no "{declared.type}".'
    for name, argument in declared.arguments.items():
        if name not in own.arguments:
            yield f'it lacks the argument "{name}".'
        elif own.arguments[name].type != argument.type:
            yield f'its argument "{name}" is "{own.arguments[name].type}", not "{argument.type}".'
    for name, argument in own.arguments.items():
        if name not in declared.arguments and is_non_null(argument.type) and argument.default is None:
            yield f'it requires the argument "{name}", which the interface does not have.'


def check_inaccessible(report: Report, merged: MergedSchema) -> None:
    """Report what makes the API schema invalid once everything inaccessible is gone."""
    hidden = {name for name, definition in merged.types.items() if definition.is_inaccessible}
    if "Query" in hidden:
        report.error(
            "QUERY_ROOT_TYPE_INACCESSIBLE", "Query", "The query root is @inaccessible. Remove the directive from it."
        )
    for definition in merged.types.values():
        if not definition.is_inaccessible:
            _check_children(report, definition, hidden)
            _check_hidden_parts(report, merged, definition)
            for coordinate, what, target in _references(definition) if hidden else ():
                if target in hidden:
                    report.error(
                        "REFERENCED_INACCESSIBLE", coordinate,
                        f'{what} "{coordinate}" is of type "{target}", which is @inaccessible. '
                        "Mark it @inaccessible too.",
                    )  # fmt: skip


def _check_directive_definitions(context: MergeContext, merged: MergedSchema) -> None:
    """A directive's argument can be hidden only where clients would write it, and only if they need not."""
    for name, definition in merged.directive_definitions.items():
        having = [(s, s.directive_definitions[name]) for s in context.subgraphs if name in s.directive_definitions]
        places = [(subgraph, own.node) for subgraph, own in having]
        for argument in definition.arguments.values():
            if not argument.is_inaccessible:
                continue
            coordinate = f"@{definition.name}({argument.name}:)"
            if any(location not in EXECUTABLE_LOCATIONS for location in definition.locations):
                context.report.error(
                    "DISALLOWED_INACCESSIBLE", coordinate,
                    f'"{coordinate}" is @inaccessible, but its directive stands on schema elements, which clients '
                    "never write. Remove @inaccessible.",
                    places,
                )  # fmt: skip
            elif _is_required(argument):
                context.report.error(
                    "REQUIRED_INACCESSIBLE", coordinate,
                    f'"{coordinate}" is required but @inaccessible. Make it nullable or give it a default.',
                    places,
                )  # fmt: skip


def _check_children(report: Report, definition: MergedType, hidden: set[str]) -> None:
    children = [*definition.fields.values(), *definition.inputs.values(), *definition.values.values()]
    is_empty = all(child.is_inaccessible for child in children) and all(m in hidden for m in definition.members)
    if (children or definition.members) and is_empty:
        report.error(
            "ONLY_INACCESSIBLE_CHILDREN", definition.name,
            f'"{definition.name}" is in the API but everything in it is @inaccessible. Mark it @inaccessible too.',
        )  # fmt: skip


def _check_hidden_parts(report: Report, merged: MergedSchema, definition: MergedType) -> None:
    for coordinate, value in _inputs(definition):
        if not value.is_inaccessible:
            check_default(report, merged, coordinate, value)
        elif _is_required(value):
            report.error(
                "REQUIRED_INACCESSIBLE", coordinate,
                f'"{coordinate}" is required but @inaccessible. Make it nullable or give it a default.',
            )  # fmt: skip
    for interface in definition.interfaces:
        for field in merged.types[interface].fields.values() if not merged.types[interface].is_inaccessible else ():
            own = definition.fields.get(field.name)
            if own is not None and own.is_inaccessible and not field.is_inaccessible:
                coordinate = f"{definition.name}.{field.name}"
                report.error(
                    "IMPLEMENTED_BY_INACCESSIBLE", coordinate,
                    f'"{coordinate}" is @inaccessible but implements "{interface}.{field.name}", which is in the API. '
                    "Hide both or none.",
                )  # fmt: skip


def _check_deprecated(report: Report, definition: MergedType) -> None:
    """What one subgraph deprecates, another may require."""
    for coordinate, value in _inputs(definition):
        if _is_required(value) and any(directive.name == "deprecated" for directive in value.directives):
            report.error(
                "INVALID_GRAPHQL", coordinate,
                f'Merged over all subgraphs, "{coordinate}" is required, so it cannot be @deprecated. '
                "Align its type and default, or remove the directive.",
            )  # fmt: skip


def _is_required(value: MergedInput) -> bool:
    return is_non_null(value.type) and value.default is None


def _inputs(definition: MergedType) -> Iterator[tuple[str, MergedInput]]:
    yield from ((f"{definition.name}.{value.name}", value) for value in definition.inputs.values())
    for field in _visible(definition):
        yield from (
            (f"{definition.name}.{field.name}({argument.name}:)", argument) for argument in field.arguments.values()
        )


def _references(definition: MergedType) -> Iterator[Reference]:
    for coordinate, value in _inputs(definition):
        if not value.is_inaccessible:
            what = "Input field" if definition.kind is Kind.INPUT else "Argument"
            yield coordinate, what, named_type(value.type)
    for field in _visible(definition):
        yield f"{definition.name}.{field.name}", "Field", named_type(field.type)


def _visible(definition: MergedType) -> Iterator[MergedField]:
    return (field for field in definition.fields.values() if not field.is_inaccessible)
