"""Gives a query plan as JSON that Apollo's tools read; several entity calls as Hive Router's `BatchFetch`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from federation.query_plan.nodes import (
    ContextSetting,
    EntityCall,
    FetchNode,
    FieldSegment,
    OperationKind,
    QueryPlan,
    RenameKey,
    RequiredField,
    RequiredFragment,
    RequiredSelection,
    ResponsePath,
    SetTypename,
    StreamedList,
)
from federation.query_plan.operations import path_texts
from federation.query_plan.waves import DeferredWaves, deferred_waves, waves

JsonObject: TypeAlias = dict[str, object]


def to_json(plan: QueryPlan) -> JsonObject:
    """Give the plan as `{kind: QueryPlan, node}`; a plan without fetches has no node.

    Where something is deferred, fetches have an `id`, by which deferred parts name those they depend on. Streamed lists
    stand beside the node, as `streams`; no other tool knows them.
    """
    streams: JsonObject = {"streams": list(map(_stream, plan.streamed))} if plan.streamed else {}
    return {"kind": "QueryPlan"} | _nodes(plan) | streams


def _stream(stream: StreamedList) -> JsonObject:
    return {"path": path_texts(stream.path), "label": stream.label, "initialCount": stream.initial_count}


def _nodes(plan: QueryPlan) -> JsonObject:
    is_named = bool(plan.deferred)
    parts = [_joined("Parallel", [_fetch(fetch, is_named=is_named) for fetch in wave]) for wave in waves(plan)]
    if plan.operation_kind is OperationKind.SUBSCRIPTION and parts:
        rest = _joined("Sequence", parts[1:]) if parts[1:] else None
        return {"node": {"kind": "Subscription", "primary": parts[0], "rest": rest}}
    if plan.deferred:
        primary = {"node": _joined("Sequence", parts)} if parts else {}
        deferred = [_deferred(each) for each in deferred_waves(plan)]
        return {"node": {"kind": "Defer", "primary": primary, "deferred": deferred}}
    return {"node": _joined("Sequence", parts)} if parts else {}


def _deferred(deferred: DeferredWaves) -> JsonObject:
    part = deferred.part
    node: JsonObject = {
        "depends": [{"id": str(fetch)} for fetch in deferred.depends_on],
        "label": part.label,
        "queryPath": path_texts(part.path),
    }
    parts = [_joined("Parallel", [_fetch(fetch, is_named=True) for fetch in wave]) for wave in deferred.waves]
    return node | {"node": _joined("Sequence", parts)} if parts else node


def _fetch(fetch: FetchNode, *, is_named: bool = False) -> JsonObject:
    node = _unconditional(fetch, is_named=is_named)
    for condition in reversed(fetch.conditions):
        clause = "ifClause" if condition.value else "elseClause"
        node = {"kind": "Condition", "condition": condition.variable, clause: node}
    return node


def _unconditional(fetch: FetchNode, *, is_named: bool) -> JsonObject:
    node: JsonObject = {
        "kind": "Fetch",
        "serviceName": fetch.subgraph,
        "variableUsages": list(fetch.variables),
        "operation": fetch.operation,
        "operationKind": fetch.operation_kind.value,
        "operationName": fetch.operation_name,
    }
    if is_named:
        node["id"] = str(fetch.id)
    match fetch.entity_calls:
        case ():
            node |= {"outputRewrites": [_rename(r) for r in fetch.output_rewrites]}
            return _flattened(fetch.path, node) if fetch.path else node
        case (call,) if len(call.paths) == 1:
            return _flattened(call.paths[0], node | _call(call))
        case calls:
            return node | {"kind": "BatchFetch", "entityBatch": {"aliases": [_aliased(call) for call in calls]}}


def _aliased(call: EntityCall) -> JsonObject:
    return {
        "alias": call.response_name,
        "representationsVariableName": call.variable,
        "paths": [path_texts(path) for path in call.paths],
        **_call(call),
    }


def _call(call: EntityCall) -> JsonObject:
    rewrites = [_rename_context(v.variable, s, call) for v in call.contextual_values for s in v.settings]
    contexts: JsonObject = {"contextRewrites": [r for several in rewrites for r in several]} if rewrites else {}
    return contexts | {
        "requires": _required(call.requires),
        "inputRewrites": [_set_typename(r, call) for r in call.input_rewrites],
        "outputRewrites": [_rename(r) for r in call.output_rewrites],
    }


def _required(selections: Iterable[RequiredSelection]) -> list[JsonObject]:
    found: list[JsonObject] = []
    for selection in selections:
        node: JsonObject
        if isinstance(selection, RequiredField):
            node = {"kind": "Field", "name": selection.response_name}
            if selection.name != selection.response_name:
                # The representation's own name; in the data the value stands under `name`.
                node = {"kind": "Field", "alias": selection.name, "name": selection.response_name}
        else:
            node = {"kind": "InlineFragment", "typeCondition": selection.type_condition}
        found.append(node | {"selections": _required(selection.selections)} if selection.selections else node)
    return found


def _set_typename(rewrite: SetTypename, call: EntityCall) -> JsonObject:
    conditions = [f"... on {fragment.type_condition}" for fragment in call.requires]
    return {"kind": "ValueSetter", "path": [*conditions, "__typename"], "setValueTo": rewrite.typename}


def _rename(rewrite: RenameKey) -> JsonObject:
    path = [text for text in path_texts(rewrite.path) if text != "@"]
    conditioned = [f"... on {text[2:-1]}" if text.startswith("|") else text for text in path]
    return {"kind": "KeyRenamer", "path": [*conditioned, rewrite.alias], "renameKeyTo": rewrite.name}


def _rename_context(variable: str, setting: ContextSetting, call: EntityCall) -> list[JsonObject]:
    """Give a rewrite per leaf and type that sets it; `..` goes one field up from the entity, through all lists."""
    below = call.paths[0][len(setting.path) :]
    up = [".."] * sum(isinstance(segment, FieldSegment) for segment in below)
    return [
        {"kind": "KeyRenamer", "path": [*up, *condition, *leaf], "renameKeyTo": variable}
        for leaf in _leaves(setting.selections, ())
        for condition in _conditions(setting, leaf)
    ]


def _conditions(setting: ContextSetting, leaf: tuple[str, ...]) -> list[list[str]]:
    """Give the type conditions under which a leaf is read: its own, if it has one, else those of the setting."""
    if not setting.types or leaf[0].startswith("... on "):
        return [[]]
    return [[f"... on {name}"] for name in sorted(setting.types)]


def _leaves(selections: Iterable[RequiredSelection], before: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for selection in selections:
        if isinstance(selection, RequiredFragment):
            yield from _leaves(selection.selections, (*before, f"... on {selection.type_condition}"))
        elif selection.selections:
            yield from _leaves(selection.selections, (*before, selection.response_name))
        elif selection.response_name != "__typename":
            yield (*before, selection.response_name)


def _flattened(path: ResponsePath, node: JsonObject) -> JsonObject:
    return {"kind": "Flatten", "path": path_texts(path), "node": node}


def _joined(kind: str, nodes: list[JsonObject]) -> JsonObject:
    return nodes[0] if len(nodes) == 1 else {"kind": kind, "nodes": nodes}
