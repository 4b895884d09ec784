"""Telling entities apart by key."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graphql import FieldNode, SelectionSetNode

from federation.executor.subgraph_client import JsonValue, ResponseObject
from federation.partition.contract import Contract
from federation.partition.merge.collect import Collector

#: Equal for items that are one thing; None for an item that is like no other.
Identity: TypeAlias = Callable[[JsonValue], Hashable | None]
_Paths: TypeAlias = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EntityIdentity:
    """An entity's type and key values.

    Attributes:
        typename: the response name of `__typename`; None where only `only_type` can be.
        paths: by type, where the key's values stand.
    """

    typename: str | None
    only_type: str
    paths: Mapping[str, _Paths]

    def __call__(self, item: ResponseObject) -> Hashable | None:
        type_name = self.only_type if self.typename is None else item[self.typename]
        paths = self.paths.get(type_name)
        if paths is None:
            return None
        values = tuple(_value_at(item, path) for path in paths)
        return None if None in values else (type_name, *values)


def entity_identity(collector: Collector, type_name: str, selections: list[SelectionSetNode]) -> Identity | None:
    """The identity of a composite type's values; None where no possible type has a key."""
    contract = collector.contract
    possible = contract.possible_types(type_name)
    paths = {
        name: _key_paths(collector, contract.keys[name], name, selections) for name in possible if name in contract.keys
    }
    if not paths:
        return None
    typename = None
    if contract.is_abstract(type_name):
        typename = collector.present("__typename", collector.collect(possible[0], selections))
    return EntityIdentity(typename, type_name, paths)


def row_identity(contract: Contract, type_name: str) -> Identity | None:
    """The identity of a connection's hidden rows; None where no two cities can know the same."""
    keys = contract.shared_keys(type_name)
    paths = {name: leaf_paths(key) for name, key in keys.items()}
    typename = "__typename" if contract.is_abstract(type_name) else None
    return EntityIdentity(typename, type_name, paths) if paths else None


def _key_paths(
    collector: Collector, key: SelectionSetNode, type_name: str, selections: list[SelectionSetNode]
) -> _Paths:
    collected = collector.collect(type_name, selections)
    return tuple(
        (collector.present(node.name.value, collected), *below)
        for node in key.selections
        if isinstance(node, FieldNode)
        for below in leaf_paths(node.selection_set)
    )


def leaf_paths(selection_set: SelectionSetNode | None) -> _Paths:
    """The ways to the leaves of a field set; an empty one for no field set."""
    if selection_set is None:
        return ((),)
    return tuple(
        (node.name.value, *below)
        for node in selection_set.selections
        if isinstance(node, FieldNode)
        for below in leaf_paths(node.selection_set)
    )


def _value_at(item: JsonValue, path: tuple[str, ...]) -> Hashable:
    for name in path:
        if item is None:
            return None
        item = item[name]
    # A key may hold a list, which cannot be hashed.
    return tuple(item) if isinstance(item, list) else item
