"""Random operations over a contract, for laws that must hold for any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
)
from hypothesis import strategies as st

_OPAQUE = frozenset({"cursor", "startCursor", "endCursor"})
_MAX_DEPTH = 5


@dataclass(frozen=True, slots=True)
class Operations:
    """Draws selection sets, e.g. `{name a1: visits{number} ... on Call{seconds}}`.

    Attributes:
        arguments: by `Type.field` the texts of arguments to choose from.
        left_out: fields that are not drawn; cursors never are, for no two ways to split a domain have the same.
    """

    draw: st.DrawFn
    schema: GraphQLSchema
    arguments: Mapping[str, Sequence[str]]
    left_out: frozenset[str] = frozenset()
    aliases: count[int] = field(default_factory=count)

    def selection_set(self, type_: GraphQLNamedType, depth: int = 0) -> str:
        """A selection set on a composite type."""
        parts = [self._field(f"{type_.name}.{name}", found, depth) for name, found in self._fields(type_, depth)]
        if isinstance(type_, (GraphQLInterfaceType, GraphQLUnionType)) and depth < _MAX_DEPTH:
            possible = self.draw(st.sampled_from(self.schema.get_possible_types(type_)))
            parts.append(f"... on {possible.name}{self.selection_set(possible, depth + 1)}")
        elif parts and self.draw(st.booleans()):
            parts[0] = f"... on {type_.name}{{{parts[0]}}}"
        if not parts or self.draw(st.booleans()):
            parts.append(self._alias() + "__typename")
        return f"{{{' '.join(parts)}}}"

    def _fields(self, type_: GraphQLNamedType, depth: int) -> list[tuple[str, GraphQLField]]:
        if not isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType)):
            return []
        fields = [name for name, found in type_.fields.items() if self._is_drawn(name, found, depth)]
        names = self.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=5)) if fields else []
        return [(name, type_.fields[name]) for name in names]

    def _field(self, coordinate: str, found: GraphQLField, depth: int) -> str:
        given = self.draw(st.sampled_from(self.arguments.get(coordinate, ("",))))
        inner = get_named_type(found.type)
        below = self.selection_set(inner, depth + 1) if _is_composite(inner) else ""
        # Without an alias, the same field twice is one field whose selection sets are merged.
        alias = self._alias() if coordinate in self.arguments else self.draw(st.sampled_from(["", self._alias()]))
        return f"{alias}{coordinate.partition('.')[2]}{given}{below}"

    def _is_drawn(self, name: str, found: GraphQLField, depth: int) -> bool:
        if name.startswith("_") or name in _OPAQUE | self.left_out:
            return False
        return depth < _MAX_DEPTH or not _is_composite(get_named_type(found.type))

    def _alias(self) -> str:
        return f"a{next(self.aliases)}: "


def _is_composite(type_: GraphQLNamedType) -> bool:
    return isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType))
