"""Invented data for any contract, and what a subgraph over all cities' data would keep: merged values, not answers.

A city's value at a place is a function of seed, city and place alone. Connections are kept as lists of their nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    get_named_type,
    is_composite_type,
)

from federation.partition import Contract
from federation.partition.contract import is_list
from federation.supergraph.partitions import Merge, MergeRule

SHARED = ("1", "2", "3", "4")
_MAX_DEPTH = 4
_LEAVES: Mapping[str, Sequence[Any]] = {
    "Date": ("2026-01-01", "2026-01-02", "2026-02-01"),
    "DateTime": ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z", "2026-03-01T08:00:00+08:00"),
    "Int": (0, 1, 2),
    "Boolean": (True, False),
}
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Invention:
    """The data of a domain's cities."""

    contract: Contract
    seed: int

    def root(self, cities: Sequence[str]) -> dict[str, Callable[..., Any]]:
        """The root values of a subgraph that keeps these cities' data."""
        fields = self.contract.schema.query_type.fields
        own = {name: field for name, field in fields.items() if not name.startswith("_")}
        resolvers = {name: self._root_field(name, field, cities) for name, field in own.items()}
        return {**resolvers, "_entities": lambda representation: self._entity(representation, cities)}

    def _root_field(self, name: str, field: GraphQLField, cities: Sequence[str]) -> Callable[..., Any]:
        def resolve(**arguments: Any) -> Any:
            named = _city_named(arguments)
            asked = [city for city in cities if named is None or city == named]
            objects = [{name: self._value(field.type, city, f"Query.{name}", 0)} for city in asked]
            merged = self._merge_field("Query", name, field, objects)
            return self._executable(field, merged, arguments)

        return resolve

    def _entity(self, representation: Object, cities: Sequence[str]) -> Object | None:
        type_name = representation["__typename"]
        owner = representation.get("city", {}).get("code")
        asked = [city for city in cities if owner is None or city == owner]
        known = [found for city in asked if (found := self._known(type_name, representation, city)) is not None]
        if not known:
            return None
        return self._executable_object(type_name, self._merge(type_name, known))

    def _known(self, type_name: str, representation: Object, city: str) -> Object | None:
        place = f"{type_name}/{sorted(representation.items(), key=str)}"
        if "city" not in representation and self._random(city, place).random() < 0.3:
            return None
        found = self._object(type_name, city, place, 0)
        return {**found, **{name: value for name, value in representation.items() if name != "city"}}

    # what one city has

    def _random(self, *place: str) -> Random:
        return Random("/".join((str(self.seed), *place)))

    def _value(self, type_: GraphQLOutputType, city: str, place: str, depth: int) -> Any:
        random = self._random(city, place)
        named = get_named_type(type_)
        is_required = isinstance(type_, GraphQLNonNull)
        if not is_required and (random.random() < 0.3 or (is_composite_type(named) and depth >= _MAX_DEPTH)):
            return None
        if _is_connection(type_):
            return self._rows(named.name, city, place, depth)
        if is_list(type_):
            count = 0 if depth >= _MAX_DEPTH else random.randrange(3)
            return [self._one(named, city, f"{place}/{number}", depth) for number in range(count)]
        return self._one(named, city, place, depth)

    def _one(self, type_: Any, city: str, place: str, depth: int) -> Any:
        random = self._random(city, place, "one")
        if is_composite_type(type_):
            name = random.choice(self.contract.possible_types(type_.name))
            return self._object(name, city, place, depth + 1)
        if isinstance(type_, GraphQLEnumType):
            return random.choice(list(type_.values))
        return random.choice(_LEAVES.get(type_.name, ("0.10", "2", "3.25")))

    def _object(self, type_name: str, city: str, place: str, depth: int) -> Object:
        if type_name == "City":
            return {"__typename": "City", "code": city, "name": f"city {city}"}
        fields = self._fields(type_name)
        found = {name: self._value(field.type, city, f"{place}.{name}", depth) for name, field in fields.items()}
        for name in self._shared_key(type_name):
            found[name] = self._random(city, place, name).choice(SHARED)
        return {"__typename": type_name, **found}

    def _rows(self, connection: str, city: str, place: str, depth: int) -> list[Object]:
        random = self._random(city, place)
        node = get_named_type(self._fields(connection)["nodes"].type).name
        numbers = sorted(random.sample(SHARED, random.randrange(len(SHARED) + 1)))
        rows = [self._object(node, city, f"{place}/{number}", depth + 1) for number in numbers]
        for number, row in zip(numbers, rows, strict=True):
            for name in self._shared_key(node):
                row |= {name: number, "birthDate": self._birth_dates()[number]}
        by = next(merge.by for merge in self.contract.subgraph.merges.values() if merge.rule is MergeRule.CONNECTION)
        # Payments of one pension have no rule: they are one city's own, in its order.
        is_ordered = (by or "").split(".")[0] in self._fields(node)
        return sorted(rows, key=lambda row: _order(row, by or "")) if is_ordered else rows

    def _birth_dates(self) -> dict[str, str | None]:
        """Cities agree on what orders an entity, and no two have the same: behind equal ones a share may lie later."""
        dates = [*_LEAVES["Date"], None]
        return dict(zip(SHARED, self._random("birth dates").sample(dates, len(dates)), strict=True))

    # what all cities have together

    def _merge(self, type_name: str, objects: Sequence[Object]) -> Object:
        merged = {
            name: self._merge_field(type_name, name, field, objects) for name, field in self._fields(type_name).items()
        }
        return {"__typename": type_name, **merged}

    def _merge_field(self, type_name: str, name: str, field: GraphQLField, objects: Sequence[Object]) -> Any:
        merge = self.contract.merge_of(type_name, name)
        values = [found[name] for found in objects if found[name] is not None]
        if not values:
            return None
        match merge.rule:
            case MergeRule.CONCAT:
                return [item for value in values for item in value]
            case MergeRule.CONNECTION:
                return self._merge_rows(values, merge)
            case MergeRule.MAX:
                return max(values, key=_moment)
            case MergeRule.LATEST:
                known = [found for found in objects if found[name] is not None]
                return max(known, key=lambda found: _moment(found[merge.by or ""]))[name]
            case MergeRule.FIRST if is_composite_type(get_named_type(field.type)) and not _is_connection(field.type):
                return self._merge_first(values)
            case MergeRule.FIRST:
                return values[0]
            case _:
                raise NotImplementedError(merge.rule)

    def _merge_first(self, values: Sequence[Object]) -> Object:
        type_name = values[0]["__typename"]
        alike = [value for value in values if self._is_same(value, values[0])]
        return self._merge(type_name, alike)

    def _merge_rows(self, lists: Iterable[list[Object]], merge: Merge) -> list[Object]:
        ordered = sorted((row for rows in lists for row in rows), key=lambda row: _order(row, merge.by or ""))
        groups: list[list[Object]] = []
        for row in ordered:
            keys = self._shared_key(row["__typename"])
            same = [group for group in groups if keys and self._is_same(group[0], row)]
            if same:
                same[0].append(row)
            else:
                groups.append([row])
        return [group[0] if len(group) == 1 else self._merge(group[0]["__typename"], group) for group in groups]

    def _is_same(self, one: Object, other: Object) -> bool:
        if one["__typename"] != other["__typename"]:
            return False
        key = [node.name.value for node in getattr(self.contract.keys.get(one["__typename"]), "selections", ())]
        return all(one[name] == other[name] for name in key)

    # as graphql-core executes it

    def _executable(self, field: GraphQLField, value: Any, arguments: Mapping[str, Any]) -> Any:
        if value is None or not is_composite_type(get_named_type(field.type)):
            return value
        if _is_connection(field.type):
            rows = [self._executable_object(row["__typename"], row) for row in value]
            return _page(rows, arguments)
        if isinstance(value, list):
            return [self._executable_object(item["__typename"], item) for item in value]
        return self._executable_object(value["__typename"], value)

    def _executable_object(self, type_name: str, value: Object) -> Object:
        def resolver(name: str, field: GraphQLField) -> Callable[..., Any]:
            return lambda _info, **arguments: self._executable(field, value[name], arguments)

        own = {name: resolver(name, field) for name, field in self._fields(type_name).items()}
        return {"__typename": type_name, **own}

    def _fields(self, type_name: str) -> Mapping[str, GraphQLField]:
        found = self.contract.schema.type_map[type_name]
        assert isinstance(found, GraphQLObjectType)
        return found.fields

    def _shared_key(self, type_name: str) -> list[str]:
        key = self.contract.shared_keys(type_name).get(type_name)
        return [] if key is None else [node.name.value for node in key.selections]


