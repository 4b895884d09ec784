"""Contracts: the part of a graph that a partner sees, chosen by tags.

What is not chosen becomes `@inaccessible` in the partner's supergraph, so that every router serves exactly that part
while the subgraphs and the plans stay the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from federation.composition.merge.merged import (
    MergedDirective,
    MergedDirectiveDefinition,
    MergedElement,
    MergedField,
    MergedSchema,
    MergedType,
)
from federation.composition.report import Report, quoted_string
from federation.composition.schema import Kind
from federation.composition.types import named_type

_INACCESSIBLE = MergedDirective("inaccessible")
_ROOTS = ("Query", "Mutation", "Subscription")

Element = TypeVar("Element", bound=MergedElement)


@dataclass(frozen=True, slots=True)
class Contract:
    """Which part is chosen.

    Attributes:
        include: only fields with one of these tags, or of a type with one, are seen; empty for all.
        exclude: nothing with one of these tags is seen, whatever else it has.
        hide_unreachable_types: types that no query can lead to are not seen either.
    """

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    hide_unreachable_types: bool = False


def apply_contract(merged: MergedSchema, contract: Contract, report: Report) -> MergedSchema:
    """Hide what the contract does not choose. An API without queries is reported.

    Fields of objects and interfaces are chosen one by one; arguments, input fields, enum values and scalars belong to
    what uses them and are seen unless they are excluded. A type of which nothing is left is hidden.
    """
    _hint_unknown_tags(merged, contract, report)
    types = {name: _apply_to_type(definition, contract) for name, definition in merged.types.items()}
    types = {name: _without_empty_union(definition, types) for name, definition in types.items()}
    if contract.hide_unreachable_types:
        reachable = _reachable_types(types, merged.directive_definitions.values())
        types = {name: t if name in reachable or name in _ROOTS else _hidden(t) for name, t in types.items()}
    if "Query" in types and types["Query"].is_inaccessible:
        report.error(
            "CONTRACT_EMPTY", "Query",
            "The contract leaves no field of Query. Include a tag that queries have, or exclude fewer.",
        )  # fmt: skip
    definitions = merged.directive_definitions.items()
    directives = {name: _apply_to_directive(definition, contract) for name, definition in definitions}
    return replace(merged, types=types, directive_definitions=directives)


def _tags(element: MergedElement) -> frozenset[str]:
    return frozenset(directive.text("name") or "" for directive in element.directives if directive.name == "tag")


def _literals(names: Iterable[str]) -> frozenset[str]:
    """Tags are compared as they are printed, with quotes."""
    return frozenset(quoted_string(name) for name in names)


def _hidden(element: Element) -> Element:
    return element if element.is_inaccessible else replace(element, directives=(_INACCESSIBLE, *element.directives))


def _apply_to_type(definition: MergedType, contract: Contract) -> MergedType:
    exclude, include = _literals(contract.exclude), _literals(contract.include)
    if _tags(definition) & exclude:
        return _hidden(definition)
    is_chosen = not include or bool(_tags(definition) & include)
    fields = {
        name: _apply_to_field(field, exclude, None if is_chosen else include)
        for name, field in definition.fields.items()
    }
    inputs = _without_excluded(definition.inputs, exclude)
    values = _without_excluded(definition.values, exclude)
    parts = [*fields.values(), *inputs.values(), *values.values()]
    if parts and all(part.is_inaccessible for part in parts):
        return _hidden(definition)
    return replace(definition, fields=fields, inputs=inputs, values=values)


def _apply_to_field(field: MergedField, exclude: frozenset[str], include: frozenset[str] | None) -> MergedField:
    if _tags(field) & exclude or (include is not None and not _tags(field) & include):
        return _hidden(field)
    return replace(field, arguments=_without_excluded(field.arguments, exclude))


def _apply_to_directive(definition: MergedDirectiveDefinition, contract: Contract) -> MergedDirectiveDefinition:
    if definition.is_composed:
        return definition  # which clients do not see
    return replace(definition, arguments=_without_excluded(definition.arguments, _literals(contract.exclude)))


def _without_excluded(elements: Mapping[str, Element], exclude: frozenset[str]) -> dict[str, Element]:
    return {name: _hidden(e) if _tags(e) & exclude else e for name, e in elements.items()}


def _without_empty_union(definition: MergedType, types: Mapping[str, MergedType]) -> MergedType:
    is_empty = bool(definition.members) and all(types[member].is_inaccessible for member in definition.members)
    return _hidden(definition) if is_empty else definition


def _reachable_types(types: Mapping[str, MergedType], directives: Iterable[MergedDirectiveDefinition]) -> set[str]:
    found: set[str] = set()
    pending = [name for name in _ROOTS if name in types]
    pending += [named_type(argument.type) for directive in directives for argument in directive.arguments.values()]
    while pending:
        name = pending.pop()
        if name in found or name not in types or types[name].is_inaccessible:
            continue
        found.add(name)
        pending.extend(_neighbours(types, types[name]))
    return found


def _neighbours(types: Mapping[str, MergedType], definition: MergedType) -> Iterator[str]:
    yield from definition.members
    yield from definition.interfaces
    if definition.kind is Kind.INTERFACE:
        yield from (other.name for other in types.values() if definition.name in other.interfaces)
    for field in definition.fields.values():
        if not field.is_inaccessible:
            yield named_type(field.type)
            yield from (named_type(a.type) for a in field.arguments.values() if not a.is_inaccessible)
    yield from (named_type(value.type) for value in definition.inputs.values() if not value.is_inaccessible)


def _hint_unknown_tags(merged: MergedSchema, contract: Contract, report: Report) -> None:
    """A misspelt tag would show a partner what was to be excluded."""
    known = {tag for definition in merged.types.values() for element in _elements(definition) for tag in _tags(element)}
    for name in sorted(contract.include | contract.exclude):
        if quoted_string(name) not in known:
            report.hint("CONTRACT_TAG_UNKNOWN", "@tag", f'Nothing in the graph has the tag "{name}". Correct its name.')


def _elements(definition: MergedType) -> Iterator[MergedElement]:
    yield definition
    yield from definition.inputs.values()
    yield from definition.values.values()
    for field in definition.fields.values():
        yield field
        yield from field.arguments.values()
