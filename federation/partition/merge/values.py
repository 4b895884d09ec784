"""Rules that choose or compute one value: LATEST, SUM, MIN, MAX, ANY, ALL. (FIRST is `ObjectMerge`'s own.)"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias

from graphql import GraphQLNamedType

from federation.executor.errors import ErrorPath
from federation.executor.subgraph_client import JsonValue
from federation.partition.merge.share import MergeRun, Share, Shares, values_of
from federation.partition.order import SortKey, sort_key
from federation.supergraph.partitions import MergeRule

#: Makes one value of at least one, none of them null.
Fold: TypeAlias = Callable[[list[JsonValue]], JsonValue]


@dataclass(frozen=True, slots=True)
class LatestMerge:
    """The value, not null, of the partition whose `by` is greatest; without a date it is the oldest."""

    name: str
    by: str
    key: SortKey

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:  # noqa: ARG002 (the protocol's)
        winner = self._winner(shares)
        return None if winner is None else winner[1][self.name]

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath:  # noqa: ARG002  (the protocol's signature)
        winner = self._winner(shares)
        return path if winner is not None and winner[0] == origin else ()

    def _winner(self, shares: Shares) -> Share | None:
        name, name_of_by = self.name, self.by
        best = None
        best_by = None
        for share in shares:
            if share[1].get(name) is None:
                continue
            by = share[1].get(name_of_by)
            # Cities often have the same record: equal texts need not be read.
            if best is None or (by != best_by and self._is_later(by, best_by)):
                best, best_by = share, by
        return best

    def _is_later(self, by: JsonValue, than: JsonValue) -> bool:
        key = None if by is None else self.key(by)
        if key is None:
            return False
        than_key = None if than is None else self.key(than)
        return than_key is None or bool(key > than_key)


@dataclass(frozen=True, slots=True)
class FoldMerge:
    """A value computed from all partitions' values; null when none has one."""

    name: str
    fold: Fold

    def merge(self, shares: Shares, run: MergeRun) -> JsonValue:  # noqa: ARG002  (the protocol's signature)
        values = values_of(shares, self.name)
        return self.fold(values) if values else None

    def relocate(self, path: ErrorPath, origin: int, shares: Shares, run: MergeRun) -> ErrorPath:  # noqa: ARG002  (the protocol's signature)
        return ()


def fold_of(rule: MergeRule, type_: GraphQLNamedType) -> Fold:
    """The function of a folding rule over values of a leaf type."""
    key = sort_key(type_)
    match rule:
        case MergeRule.MIN:
            return lambda values: _extreme(values, key, min)
        case MergeRule.MAX:
            return lambda values: _extreme(values, key, max)
        case _:
            return _FOLDS[rule]


def _extreme(values: list[JsonValue], key: SortKey, choose: Callable[..., JsonValue]) -> JsonValue:
    readable = [value for value in values if key(value) is not None]
    return choose(readable, key=key) if readable else values[0]


def _sum(values: list[JsonValue]) -> JsonValue:
    """Numbers are added; decimals in text are added exactly and stay text."""
    if any(isinstance(value, str) for value in values):
        return str(sum((Decimal(str(value)) for value in values), Decimal()))
    return sum(values)


_FOLDS: Mapping[MergeRule, Fold] = MappingProxyType({MergeRule.SUM: _sum, MergeRule.ANY: any, MergeRule.ALL: all})
