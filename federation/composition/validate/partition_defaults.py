"""Fields that need a `@merge` and have none: where the default would keep one city's value and lose the others'.

Walked are the positions at which several cities' answers meet: root fields that are not routed to one city, entities
that several cities may know, and the objects below them, up to a list, an entity, or a field with a rule of its own.

    position                                   without a rule
    connection                                 refused: its pages would be mixed up
    list                                       CONCAT
    below a root field: a single leaf          refused: each city's answer is about itself
    in a shared entity: a number, a Boolean    refused: may be each city's part, or one and the same fact
    in a shared entity: any other leaf         FIRST: what all who know the entity say of it
    a field of a key                           all cities' are equal
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from federation.composition.report import Report
from federation.composition.schema import Field, Kind, SubgraphSchema
from federation.composition.types import is_list, is_non_null, named_type
from federation.composition.usage import read_usage
from federation.composition.validate.partition_paths import fields_of, inputs_at, is_connection, kind_of
from federation.supergraph.partitions import NUMBER_TYPES

_META_FIELDS = ("_entities", "_service")


def check_unstated_merges(schema: SubgraphSchema, report: Report) -> None:
    """Report the fields of a partitioned subgraph that have to state a rule, each once."""
    if schema.partitions:
        _Walk(schema, report).run()


@dataclass(frozen=True, slots=True)
class _Position:
    """An object's type where several cities' objects are merged; `root` is the root field it is below, if any."""

    type_name: str
    root: str | None


class _Walk:
    def __init__(self, schema: SubgraphSchema, report: Report) -> None:
        self._schema = schema
        self._report = report
        usage = read_usage(schema)
        self._left_out = usage.keys | usage.external
        self._reported: set[tuple[str, str]] = set()
        self._pending: list[_Position] = []
        self._seen: set[tuple[str, bool]] = set()

    def run(self) -> None:
        for field in fields_of(self._schema, "Query").values():
            if field.name not in _META_FIELDS and not self._is_of_one_city(field):
                self._visit(_Position("Query", f"Query.{field.name}"), field)
        self._pending += [_Position(name, None) for name in self._shared_entities()]
        while self._pending:
            position = self._pending.pop()
            if (position.type_name, position.root is None) not in self._seen:
                self._seen.add((position.type_name, position.root is None))
                for field in fields_of(self._schema, position.type_name).values():
                    self._visit(position, field)

    def _shared_entities(self) -> Iterator[str]:
        for definition in self._schema.types.values():
            is_resolved = any(key.flag("resolvable", default=True) for key in definition.applied("key"))
            if is_resolved and definition.kind is Kind.OBJECT and not definition.has("partitionKey"):
                yield definition.name

    def _is_of_one_city(self, field: Field) -> bool:
        """Whether a root field's route cannot but name one city."""
        for applied in field.applied("route"):
            values = inputs_at(self._schema, field, applied.text("argument") or "")
            if values and all(is_non_null(value.type) and not is_list(value.type) for value in values):
                return True
        return False

    def _visit(self, position: _Position, field: Field) -> None:
        coordinate = (position.type_name, field.name)
        if coordinate in self._left_out or self._has_rule(position.type_name, field):
            return
        name = named_type(field.type)
        kind = kind_of(self._schema, name)
        if is_connection(self._schema, field.type):
            self._refuse(coordinate, field, _CONNECTION)
        elif is_list(field.type):
            return
        elif kind in (Kind.SCALAR, Kind.ENUM):
            if position.root is not None:
                self._refuse(coordinate, field, _below_root(position.root, coordinate, name))
            elif name == "Boolean" or name in NUMBER_TYPES:
                self._refuse(coordinate, field, _in_entity(name))
        else:
            types = map(self._schema.types.__getitem__, self._schema.possible_types(name))
            self._pending += [_Position(t.name, position.root) for t in types if not t.has("key")]

    def _has_rule(self, type_name: str, field: Field) -> bool:
        owners = (type_name, *self._schema.types[type_name].interfaces)
        return any(
            found is not None and found.has("merge")
            for owner in owners
            for found in (fields_of(self._schema, owner).get(field.name),)
        )

    def _refuse(self, coordinate: tuple[str, str], field: Field, reason: str) -> None:
        if coordinate not in self._reported:
            self._reported.add(coordinate)
            written = ".".join(coordinate)
            self._report.error(
                "PARTITION_MERGE_RULE_MISSING", written,
                f'"{written}" of type "{field.type}" has no @merge, {reason}', [(self._schema, field.node)],
            )  # fmt: skip


_CONNECTION = 'and pages of several cities are mixed up without one. Write @merge(rule: CONNECTION, by: "…", order: …).'


def _in_entity(type_name: str) -> str:
    return (
        "but several cities may know the entity, and all values but one were lost. "
        f"Write @merge(rule: …) with {_choices(type_name)}, or FIRST if all say the same."
    )


def _below_root(root: str, coordinate: tuple[str, str], type_name: str) -> str:
    is_root = ".".join(coordinate) == root
    way = "" if is_root else f' through "{root}"'
    above = "" if is_root else f', or @merge(rule: FIRST) on "{root}" if any city\'s will do'
    return (
        f"but every city answers it{way}, and all values but one were lost. "
        f"Write @merge(rule: …) with {_choices(type_name)} or FIRST{above}."
    )


def _choices(type_name: str) -> str:
    if type_name == "Boolean":
        return "ANY, ALL"
    return "SUM, MIN, MAX" if type_name in NUMBER_TYPES else "MIN, MAX"
