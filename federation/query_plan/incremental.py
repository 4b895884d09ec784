"""`@defer` and `@stream` in documents: which fragments and fields have them, and documents with fewer of them.

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
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

FragmentUse: TypeAlias = InlineFragmentNode | FragmentSpreadNode
#: Says of the value of `if`, None if there is none, whether the directive is active.
IsActive: TypeAlias = Callable[[ValueNode | None], bool]


def number_defers(document: DocumentNode) -> dict[int, int]:
    """Give the number of each deferred fragment by its node's `id`: the order in which they stand in the document.

    Nodes are told by identity, so the document must outlive the answer.
    """
    return {id(node): number for number, node in enumerate(deferred_fragments(document))}


def number_streams(document: DocumentNode) -> dict[int, int]:
    """Give the number of each streamed field by its node's `id`, as `number_defers` does."""
    return {id(node): number for number, node in enumerate(streamed_fields(document))}


def deferred_fragments(document: DocumentNode) -> Iterator[FragmentUse]:
    """Give the fragments with `@defer`, in the document's order; `if` is not looked at, other than `if: false`."""
    return (node for node in _marked_nodes(document) if not isinstance(node, FieldNode))


def streamed_fields(document: DocumentNode) -> Iterator[FieldNode]:
    """Give the fields with `@stream`, in the document's order; `if` is not looked at, other than `if: false`."""
    return (node for node in _marked_nodes(document) if isinstance(node, FieldNode))


def has_parts(document: DocumentNode) -> bool:
    """Whether anything in the document may be deferred or streamed."""
    return any(True for _ in _marked_nodes(document))


def _marked_nodes(document: DocumentNode) -> Iterator[FieldNode | FragmentUse]:
    waiting: list[SelectionNode] = []
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            waiting += reversed(definition.selection_set.selections)
        while waiting:
            node = waiting.pop()
            if isinstance(node, FieldNode | InlineFragmentNode | FragmentSpreadNode):
                directive = incremental_directive(node)
                if directive is not None and may_be_active(condition_of(directive)):
                    yield node
            inner: SelectionSetNode | None = getattr(node, "selection_set", None)
            if inner is not None:
                waiting += reversed(inner.selections)


def incremental_directive(node: SelectionNode) -> DirectiveNode | None:
    """Give the `@stream` of a field, the `@defer` of a fragment; None if it has none."""
    name = "stream" if isinstance(node, FieldNode) else "defer"
    return next((directive for directive in node.directives or () if directive.name.value == name), None)


def condition_of(directive: DirectiveNode) -> ValueNode | None:
    """Give the value of `if`; None if there is none."""
    return _argument(directive, "if")


def may_be_active(condition: ValueNode | None) -> bool:
    """Whether a directive with such an `if` may be active for some variables."""
    return not (isinstance(condition, BooleanValueNode) and not condition.value)


def label_of(node: FieldNode | FragmentUse) -> str | None:
    """Give the label of a deferred fragment or a streamed field."""
    directive = incremental_directive(node)
    value = None if directive is None else _argument(directive, "label")
    return value.value if isinstance(value, StringValueNode) else None


def initial_count_of(node: FieldNode) -> int | str:
    """Give how many items of a streamed field the initial result has, or the name of the variable that says so."""
    directive = incremental_directive(node)
    match None if directive is None else _argument(directive, "initialCount"):
        case IntValueNode(value=value):
            return int(value)
        case VariableNode(name=name):
            return name.value
        case _:
            return 0


def _argument(directive: DirectiveNode, name: str) -> ValueNode | None:
    return next((a.value for a in directive.arguments or () if a.name.value == name), None)


def condition_variables(document: DocumentNode) -> tuple[str, ...]:
    """Give the variables on which it depends what is deferred or streamed, sorted."""
    directives = filter(None, map(incremental_directive, _marked_nodes(document)))
    conditions = (condition_of(directive) for directive in directives)
    return tuple(sorted({value.name.value for value in conditions if isinstance(value, VariableNode)}))


def keep_active(document: DocumentNode, is_active: IsActive) -> DocumentNode:
    """Give the document with those `@defer`s and `@stream`s only that are active; these lose their `if`."""

    def kept(node: SelectionNode) -> SelectionNode:
        inner: SelectionSetNode | None = getattr(node, "selection_set", None)
        if inner is not None:
            node = replace(node, selection_set=within(inner))  # type: ignore[call-arg]  # has one
        directive = incremental_directive(node)
        if directive is not None:
            others = (d for d in node.directives or () if d is not directive)
            settled = (_unconditional(directive),) if is_active(condition_of(directive)) else ()
            node = replace(node, directives=(*others, *settled))
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


def without_parts(document: DocumentNode) -> DocumentNode:
    """Give the document with nothing deferred or streamed."""
    return keep_active(document, lambda _: False)


def _unconditional(directive: DirectiveNode) -> DirectiveNode:
    return replace(directive, arguments=tuple(a for a in directive.arguments or () if a.name.value != "if"))
