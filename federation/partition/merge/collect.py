"""What an object type's selection sets select, by response name.

Conditions are not evaluated: a field left out by one is absent in the data of every partition.

Source: https://spec.graphql.org/draft/#CollectFields()
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import FieldNode, InlineFragmentNode, SelectionSetNode

from federation.partition.contract import ENTITY_UNION, Contract
from federation.partition.hidden import HiddenNames, response_name_of

#: The nodes of each response name; more than one where they are merged.
Collected: TypeAlias = Mapping[str, list[FieldNode]]


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects the fields of an extended operation, in which merged positions have inline fragments only."""

    contract: Contract
    names: HiddenNames

    def collect(self, type_name: str, selection_sets: Iterable[SelectionSetNode]) -> Collected:
        """The fields selected for an object type."""
        collected: dict[str, list[FieldNode]] = {}
        self._collect(type_name, selection_sets, collected)
        return collected

    def _collect(
        self, type_name: str, selection_sets: Iterable[SelectionSetNode], collected: dict[str, list[FieldNode]]
    ) -> None:
        for selection_set in selection_sets:
            for node in selection_set.selections:
                if isinstance(node, FieldNode):
                    collected.setdefault(response_name_of(node), []).append(node)
                elif isinstance(node, InlineFragmentNode) and self._applies(node, type_name):
                    self._collect(type_name, (node.selection_set,), collected)

    def _applies(self, fragment: InlineFragmentNode, type_name: str) -> bool:
        condition = fragment.type_condition
        return condition is None or type_name in self.contract.possible_types(condition.name.value)

    def present(self, field_name: str, collected: Collected) -> str:
        """The response name under which a field we need is there: hidden, or as the client selects it."""
        hidden = self.names.prefix + field_name
        return hidden if hidden in collected else field_name

    def shown(self, collected: Collected) -> Collected:
        """What the client selects."""
        return {name: nodes for name, nodes in collected.items() if not self.names.is_hidden(name)}

    def hidden(self, collected: Collected) -> tuple[str, ...]:
        """The response names that are ours."""
        return tuple(name for name in collected if self.names.is_hidden(name))


def selection_sets_of(nodes: Iterable[FieldNode]) -> list[SelectionSetNode]:
    """The selection sets of nodes of one response name; empty for a leaf."""
    return [node.selection_set for node in nodes if node.selection_set is not None]


def entity_type_of(contract: Contract, selection_sets: Iterable[SelectionSetNode]) -> str:
    """The one object type that an `_entities` field's fragments name, else `_Entity`."""
    named: set[str] = set()
    for selection_set in selection_sets:
        for node in selection_set.selections:
            if isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                named.update(contract.possible_types(condition.name.value if condition else ENTITY_UNION))
    return named.pop() if len(named) == 1 else ENTITY_UNION
