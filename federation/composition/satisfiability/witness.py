"""Explaining a dead end: a query that runs into it, and the reason per subgraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from federation.composition.errors import CompositionError
from federation.composition.field_sets import print_field_set
from federation.composition.merge.merged import MergedField, MergedInput, MergedSchema
from federation.composition.report import Report, quoted
from federation.composition.satisfiability.edges import SubgraphEdges
from federation.composition.satisfiability.reach import Reach, Tail, Tails
from federation.composition.schema import Kind
from federation.composition.types import ListOf, Named, NonNull, TypeRef, is_non_null, named_type

_LITERALS = {"Int": "1", "Float": "1.0", "Boolean": "true", "ID": '"…"', "String": '"…"'}
_MAX_INPUT_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Step:
    """A field on the way, and the concrete type of what it gave."""

    parent: str
    field: str
    type_name: str


@dataclass(frozen=True, slots=True)
class Path:
    """The way from a root type."""

    root: str
    steps: tuple[Step, ...] = ()


DeadEnd = tuple[Tails, MergedField]


def report_dead_end(report: Report, merged: MergedSchema, reach: Reach, path: Path, end: DeadEnd) -> None:
    """Add a SATISFIABILITY_ERROR with a query that asks for the field and why no subgraph can answer it."""
    tails, field = end
    type_name = path.steps[-1].type_name if path.steps else path.root
    reasons = list(dict.fromkeys(_reasons(reach, type_name, tails, field.name)))
    listed = "".join(f"\n  - {reason}" for reason in reasons)
    coordinate = f"{type_name}.{field.name}"
    report.errors.append(
        CompositionError(
            "SATISFIABILITY_ERROR",
            f'The API allows this query, but no plan can answer "{coordinate}" in it:\n'
            f"{print_witness(merged, path, field)}\nbecause{listed}",
            (coordinate,),
            tuple(dict.fromkeys(reach.subgraphs[tail.subgraph].name for tail in _sorted(tails))),
        )
    )


def report_unknown_type(
    report: Report, merged: MergedSchema, subgraphs: Sequence[SubgraphEdges], path: Path, tails: Tails
) -> None:
    """Add a SATISFIABILITY_ERROR: only interface objects answer on this path, and nobody can tell them the type."""
    last = path.steps[-1]
    names = tuple(dict.fromkeys(subgraphs[tail.subgraph].name for tail in _sorted(tails)))
    stand_ins = tuple(dict.fromkeys(tail.type_name for tail in _sorted(tails)))
    typename = MergedField("__typename", None, (), (), NonNull(Named("String")), {})
    report.errors.append(
        CompositionError(
            "SATISFIABILITY_ERROR",
            f'The API allows this query, but no plan can tell whether an object is of type "{last.type_name}":\n'
            f"{print_witness(merged, path, typename)}\nbecause {quoted(names)} only has the @interfaceObject "
            f'"{", ".join(stand_ins)}", and no subgraph that defines this interface can be entered by its @key. '
            "Make the interface's key resolvable where it is defined.",
            stand_ins,
            names,
        )
    )


def print_witness(merged: MergedSchema, path: Path, field: MergedField) -> str:
    """Write the query, one field a line, with values for what must have one."""
    lines = [path.root.lower() + " {"]
    for step in path.steps:
        declared = merged.types[step.parent].fields[step.field]
        lines.append(f"{_indent(lines)}{step.field}{_arguments(merged, declared)} {{")
        if merged.types[named_type(declared.type)].kind is not Kind.OBJECT:
            lines.append(f"{_indent(lines)}... on {step.type_name} {{")
    target = merged.types.get(named_type(field.type))
    has_fields = target is not None and target.kind in (Kind.OBJECT, Kind.INTERFACE, Kind.UNION)
    below = " { __typename }" if has_fields else ""
    closing = [f"{'  ' * depth}}}" for depth in reversed(range(len(lines)))]
    return "\n".join([*lines, f"{_indent(lines)}{field.name}{_arguments(merged, field)}{below}", *closing])


def _indent(lines: list[str]) -> str:
    return "  " * len(lines)


def _arguments(merged: MergedSchema, field: MergedField) -> str:
    needed = [argument for argument in field.arguments.values() if _is_needed(argument)]
    listed = ", ".join(f"{argument.name}: {_literal(merged, argument.type, 0)}" for argument in needed)
    return f"({listed})" if listed else ""


def _is_needed(value: MergedInput) -> bool:
    return is_non_null(value.type) and value.default is None


def _literal(merged: MergedSchema, reference: TypeRef, depth: int) -> str:
    match reference:
        case NonNull(inner):
            return _literal(merged, inner, depth)
        case ListOf(item):
            return f"[{_literal(merged, item, depth)}]"
    definition = merged.types.get(reference.name)
    if definition is None or definition.kind is Kind.SCALAR:
        return _LITERALS.get(reference.name, '"…"')
    if definition.kind is Kind.ENUM:
        return next(iter(definition.values), "null")
    needed = [value for value in definition.inputs.values() if _is_needed(value)] if depth < _MAX_INPUT_DEPTH else []
    return f"{{{', '.join(f'{value.name}: {_literal(merged, value.type, depth + 1)}' for value in needed)}}}"


def _reasons(reach: Reach, type_name: str, tails: Tails, name: str) -> Iterator[str]:
    for tail in _sorted(tails):
        subgraph = reach.subgraphs[tail.subgraph]
        declared = subgraph.fields.get(tail.type_name, {}).get(name)
        edge = reach.edge(tail, name)
        if edge is None and declared is not None and declared.condition is not None:
            label, is_on = declared.condition
            yield (
                f'subgraph "{subgraph.name}" resolves "{tail.type_name}.{name}" only while the label "{label}" of '
                f"@override is {'on' if is_on else 'off'}"
            )
        elif edge is not None:
            yield (
                f'subgraph "{subgraph.name}" resolves "{name}" only with @requires(fields: '
                f'"{print_field_set(edge.requires)}"), which cannot be fetched there from here'
            )
        elif name in subgraph.external.get(tail.type_name, {}):
            yield f'subgraph "{subgraph.name}" marks "{tail.type_name}.{name}" @external; this path does not provide it'
        else:
            yield f'subgraph "{subgraph.name}" does not resolve "{tail.type_name}.{name}"'
    reached = {tail.subgraph for tail in tails}
    for index, subgraph in enumerate(reach.subgraphs):
        if index not in reached and name in subgraph.fields.get(type_name, {}):
            yield from _entry_reasons(reach, type_name, index, name)


def _entry_reasons(reach: Reach, type_name: str, index: int, name: str) -> Iterator[str]:
    subgraph = reach.subgraphs[index]
    keys = [key for entry, key in reach.entries(type_name) if entry.subgraph == index]
    if not keys:
        yield (
            f'subgraph "{subgraph.name}" resolves "{type_name}.{name}" but cannot be entered: '
            f'"{type_name}" has no resolvable @key there'
        )
    for key in keys:
        yield (
            f'subgraph "{subgraph.name}" resolves "{type_name}.{name}" but cannot be entered by @key(fields: '
            f'"{print_field_set(key)}"): not all of these fields can be fetched on this path'
        )


def _sorted(tails: Tails) -> list[Tail]:
    return sorted(tails, key=lambda tail: (tail.subgraph, tail.type_name))
