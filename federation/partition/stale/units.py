"""What of an operation's answers is remembered: its root fields and entities with `@staleWhileUnavailable` in them.

A field is remembered with all that is selected below it. Looked for are such fields in a root field or an entity and in
the single objects below it; an item of a list is none, for nothing says which of the next answer's items it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from graphql import FieldNode, SelectionSetNode, print_ast

from federation.executor.subgraph_client import ResponseObject
from federation.partition.contract import META_FIELDS, Contract, is_list, type_name_of
from federation.partition.merge.collect import Collected, Collector, entity_type_of, selection_sets_of
from federation.partition.operation import OperationVariants, used_fragments
from federation.supergraph.partitions import MergeRule


@dataclass(frozen=True, slots=True)
class RememberedObject:
    """Which fields of an object type's value are remembered, by response name.

    Attributes:
        ages: for so many seconds, with all below.
        below: objects that have such fields.
        kept: what tells which thing it is, and what we added to the operation; they come with the others.
        is_whole: nothing else is selected, here or below.
    """

    ages: Mapping[str, int]
    below: Mapping[str, RememberedType]
    kept: frozenset[str]
    is_whole: bool

    def every_age(self) -> Iterator[int]:
        """The ages of the fields here and below."""
        yield from self.ages.values()
        for type_ in self.below.values():
            yield from type_.every_age()


@dataclass(frozen=True, slots=True)
class RememberedType:
    """The same for a position, by the object types that may stand there.

    Attributes:
        typename: the response name of `__typename`; None where only one type can be.
    """

    typename: str | None
    by_type: Mapping[str, RememberedObject]

    @property
    def is_whole(self) -> bool:
        return all(found.is_whole for found in self.by_type.values())

    def of(self, value: ResponseObject) -> RememberedObject | None:
        """What is remembered of a value."""
        if self.typename is None:
            return next(iter(self.by_type.values()))
        return self.by_type.get(value[self.typename])

    def every_age(self) -> Iterator[int]:
        """The ages of all fields here and below."""
        for found in self.by_type.values():
            yield from found.every_age()


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A root field, or the entities of one, of which something is remembered.

    Attributes:
        name: the root field's response name.
        representations: for `_entities`, the variable that carries them; each entity is remembered by itself.
        type: of each entity; of a root field, of an object with this one field.
        signature: a digest of what is selected.
        variables: those whose values matter.
        longest: of all ages.
    """

    name: str
    representations: str | None
    type: RememberedType
    signature: bytes
    variables: tuple[str, ...]
    longest: int


def find_units(
    collector: Collector,
    root_type: str,
    collected: Collected,
    operations: OperationVariants,
    representations: Mapping[str, str],
) -> tuple[Unit, ...]:
    """The units of a query; `representations` are the variables of its `_entities` fields by response name."""
    if not collector.contract.subgraph.stale_seconds:
        return ()
    finder = _Finder(collector.contract, collector)
    units = []
    for name, nodes in collected.items():
        variable = representations.get(name)
        if variable is not None:
            type_ = finder.entity(nodes)
        elif nodes[0].name.value in META_FIELDS:
            continue
        else:
            type_ = RememberedType(None, {root_type: finder.object(root_type, {name: nodes})})
        ages = tuple(type_.every_age())
        if ages:
            variables = tuple(sorted(operations.of((name,)).variables - {variable}))
            units.append(Unit(name, variable, type_, _signature(nodes, operations), variables, max(ages)))
    return tuple(units)


def _signature(nodes: list[FieldNode], operations: OperationVariants) -> bytes:
    """A digest of what is selected, whatever the operation is called and asks besides."""
    fragments = (fragment for node in nodes for fragment in used_fragments(node, operations.fragments))
    return blake2b("\n".join(map(print_ast, (*nodes, *fragments))).encode()).digest()


@dataclass(frozen=True, slots=True)
class _Finder:
    contract: Contract
    collector: Collector

    def entity(self, nodes: list[FieldNode]) -> RememberedType:
        selections = selection_sets_of(nodes)
        return self._type(entity_type_of(self.contract, selections), selections)

    def object(self, type_name: str, collected: Collected) -> RememberedObject:
        ages: dict[str, int] = {}
        below: dict[str, RememberedType] = {}
        kept = {name for name, nodes in collected.items() if self._is_kept(type_name, name, nodes[0].name.value)}
        for name, nodes in collected.items():
            seconds = self.contract.stale_seconds(type_name, nodes[0].name.value)
            if name in kept:
                continue
            if seconds is not None:
                ages[name] = seconds
            elif (inner := self._below(type_name, nodes)) is not None:
                below[name] = inner
        is_whole = len(ages) + len(below) + len(kept) == len(collected) and all(t.is_whole for t in below.values())
        return RememberedObject(ages, below, frozenset(kept), is_whole)

    def _is_kept(self, type_name: str, name: str, field_name: str) -> bool:
        if self.collector.names.is_hidden(name) or field_name == "__typename":
            return True
        key = self.contract.keys.get(type_name)
        return key is not None and field_name in _field_names(key.selections)

    def _below(self, type_name: str, nodes: list[FieldNode]) -> RememberedType | None:
        field_name = nodes[0].name.value
        selections = selection_sets_of(nodes)
        if field_name in META_FIELDS or not selections:
            return None
        definition = self.contract.field(type_name, field_name)
        if is_list(definition.type) or self.contract.merge_of(type_name, field_name).rule is not MergeRule.FIRST:
            return None
        found = self._type(type_name_of(definition), selections)
        return found if any(found.every_age()) else None

    def _type(self, type_name: str, selections: list[SelectionSetNode]) -> RememberedType:
        possible = self.contract.possible_types(type_name)
        collected = {name: self.collector.collect(name, selections) for name in possible}
        by_type = {name: self.object(name, fields) for name, fields in collected.items()}
        if not self.contract.is_abstract(type_name):
            return RememberedType(None, by_type)
        return RememberedType(self.collector.present("__typename", collected[possible[0]]), by_type)


def _field_names(selections: Iterable[object]) -> set[str]:
    return {node.name.value for node in selections if isinstance(node, FieldNode)}
