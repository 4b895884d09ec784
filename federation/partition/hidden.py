"""Names that the client's text does not contain, for the fields we add."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from graphql import FieldNode, NameNode, SelectionNode, SelectionSetNode

_ROW_FIELDS = frozenset({"edges", "nodes", "pageInfo"})


@dataclass(frozen=True, slots=True)
class HiddenNames:
    """What begins with `prefix` was added by us."""

    prefix: str

    def alias(self, field_name: str, selection_set: SelectionSetNode | None = None) -> FieldNode:
        """`<prefix>name: name`."""
        return FieldNode(
            alias=NameNode(value=self.prefix + field_name),
            name=NameNode(value=field_name),
            selection_set=selection_set,
        )

    def hide(self, selection_set: SelectionSetNode) -> tuple[SelectionNode, ...]:
        """The fields of a field set under hidden names; below them nothing needs hiding."""
        return tuple(
            self.alias(node.name.value, node.selection_set)
            for node in selection_set.selections
            if isinstance(node, FieldNode)
        )

    def rows(
        self, selected: Set[str], by: Sequence[str], key: Sequence[SelectionNode], info: Sequence[str]
    ) -> list[FieldNode]:
        """What a connection needs of each row: its cursor, unless only nodes are selected, its node's `by` and key.

        `info` are the fields of its page info.
        """
        if selected.isdisjoint(_ROW_FIELDS):
            return []
        more = self.alias("pageInfo", _select(*map(_plain, info)))
        node = _select(_nested(by), *key)
        if selected.isdisjoint({"edges", "pageInfo"}):
            return [self.alias("nodes", node), more]
        return [self.alias("edges", _select(_plain("cursor"), _plain("node", node))), more]

    def tidy(self, selections: Iterable[SelectionNode]) -> tuple[SelectionNode, ...]:
        """`selections` with each hidden field once, and hidden leaves left out that the client selects there anyway."""
        given = tuple(selections)
        plain = {node.name.value for node in given if isinstance(node, FieldNode) and _is_plain(node)}
        kept: list[SelectionNode] = []
        for node in given:
            if isinstance(node, FieldNode) and self.is_hidden(response_name_of(node)):
                is_selected = node.selection_set is None and node.name.value in plain
                if is_selected or node in kept:
                    continue
            kept.append(node)
        return tuple(kept)

    def is_hidden(self, response_name: str) -> bool:
        return response_name.startswith(self.prefix)


def hidden_names_for(text: str) -> HiddenNames:
    """Hidden names for an operation's text."""
    prefix = "_p_"
    while prefix in text:
        prefix = f"_{prefix}"
    return HiddenNames(prefix)


def response_name_of(node: FieldNode) -> str:
    """A field's response name: its alias, else its name."""
    return (node.alias or node.name).value


def _is_plain(node: FieldNode) -> bool:
    return not (node.selection_set or node.alias or node.arguments or node.directives)


def _nested(path: Sequence[str]) -> FieldNode:
    inner = None if len(path) == 1 else _select(_nested(path[1:]))
    return _plain(path[0], inner)


def _plain(name: str, selection_set: SelectionSetNode | None = None) -> FieldNode:
    return FieldNode(name=NameNode(value=name), selection_set=selection_set)


def _select(*selections: SelectionNode) -> SelectionSetNode:
    return SelectionSetNode(selections=selections)
