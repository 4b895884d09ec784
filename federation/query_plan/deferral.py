"""`@defer` in documents: which fragments have it, and documents with fewer of them.

Source: https://github.com/graphql/graphql-spec/pull/1110
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

DEFER = "defer"
FragmentUse: TypeAlias = InlineFragmentNode | FragmentSpreadNode
#: Says of the value of `if`, None if there is none, whether the fragment is deferred.
IsActive: TypeAlias = Callable[[ValueNode | None], bool]


def number_defers(document: DocumentNode) -> dict[int, int]:
    """Give the number of each deferred fragment by its node's `id`: the order in which they stand in the document.

    Nodes are told by identity, so the document must outlive the answer.
    """
    return {id(node): number for number, node in enumerate(deferred_fragments(document))}


def deferred_fragments(document: DocumentNode) -> Iterator[FragmentUse]:
    """Give the fragments with `@defer`, in the document's order; `if` is not looked at, other than `if: false`."""
    waiting: list[SelectionNode] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            waiting += reversed(definition.selection_set.selections)
        while waiting:
            node = waiting.pop()
            if isinstance(node, InlineFragmentNode | FragmentSpreadNode):
                directive = defer_directive(node)
                if directive is not None and may_defer(condition_of(directive)):
                    yield node
            inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            if inner is not None:
                waiting += reversed(inner.selections)


def defer_directive(node: SelectionNode) -> DirectiveNode | None:
    """Give the `@defer` of a fragment; None if it has none."""
    return next((directive for directive in node.directives or () if directive.name.value == DEFER), None)


def condition_of(directive: DirectiveNode) -> ValueNode | None:
    """Give the value of `if`; None if there is none."""
    return next((a.value for a in directive.arguments or () if a.name.value == "if"), None)


def may_defer(condition: ValueNode | None) -> bool:
    """Whether `@defer` with such an `if` may be active for some variables."""
    return not (isinstance(condition, BooleanValueNode) and not condition.value)


def label_of(node: FragmentUse) -> str | None:
    """Give the label of a deferred fragment."""
    directive = defer_directive(node)
    arguments = (directive.arguments or ()) if directive is not None else ()
    values = (argument.value for argument in arguments if argument.name.value == "label")
    return next((value.value for value in values if isinstance(value, StringValueNode)), None)


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """Give the variables on which it depends what is deferred, sorted."""
    directives = filter(None, map(defer_directive, deferred_fragments(document)))
    conditions = (condition_of(directive) for directive in directives)
    return tuple(sorted({value.name.value for value in conditions if isinstance(value, VariableNode)}))


def keep_defers(document: DocumentNode, is_active: IsActive) -> DocumentNode:
    """Give the document with those `@defer`s only that are active; these lose their `if`."""

    def kept(node: SelectionNode) -> SelectionNode:
        inner: SelectionSetNode | None = getattr(node, "selection_set", None)
        if inner is not None:
            node = replace(node, selection_set=within(inner))  # type: ignore[call-arg]  # has one
        if isinstance(node, InlineFragmentNode | FragmentSpreadNode) and defer_directive(node) is not None:
            node = replace(node, directives=tuple(_settled(node.directives or (), is_active)))
        return node

    def within(selections: SelectionSetNode) -> SelectionSetNode:
        return replace(selections, selections=tuple(map(kept, selections.selections)))

    definitions = tuple(
        replace(definition, selection_set=within(definition.selection_set))
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode)
        else definition
        for definition in document.definitions
    )
    return replace(document, definitions=definitions)


def without_defers(document: DocumentNode) -> DocumentNode:
    """Give the document with nothing deferred."""
    return keep_defers(document, lambda _: False)


def _settled(directives: tuple[DirectiveNode, ...], is_active: IsActive) -> Iterator[DirectiveNode]:
    for directive in directives:
        if directive.name.value != DEFER:
            yield directive
        elif is_active(condition_of(directive)):
            arguments = tuple(a for a in directive.arguments or () if a.name.value != "if")
            yield replace(directive, arguments=arguments)
