"""Prints a query plan in the field's text form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias

from graphql import SelectionSetNode, print_ast

from federation.query_plan.nodes import (
    Condition,
    ContextSetting,
    EntityCall,
    FetchNode,
    OperationKind,
    QueryPlan,
    RequiredField,
    RequiredSelection,
    ResponsePath,
    StreamedList,
    TypeSegment,
)
from federation.query_plan.operations import entity_selection_set, path_text, selection_set
from federation.query_plan.waves import DeferredWaves, deferred_waves, waves

_INDENT = "  "
_Lines: TypeAlias = list[str]


def pretty(plan: QueryPlan) -> str:
    """Give the plan as text: the waves as a `Sequence`, the fetches of a wave as a `Parallel`.

    An entity call prints what a representation carries, `=>` and what is asked of the entity. Several entity calls of
    one fetch print under their aliases. The first fetch of a subscription's plan is the `Primary` one; of a plan that
    defers something all that the initial result needs. `depends` names fetches by number, in the plan's order. Around
    all stand the lists that are streamed: what is fetched for their items is fetched for the later ones once more.
    """
    parallels = [_joined("Parallel", [_fetch(fetch) for fetch in wave]) for wave in waves(plan)]
    if plan.operation_kind is OperationKind.SUBSCRIPTION and parallels:
        primary, rest = _block("Primary:", [parallels[0]]), parallels[1:]
        parallels = [
            _block("Subscription", [primary, _block("Rest:", [_joined("Sequence", rest)])] if rest else [primary])
        ]
    body = [_joined("Sequence", parallels)] if parallels else []
    if plan.deferred:
        body = [_block("Defer", [_block("Primary:", body), *map(_deferred, deferred_waves(plan))])]
    for stream in reversed(plan.streamed):
        body = [_block(_streamed(stream), body)]
    return "\n".join(_block("QueryPlan", body)) + "\n"


def _streamed(stream: StreamedList) -> str:
    count = f"${stream.initial_count}" if isinstance(stream.initial_count, str) else stream.initial_count
    return f'Stream(path: "{path_text(stream.path)}", initialCount: {count}{_label(stream.label)})'


def _label(label: str | None) -> str:
    return "" if label is None else f", label: {json.dumps(label, ensure_ascii=False)}"


def _deferred(deferred: DeferredWaves) -> _Lines:
    part = deferred.part
    label = _label(part.label)
    depends_on = ", ".join(map(str, deferred.depends_on))
    parallels = [_joined("Parallel", [_fetch(fetch) for fetch in wave]) for wave in deferred.waves]
    head = f'Deferred(depends: [{depends_on}], path: "{path_text(part.path)}"{label})'
    return _block(head, [_joined("Sequence", parallels)] if parallels else [])


def _fetch(fetch: FetchNode) -> _Lines:
    lines = _unconditional(fetch)
    for condition in reversed(fetch.conditions):
        lines = _block(_condition(condition), [lines])
    return lines


def _condition(condition: Condition) -> str:
    return f"{'Include' if condition.value else 'Skip'}(if: ${condition.variable})"


def _unconditional(fetch: FetchNode) -> _Lines:
    head = f'Fetch(service: "{fetch.subgraph}")'
    match fetch.entity_calls:
        case ():
            lines = _block(head, [_braced(_selections(selection_set(fetch)))])
            return _block(f'Flatten(path: "{path_text(fetch.path)}")', [lines]) if fetch.path else lines
        case (call,) if len(call.paths) == 1:
            return _block(f'Flatten(path: "{path_text(call.paths[0])}")', [_block(head, [_call(fetch, call)])])
        case calls:
            return _block(head, [_aliased(fetch, call) for call in calls])


def _aliased(fetch: FetchNode, call: EntityCall) -> _Lines:
    paths = ", ".join(f'"{path_text(path)}"' for path in call.paths)
    first, *rest = _call(fetch, call)
    return [f"{call.response_name}(paths: [{paths}]) {first}", *rest]


def _call(fetch: FetchNode, call: EntityCall) -> _Lines:
    required = _braced(_required(call.requires))
    asked = _braced(_selections(entity_selection_set(fetch, call)))
    return [*_contextual(call), *required[:-1], f"{required[-1]} => {asked[0]}", *asked[1:]]


def _contextual(call: EntityCall) -> _Lines:
    """Give a line per place where a contextual value may be read: `$contextualArgument_0 = "t" { prop }`."""
    return [
        line
        for value in call.contextual_values
        for setting in value.settings
        for line in _block(
            f'${value.variable} = "{path_text((*setting.path, *_narrowed(setting)))}"', [_required(setting.selections)]
        )
    ]


def _narrowed(setting: ContextSetting) -> ResponsePath:
    return (TypeSegment(setting.types),) if setting.types else ()


def _required(selections: Iterable[RequiredSelection]) -> _Lines:
    lines: _Lines = []
    for selection in selections:
        if isinstance(selection, RequiredField):
            name = selection.name
            head = name if name == selection.response_name else f"{name}: {selection.response_name}"
        else:
            head = f"... on {selection.type_condition}"
        lines += _block(head, [_required(selection.selections)]) if selection.selections else [head]
    return lines


def _selections(node: SelectionSetNode) -> _Lines:
    return [line.removeprefix(_INDENT) for line in print_ast(node).splitlines()[1:-1]]


def _joined(name: str, parts: list[_Lines]) -> _Lines:
    """Name a list of several parts; one part stands for itself."""
    return parts[0] if len(parts) == 1 else _block(name, [[*p[:-1], p[-1] + ","] for p in parts])


def _braced(lines: _Lines) -> _Lines:
    return ["{", *(_INDENT + line for line in lines), "}"]


def _block(head: str, parts: list[_Lines]) -> _Lines:
    first, *rest = _braced([line for part in parts for line in part])
    return [f"{head} {first}", *rest]