def _city_named(arguments: Mapping[str, Any]) -> str | None:
    named = arguments.get("city") or arguments.get("payingCity") or (arguments.get("filter") or {}).get("registeredIn")
    return None if named is None else str(named)


def _is_connection(type_: GraphQLOutputType) -> bool:
    return get_named_type(type_).name.endswith("Connection")


def _order(row: Object, by: str) -> tuple[bool, str]:
    value: Any = row
    for name in by.split("."):
        value = value[name]
    return (value is None, value or "")


def _moment(text: str | None) -> float:
    return float("-inf") if text is None else datetime.fromisoformat(text).timestamp()


def _page(rows: list[Object], arguments: Mapping[str, Any]) -> Object:
    """A page with the rows' numbers as cursors. A default of `first` stands beside `last`, which counts."""
    first, after, last, before = (arguments.get(name) for name in ("first", "after", "last", "before"))
    start = 0 if after is None else int(after) + 1
    end = len(rows) if before is None else int(before)
    if last is not None:
        start = max(start, end - last)
    elif first is not None:
        end = min(start + first, end)
    numbers = range(start, end)
    return {
        "edges": [{"cursor": str(number), "node": rows[number]} for number in numbers],
        "nodes": rows[start:end],
        "pageInfo": {
            "hasNextPage": end < len(rows),
            "hasPreviousPage": start > 0,
            "startCursor": str(start) if numbers else None,
            "endCursor": str(end - 1) if numbers else None,
        },
        "totalCount": len(rows),
    }
