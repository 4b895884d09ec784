"""How values of one GraphQL type are ordered: for LATEST, MIN, MAX and the order of connections.

Dates and months order as text, date-times as moments (without an offset: UTC), decimals in text as numbers, enum
values as the schema lists them. A value that cannot be read orders like null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from graphql import GraphQLEnumType, GraphQLNamedType

from federation.executor.subgraph_client import JsonValue
from federation.supergraph.partitions import NUMBER_TYPES

#: Gives a comparable value, or None for what orders like null.
SortKey: TypeAlias = Callable[[JsonValue], Any]


def sort_key(type_: GraphQLNamedType) -> SortKey:
    """The sort key of a leaf type's values."""
    if isinstance(type_, GraphQLEnumType):
        return {name: position for position, name in enumerate(type_.values)}.get
    return _SCALARS.get(type_.name, _plain)


# One answer's LATEST fields compare the same few date-times again and again.
@lru_cache(maxsize=8192)
def _moment(value: JsonValue) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(value: JsonValue) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return None if number.is_nan() else number


def _plain(value: JsonValue) -> tuple[int, float | str] | None:
    # Other scalars may mix numbers and text, which Python does not compare: numbers come first.
    if type(value) is str:  # nearly always
        return (1, value)
    if value is None:
        return None
    return (0, value) if isinstance(value, (int, float)) else (1, str(value))


_SCALARS: Mapping[str, SortKey] = MappingProxyType({"DateTime": _moment} | dict.fromkeys(NUMBER_TYPES, _number))


class Descending:
    """A sort key turned round."""

    __slots__ = ("key",)

    def __init__(self, key: Any) -> None:
        self.key = key

    def __lt__(self, other: Descending) -> bool:
        return bool(other.key < self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Descending) and bool(self.key == other.key)

    def __hash__(self) -> int:
        return hash(self.key)
