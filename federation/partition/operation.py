"""The texts sent to partitions: the extended operation, or those of its root fields that are routed to one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)

from federation.executor.bounded import BoundedCache
from federation.executor.subgraph_client import FetchOperation, JsonValue
from federation.partition.hidden import response_name_of


@dataclass(frozen=True, slots=True)
class PartitionOperation:
    """One text sent to partitions, with the names of the variables it defines."""

    operation: FetchOperation
    variables: frozenset[str]

    def select(self, variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
        """The values of the variables that the text defines."""
        return {name: value for name, value in variables.items() if name in self.variables}


@dataclass(frozen=True, slots=True)
class OperationVariants:
    """The extended operation and its parts by root fields, each made once.

    Attributes:
        original: the fetch whose subgraph, kind and name the texts keep.
        definition, fragments: the extended operation.
        root_names: all its root fields' response names.
    """

    original: FetchOperation
    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root_names: frozenset[str]
    made: BoundedCache[frozenset[str], PartitionOperation] = field(default_factory=lambda: BoundedCache(64))

    def of(self, root_names: Collection[str]) -> PartitionOperation:
        """The operation with these root fields only."""
        names = frozenset(root_names)
        return self.made.get(names, lambda: self._make(names))

    def _make(self, names: frozenset[str]) -> PartitionOperation:
        definition = self.definition
        if names != self.root_names:
            definition = replace(definition, selection_set=_only(definition.selection_set, names))
        fragments = used_fragments(definition, self.fragments)
        used = _Names()
        for node in (replace(definition, variable_definitions=()), *fragments):
            visit(node, used)
        kept = tuple(
            variable
            for variable in definition.variable_definitions or ()
            if variable.variable.name.value in used.variables
        )
        document = DocumentNode(definitions=(replace(definition, variable_definitions=kept), *fragments))
        operation = prepare_operation(self.original, print_ast(document))
        return PartitionOperation(operation, frozenset(variable.variable.name.value for variable in kept))


def prepare_operation(original: FetchOperation, text: str) -> FetchOperation:
    """`original` with another text."""
    name = b"" if original.name is None else b',"operationName":' + orjson.dumps(original.name)
    head = b'{"query":' + orjson.dumps(text) + name + b',"variables":'
    return replace(original, text=text, head=head, decode=None)


class _Names(Visitor):
    """Collects the variables and fragment spreads of a node."""

    def __init__(self) -> None:
        super().__init__()
        self.variables: set[str] = set()
        self.spreads: dict[str, None] = {}

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.variables.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: Any) -> None:
        self.spreads[node.name.value] = None


def used_fragments(root: Node, fragments: Mapping[str, FragmentDefinitionNode]) -> list[FragmentDefinitionNode]:
    """The fragments that `root` uses, and those that they use, in the order of their use."""
    used: dict[str, FragmentDefinitionNode] = {}
    waiting = [root]
    while waiting:
        names = _Names()
        visit(waiting.pop(), names)
        found = {name: fragments[name] for name in names.spreads if name not in used}
        used |= found
        waiting += found.values()
    return list(used.values())


def _only(selection_set: SelectionSetNode, names: frozenset[str]) -> SelectionSetNode:
    """The root fields with these response names. Root selections hold no fragment spreads any more."""
    kept: list[SelectionNode] = []
    for node in selection_set.selections:
        if isinstance(node, InlineFragmentNode):
            inner = _only(node.selection_set, names)
            if inner.selections:
                kept.append(replace(node, selection_set=inner))
        elif isinstance(node, FieldNode) and response_name_of(node) in names:
            kept.append(node)
    return SelectionSetNode(selections=tuple(kept))


def inline_root(selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> SelectionSetNode:
    """Root selections with fragment spreads as inline fragments."""
    selections: list[SelectionNode] = []
    for node in selection_set.selections:
        if isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            inner = inline_root(fragment.selection_set, fragments)
            condition = fragment.type_condition
            selections.append(
                InlineFragmentNode(type_condition=condition, directives=node.directives, selection_set=inner)
            )
        elif isinstance(node, InlineFragmentNode):
            selections.append(replace(node, selection_set=inline_root(node.selection_set, fragments)))
        else:
            selections.append(node)
    return SelectionSetNode(selections=tuple(selections))


def root_fields(selection_set: SelectionSetNode) -> dict[str, str]:
    """By response name the root fields' names, in order, of inlined root selections."""
    fields: dict[str, str] = {}
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            fields.setdefault(response_name_of(node), node.name.value)
        elif isinstance(node, InlineFragmentNode):
            fields |= {name: field for name, field in root_fields(node.selection_set).items() if name not in fields}
    return fields
