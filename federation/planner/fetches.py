"""Turns the steps of a search into fetch nodes: steps of one level and subgraph become one fetch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from graphql import OperationDefinitionNode, print_ast

from federation.planner.demands import Conjunction
from federation.planner.entity_calls import contextual_values, entity_calls, in_written_order, path_of
from federation.planner.errors import QueryPlanningError
from federation.planner.fragments import SelectionSets, Text, joined
from federation.planner.operation_text import SelectionWriter
from federation.planner.sources import Step
from federation.query_plan.nodes import (
    Deferral,
    EntityCall,
    FetchId,
    FetchNode,
    OperationKind,
    ResponsePath,
    SubgraphName,
)
from federation.supergraph.subgraph_schema import ContextualArgument

# What nested conditions select can multiply with every level. The longest fetch of an ordinary plan has some 10,000.
MAX_WRITTEN_OUT_CHARACTERS = 1_000_000


class FetchWriter:
    """Writes the fetches of one operation."""

    def __init__(
        self,
        operation: OperationDefinitionNode,
        kind: OperationKind,
        taken: frozenset[str],
        without_fragments: frozenset[SubgraphName],
    ) -> None:
        self._kind = kind
        self._taken = taken
        self._without_fragments = without_fragments
        self._name = operation.name.value if operation.name else None
        self._types = {v.variable.name.value: print_ast(v.type) for v in operation.variable_definitions or ()}
        self._defaults = {
            v.variable.name.value: f"={print_ast(v.default_value)}"
            for v in operation.variable_definitions or ()
            if v.default_value
        }

    def write(self, groups: list[list[Step]]) -> tuple[FetchNode, ...]:
        """Give one fetch per group of steps; a group comes after all it depends on."""
        ids = {step: FetchId(i) for i, group in enumerate(groups) for step in group}
        return tuple(self._write_fetch(FetchId(i), group, ids) for i, group in enumerate(groups))

    def _write_fetch(self, id_: FetchId, group: list[Step], ids: dict[Step, FetchId]) -> FetchNode:
        first = group[0]
        kind = self._kind if first.position.parent is None and not first.is_entity else OperationKind.QUERY
        conditions = common_conditions(group)
        sets = SelectionSets()
        root = SelectionWriter(self._taken, {}, sets)
        calls = self._calls(group, conditions, sets) if first.is_entity else []
        body = _entity_body(calls) if calls else root.write(first.selected, conditions)
        variables = sorted(sets.variables)
        name = f"{self._name}__{_as_name(first.schema.name)}__{id_}" if self._name else None
        declared = [f"${c.variable}:[_Any!]!" for c, _ in calls]
        declared += [f"${v.variable}:{v.type}" for c, _ in calls for v in c.contextual_values]
        declared += [f"${v}:{self._types[v]}{self._defaults.get(v, '')}" for v in variables]
        head = _head(kind, name, declared)
        return FetchNode(
            id=id_,
            subgraph=first.schema.name,
            operation=self._operation(head, body, sets, first.schema.name),
            operation_kind=kind,
            operation_name=name,
            variables=tuple(variables),
            entity_calls=tuple(c for c, _ in calls),
            depends_on=tuple(sorted({ids[d] for s in group for d in s.depends_on})),
            path=() if calls else path_of(first),
            conditions=in_written_order(conditions),
            output_rewrites=tuple(root.renames),
            deferrals=first.deferrals,
        )

    def _operation(self, head: str, body: Text, sets: SelectionSets, subgraph: SubgraphName) -> str:
        """Give the text that is sent, with fragments where that is shorter and the subgraph is to get them.

        Raises QueryPlanningError if it would be too long without them: who reads a plan walks through all of it.
        """
        if sets.length(body) > MAX_WRITTEN_OUT_CHARACTERS:
            raise QueryPlanningError("the operation", f"it selects too much of {subgraph} in one fetch")
        if subgraph in self._without_fragments:
            return f"{head}{{{sets.write(body)}}}"
        text, fragments = sets.write_with_fragments(body)
        return f"{head}{{{text}}} {fragments}" if fragments else f"{head}{{{text}}}"

    def _calls(self, group: list[Step], conditions: Conjunction, sets: SelectionSets) -> list[tuple[EntityCall, Text]]:
        contextual = self._contextual_variables(group)
        contents = entity_calls(group, conditions, self._taken, contextual, sets)
        single = len(contents) == 1
        return [
            (
                EntityCall(
                    "_entities" if single else f"_e{i}",
                    self._variable("representations" if single else f"representations_{i}"),
                    paths,
                    content.requires,
                    content.rewrites,
                    content.renames,
                    contextual_values(group, contextual),
                    content.alternatives,
                    content.requiring,
                ),
                content.selection,
            )
            for i, (content, paths) in enumerate(contents.items())
        ]

    def _contextual_variables(self, group: list[Step]) -> Mapping[ContextualArgument, str]:
        arguments = dict.fromkeys(value.argument for step in group for value in step.contexts)
        return {argument: self._variable(f"contextualArgument_{i}") for i, argument in enumerate(arguments)}

    def _variable(self, name: str) -> str:
        while name in self._types:
            name += "_"
        return name


def _entity_body(calls: list[tuple[EntityCall, Text]]) -> Text:
    return joined((f"{_field(call)}(representations:${call.variable}){{", *body, "}") for call, body in calls)


def _field(call: EntityCall) -> str:
    return "_entities" if call.response_name == "_entities" else f"{call.response_name}:_entities"


def fetch_groups(steps: list[Step]) -> list[list[Step]]:
    """Put steps together that become one fetch: of one level and subgraph.

    A step under conditions joins a fetch that is sent in any case where the step is wanted; else it keeps its own, so
    that nothing is sent when it is not wanted. One with contextual arguments stays alone: it is sent once per value.
    What is deferred waits for nothing else that is, and nothing waits for it.
    """
    groups: dict[
        tuple[int, SubgraphName, bool, ResponsePath, Step | None, tuple[Deferral, ...], Conjunction], list[Step]
    ] = {}
    for step in sorted(steps, key=lambda step: len(common_conditions([step]))):
        place = () if step.is_entity else path_of(step)
        conditions = common_conditions([step])
        alone = step if step.contexts else None
        for key, group in groups.items():
            *same, known = key
            if same == [*_kind_of(step), place, alone, step.deferrals] and known <= conditions:
                group.append(step)
                break
        else:
            groups[*_kind_of(step), place, alone, step.deferrals, conditions] = [step]
    return sorted(groups.values(), key=lambda group: group[0].level)


def _kind_of(step: Step) -> tuple[int, SubgraphName, bool]:
    return step.level, step.schema.name, step.is_entity


def common_conditions(group: Iterable[Step]) -> Conjunction:
    """Give the conditions that hold whenever any of the steps is wanted."""
    conjunctions = [a for step in group for a in step.alternatives]
    return frozenset.intersection(*conjunctions) if conjunctions else frozenset()


def _head(kind: OperationKind, name: str | None, declared: list[str]) -> str:
    variables = f"({','.join(declared)})" if declared else ""
    if name is None and not variables and kind is OperationKind.QUERY:
        return ""
    return f"{kind.value} {name or ''}{variables}" if name else f"{kind.value}{variables}"


def _as_name(subgraph: SubgraphName) -> str:
    return re.sub(r"\W", "_", subgraph, flags=re.ASCII)
