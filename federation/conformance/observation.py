"""What was seen of each field over all answers: how many values, nulls, and what was wrong with them. No values."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import GraphQLEnumType, GraphQLList, GraphQLNonNull, GraphQLOutputType, get_named_type

from federation.conformance.matrix import Row, Verdict, counted
from federation.conformance.selection import SelectedField, Selections, representation_of
from federation.partition import Contract

_DAY = r"\d{4}-\d{2}-\d{2}"
_FORMS = {
    "Date": re.compile(_DAY),
    "DateTime": re.compile(_DAY + r"T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})"),
    "Decimal": re.compile(r"-?\d+(\.\d+)?"),
    "YearMonth": re.compile(r"\d{4}-\d{2}"),
}
_MAX_INT = 2**31 - 1
_MAX_ENTITIES = 20
NEVER_NULL = "null where the contract never has one"


@dataclass(slots=True)
class _Seen:
    """Of one field."""

    values: int = 0
    nulls: int = 0
    wrong: Counter[str] = field(default_factory=Counter)


class Observation:
    """Judges answers against a contract, and keeps the keys of entities in them to ask for these.

    Attributes:
        entities: representations that answers gave, by type.
    """

    def __init__(self, contract: Contract, city: str) -> None:
        self._contract = contract
        self._city = city
        self._seen: dict[str, _Seen] = defaultdict(_Seen)
        self.entities: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def note(self, coordinate: str, type_: GraphQLOutputType, below: Selections | None, value: Any) -> list[str]:
        """Judge a field's value; gives what is wrong in it, deep inside too."""
        return list(self._value(coordinate, type_, below, value))

    def note_entity(self, below: Selections, value: Any) -> list[str]:
        """Judge an entity, null or not."""
        return [] if value is None else list(self._object("_entities", below, value))

    def rows(self) -> Iterator[Row]:
        """One for each field, in the contract's order."""
        for coordinate in self._coordinates():
            seen = self._seen.get(coordinate)
            if seen is not None:
                yield _row(coordinate, seen)

    def _coordinates(self) -> Iterator[str]:
        for name, type_ in self._contract.schema.type_map.items():
            for field_name in getattr(type_, "fields", {}):
                yield f"{name}.{field_name}"

    def _value(self, coordinate: str, type_: Any, below: Selections | None, value: Any) -> Iterator[str]:
        seen = self._seen[coordinate]
        if isinstance(type_, GraphQLNonNull):
            if value is None:
                yield self._wrong(coordinate, NEVER_NULL)
                return
            type_ = type_.of_type
        if value is None:
            seen.nulls += 1
        elif isinstance(type_, GraphQLList):
            if not isinstance(value, list):
                yield self._wrong(coordinate, "no list")
                return
            seen.values += not value
            for item in value:
                yield from self._value(coordinate, type_.of_type, below, item)
        elif below is not None:
            seen.values += 1
            yield from self._object(coordinate, below, value)
        else:
            seen.values += 1
            problem = _leaf_problem(type_, value)
            if problem is not None:
                yield self._wrong(coordinate, problem)

    def _object(self, coordinate: str, below: Selections, value: Any) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield self._wrong(coordinate, "no object")
            return
        name = value.get("__typename")
        fields = below.by_type.get(name) if isinstance(name, str) else None
        if fields is None or not isinstance(name, str):
            yield self._wrong(coordinate, "an object of another type than the contract's")
            return
        for selected in fields:
            yield from self._field(name, selected, value)
        yield from self._owner(name, value)
        self._keep(name, value)

    def _field(self, owner: str, selected: SelectedField, value: Mapping[str, Any]) -> Iterator[str]:
        coordinate = f"{owner}.{selected.name}"
        if selected.response_name not in value:
            yield self._wrong(coordinate, "not in the answer")
            return
        yield from self._value(coordinate, selected.type, selected.below, value[selected.response_name])

    def _owner(self, name: str, value: Mapping[str, Any]) -> Iterator[str]:
        """An object with `@partitionKey` must be of the city that gave it."""
        place = self._contract.subgraph.partition_keys.get(name)
        found: Any = value
        for step in place.split(".") if place is not None else ():
            found = found.get(step) if isinstance(found, Mapping) else None
        if place is not None and found != self._city:
            yield self._wrong(f"{name}.{place.partition('.')[0]}", "another city's code than its own")

    def _keep(self, name: str, value: Mapping[str, Any]) -> None:
        key = self._contract.keys.get(name)
        if key is None or len(self.entities[name]) >= _MAX_ENTITIES:
            return
        made = representation_of(key, name, value)
        if made is not None and made not in self.entities[name]:
            self.entities[name].append(made)

    def _wrong(self, coordinate: str, what: str) -> str:
        self._seen[coordinate].wrong[what] += 1
        return f"{coordinate}: {what}"


def _row(coordinate: str, seen: _Seen) -> Row:
    total = seen.values + seen.nulls + seen.wrong[NEVER_NULL]
    if seen.wrong:
        what = "; ".join(f"{count} of {max(total, count)}: {problem}" for problem, count in seen.wrong.items())
        return Row(coordinate, "values", Verdict.NOT, what, f"give {coordinate} as the contract has it")
    if not seen.values:
        return Row(coordinate, "values", Verdict.UNASKED, f"null in all {seen.nulls}; give a record that has a value")
    return Row(
        coordinate, "values", Verdict.SUPPORTED, f"{counted(seen.values, 'value')}, {counted(seen.nulls, 'null')}"
    )


def _leaf_problem(type_: Any, value: Any) -> str | None:
    named = get_named_type(type_)
    if isinstance(named, GraphQLEnumType):
        return None if value in named.values else "no value of the enum"
    form = _FORMS.get(named.name)
    if form is not None:
        return None if isinstance(value, str) and form.fullmatch(value) else f"no {named.name}"
    is_right = {
        "Int": lambda: isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _MAX_INT,
        "Float": lambda: isinstance(value, (int, float)) and not isinstance(value, bool),
        "Boolean": lambda: isinstance(value, bool),
        "String": lambda: isinstance(value, str),
        "ID": lambda: isinstance(value, str),
    }.get(named.name)
    return None if is_right is None or is_right() else f"no {named.name}"
