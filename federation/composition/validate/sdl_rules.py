"""graphql-core's rules for SDL, run over a document by a traversal of our own.

The library's `visit` can edit and stop, asks every rule at every node, and takes a third of reading a large graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from graphql import DefinitionNode, DocumentNode, GraphQLError, Node
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation import ASTValidationRule, SDLValidationContext
from graphql.validation.specified_rules import specified_sdl_rules

Look = Callable[..., object]
"""A rule's method: of node, key, parent, path and ancestors. No rule for SDL needs key or path."""

# No rule looks at names, and they are half of all nodes.
_UNSEEN = ("name", "description", "locations")
_INNER = (
    "directive",
    "argument",
    "list_value",
    "object_value",
    "object_field",
    "named_type",
    "list_type",
    "non_null_type",
)
_METHODS = ("enter", "leave")


def validate_sdl(document: DocumentNode, own: tuple[DefinitionNode, ...]) -> list[GraphQLError]:
    """Give the breaches in a part of the document; the order is that of the library's own function."""
    errors: list[GraphQLError] = []
    context = SDLValidationContext(document, None, errors.append)
    traversal = _Traversal(_plans([rule(context) for rule in specified_sdl_rules]))
    traversal.visit_all(own, DocumentNode(definitions=own))
    return errors


def _methods(kind: str, rule: type[ASTValidationRule], method: str) -> Iterator[str]:
    """Give the name of the rule's method for a kind of node.

    A method for all kinds is the one that compares an element's directives, so it needs only nodes that have some.
    """
    if hasattr(rule, f"{method}_{kind}"):
        yield f"{method}_{kind}"
    elif hasattr(rule, method) and "directives" in QUERY_DOCUMENT_KEYS[kind]:
        yield method


_LOOKS = {
    kind: tuple(
        tuple((index, name) for index, rule in enumerate(specified_sdl_rules) for name in _methods(kind, rule, method))
        for method in _METHODS
    )
    for kind in QUERY_DOCUMENT_KEYS
    if "definition" in kind or "extension" in kind or kind in _INNER
}
_KEYS = {kind: tuple(key for key in keys if key not in _UNSEEN) for kind, keys in QUERY_DOCUMENT_KEYS.items()}


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is done at one kind of node: the rules' methods on entering and leaving, and which children are visited."""

    enter: tuple[Look, ...]
    leave: tuple[Look, ...]
    keys: tuple[str, ...]


@dataclass(slots=True)
class _Traversal:
    """One traversal, depth first. What a rule answers is not needed: those that skip a subtree see none of its kinds.

    Attributes:
        plans: by kind; none for scalar values, which no rule looks at.
        ancestors: as the library has them: nodes and tuples of nodes, from the document on, without the parent.
    """

    plans: dict[str, _Plan]
    ancestors: list[object] = field(default_factory=list)

    def visit(self, node: Node, parent: object) -> None:
        plan = self.plans[node.kind]
        for enter in plan.enter:
            enter(node, None, parent, (), self.ancestors)
        self.ancestors.append(parent)
        for key in plan.keys:
            child = getattr(node, key)
            if isinstance(child, tuple):
                self.visit_all(child, node)
            elif child is not None and child.kind in self.plans:
                self.visit(child, node)
        self.ancestors.pop()
        for leave in plan.leave:
            leave(node, None, parent, (), self.ancestors)

    def visit_all(self, nodes: tuple[Node, ...], parent: Node) -> None:
        self.ancestors.append(parent)
        for node in nodes:
            if node.kind in self.plans:
                self.visit(node, nodes)
        self.ancestors.pop()


def _plans(rules: Sequence[ASTValidationRule]) -> dict[str, _Plan]:
    return {
        kind: _Plan(
            tuple(getattr(rules[index], name) for index, name in enter),
            tuple(getattr(rules[index], name) for index, name in leave),
            _KEYS[kind],
        )
        for kind, (enter, leave) in _LOOKS.items()
    }
