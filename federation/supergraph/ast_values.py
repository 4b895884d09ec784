"""Plain values of directive arguments, read from the AST without a schema."""

from __future__ import annotations

from collections.abc import Iterator

from graphql import ConstDirectiveNode, value_from_ast_untyped
from graphql.language import (
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    SchemaDefinitionNode,
    SchemaExtensionNode,
    TypeDefinitionNode,
)

DirectiveHolder = (
    SchemaDefinitionNode
    | SchemaExtensionNode
    | TypeDefinitionNode
    | FieldDefinitionNode
    | EnumTypeDefinitionNode
    | EnumValueDefinitionNode
    | InputValueDefinitionNode
)


class Arguments:
    """The arguments of one directive application; an absent argument reads as None, False or nothing."""

    __slots__ = ("_values",)

    def __init__(self, node: ConstDirectiveNode) -> None:
        self._values: dict[str, object] = {a.name.value: value_from_ast_untyped(a.value) for a in node.arguments or ()}

    def text(self, name: str) -> str | None:
        """Give a string or enum argument."""
        value = self._values.get(name)
        return value if isinstance(value, str) else None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give a boolean argument."""
        value = self._values.get(name)
        return value if isinstance(value, bool) else default

    def number(self, name: str) -> int | None:
        """Give an integer argument."""
        value = self._values.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def items(self, name: str) -> list[object]:
        """Give a list argument; a single value is a list of one, as GraphQL coerces it."""
        value = self._values.get(name)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    @property
    def is_empty(self) -> bool:
        """True if the directive stands without arguments."""
        return not self._values


def applications(holder: DirectiveHolder, directive: str) -> Iterator[Arguments]:
    """Give the arguments of each application of `directive`, in the order of the document."""
    for node in holder.directives or ():
        if node.name.value == directive:
            yield Arguments(node)


def has_directive(holder: DirectiveHolder, directive: str | None) -> bool:
    """True if `directive` is applied to `holder`."""
    return directive is not None and any(node.name.value == directive for node in holder.directives or ())
