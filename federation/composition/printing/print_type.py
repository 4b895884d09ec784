"""Printing types and directive applications: every line of both SDLs comes from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from graphql.language.block_string import print_block_string

from federation.composition.merge.merged import (
    MergedDirective,
    MergedDirectiveDefinition,
    MergedElement,
    MergedField,
    MergedInput,
    MergedType,
)
from federation.composition.schema import Kind, print_literal

Keep = Callable[[MergedElement], bool]
Decorate = Callable[[MergedElement], list[str]]


def print_directive(directive: MergedDirective, names: Mapping[str, str]) -> str:
    """Write an application; `names` has the features' directives that are called otherwise here."""
    listed = ", ".join(f"{name}: {value}" for name, value in directive.arguments)
    name = f"@{names.get(directive.name, directive.name).removeprefix('@')}"
    return f"{name}({listed})" if listed else name


def print_type(definition: MergedType, decorate: Decorate, keep: Keep) -> str:
    """Write a type; `decorate` gives what is printed on an element, `keep` says which elements are printed."""
    head = f"{_description(definition, '')}{definition.kind.value} {definition.name}"
    if definition.interfaces:
        head += f" implements {' & '.join(definition.interfaces)}"
    decoration = "".join(f"\n  {text}" for text in decorate(definition))
    match definition.kind:
        case Kind.SCALAR:
            return head + decoration
        case Kind.UNION:
            return f"{head}{decoration}{chr(10) if decoration else ' '}= {' | '.join(definition.members)}"
        case Kind.ENUM:
            lines = [_value(value, decorate) for value in definition.values.values() if keep(value)]
        case Kind.INPUT:
            lines = [_input_field(field, decorate) for field in definition.inputs.values() if keep(field)]
        case Kind.OBJECT | Kind.INTERFACE:
            lines = [_field(field, decorate, keep) for field in definition.fields.values() if keep(field)]
    opening = "\n{" if decoration else " {"
    return "\n".join([f"{head}{decoration}{opening}", *lines, "}"])


def print_directive_definition(definition: MergedDirectiveDefinition, decorate: Decorate, keep: Keep) -> str:
    """Write a directive's definition; `decorate` and `keep` as for types, here for its arguments."""
    head = f"{_description(definition, '')}directive @{definition.name}"
    repeatable = " repeatable" if definition.is_repeatable else ""
    signature = _signature(definition.arguments, decorate, keep, "")
    return f"{head}{signature}{repeatable} on {' | '.join(definition.locations)}"


def _field(field: MergedField, decorate: Decorate, keep: Keep) -> str:
    signature = _signature(field.arguments, decorate, keep, "  ") if field.arguments else ""
    return f"{_description(field, '  ')}  {field.name}{signature}: {' '.join([str(field.type), *decorate(field)])}"


def _signature(values: Mapping[str, MergedInput], decorate: Decorate, keep: Keep, indent: str) -> str:
    arguments = [argument for argument in values.values() if keep(argument)]
    if not arguments:
        return ""
    if any(argument.description for argument in arguments):
        inner = f"{indent}  "
        listed = "\n".join(
            f"{_description(argument, inner)}{inner}{_input(argument, decorate)}" for argument in arguments
        )
        return f"(\n{listed}\n{indent})"
    return f"({', '.join(_input(argument, decorate) for argument in arguments)})"


def _input_field(field: MergedInput, decorate: Decorate) -> str:
    return f"{_description(field, '  ')}  {_input(field, decorate)}"


def _input(value: MergedInput, decorate: Decorate) -> str:
    default = [] if value.default is None else ["=", print_literal(value.default)]
    return " ".join([f"{value.name}: {value.type}", *default, *decorate(value)])


def _value(value: MergedElement, decorate: Decorate) -> str:
    return f"{_description(value, '  ')}  {' '.join([value.name, *decorate(value)])}"


def _description(element: MergedElement, indent: str) -> str:
    if not element.description:
        return ""
    lines = print_block_string(element.description).split("\n")
    return "\n".join(f"{indent}{line}" if line else line for line in lines) + "\n"
