"""Writes what a step selects as GraphQL text, compactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from federation.planner.demands import Alternatives, Conjunction, FieldUse, Types
from federation.planner.sources import Selected, SelectedObject
from federation.query_plan.nodes import Condition
from federation.supergraph.subgraph_schema import SubgraphTypeKind


def write_object(selected: SelectedObject, context: Conjunction) -> str:
    """Give the selections of an object without braces; `context` holds already where they stand."""
    common: dict[str, None] = {}
    by_type: dict[str, dict[str, None]] = {}
    if selected.static.kind is not SubgraphTypeKind.OBJECT:
        common["__typename"] = None
    for text, (types, field_name) in _written_fields(selected, context).items():
        if _is_common(selected, field_name, types):
            common[text] = None
        else:
            for type_name in sorted(types):
                by_type.setdefault(type_name, {})[text] = None
    fragments = (f"...on {name}{{{' '.join(texts)}}}" for name, texts in by_type.items())
    return " ".join([*common, *fragments])


def _written_fields(selected: SelectedObject, context: Conjunction) -> dict[str, tuple[Types, str]]:
    """Give each field's text with the types it is selected of."""
    written: dict[str, tuple[Types, str]] = {}
    for item in selected.fields.values():
        for text in _write_field(item, context):
            types = written[text][0] if text in written else frozenset()
            written[text] = (types | item.types, item.use.name)
    return written


def _write_field(item: Selected, context: Conjunction) -> Iterator[str]:
    use = item.use
    name = use.name if use.response_key == use.name else f"{use.response_key}:{use.name}"
    rest = sorted(((a - context) for a in item.alternatives), key=_condition_order)
    if frozenset() in rest:
        rest = [frozenset()]
    for conditions in rest:
        inner = context | conditions if len(rest) == 1 else context
        child = f"{{{write_object(item.child, inner)}}}" if item.child else ""
        yield f"{name}{use.arguments}{write_conditions(conditions)}{child}"


def write_conditions(conditions: Conjunction) -> str:
    """Give the directives of a conjunction."""
    return "".join(
        f"@{'include' if c.value else 'skip'}(if:${c.variable})" for c in sorted(conditions, key=_single_order)
    )


def _is_common(selected: SelectedObject, field_name: str, types: Types) -> bool:
    static = selected.static
    if static.kind is SubgraphTypeKind.OBJECT:
        return True
    if not types >= static.possible_types & selected.types:
        return False
    found = static.fields.get(field_name)
    return field_name == "__typename" or (found is not None and not found.external)


def _condition_order(conditions: Conjunction) -> list[tuple[str, bool]]:
    return sorted((c.variable, c.value) for c in conditions)


def _single_order(condition: Condition) -> tuple[str, bool]:
    return condition.variable, condition.value


def variables_of(selected: SelectedObject) -> set[str]:
    """Give the client's variables that the selections use."""
    found: set[str] = set()
    for item in selected.fields.values():
        found |= item.use.variables
        found.update(c.variable for conjunction in item.alternatives for c in conjunction)
        if item.child:
            found |= variables_of(item.child)
    return found
