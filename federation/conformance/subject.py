"""What is tested: one city's subgraph, with the contract it is tested against and what is known of its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLObjectType, SelectionSetNode

from federation.conformance.ask import Asker, Reply
from federation.conformance.known_values import KnownValues
from federation.conformance.matrix import Row, Verdict
from federation.conformance.observation import Observation
from federation.partition import Contract

#: Nobody has this for a number, a name or an id.
UNKNOWN_VALUE = "0"
#: GB/T 2260 begins with 11.
UNKNOWN_CITY = "000000"


@dataclass(frozen=True, slots=True)
class Subject:
    """One subgraph under test.

    Attributes:
        asker: asks it.
        contract: of its domain, as the merge goes by it.
        sdl: of its domain, as it stands in the contract's file or in the supergraph.
        city: whose it is.
        known: values to ask with.
        observation: what was seen of each field; grows during the test.
        slow_milliseconds: an answer that takes longer is supported in part only.
    """

    asker: Asker
    contract: Contract
    sdl: str
    city: str
    known: KnownValues
    observation: Observation
    slow_milliseconds: float

    @property
    def query(self) -> GraphQLObjectType:
        """The contract's root type."""
        root = self.contract.schema.query_type
        assert root is not None  # noqa: S101  (a schema without one does not load)
        return root

    def row(self, where: tuple[str, str], reply: Reply, problem: str | None, seen: str, remedy: str) -> Row:
        """A row for one reply: `problem` is what is wrong with it, else `seen` is what came back."""
        coordinate, check = where
        if problem is not None:
            return Row(coordinate, check, Verdict.NOT, problem, remedy, reply.milliseconds)
        if not reply.is_coded:
            remedy = "give every error an extensions.code, so that the gateway can tell what to do about it"
            return Row(coordinate, check, Verdict.PARTLY, "an error without a code", remedy, reply.milliseconds)
        if reply.milliseconds > self.slow_milliseconds:
            remedy = f"answer within {self.slow_milliseconds:.0f} ms, or raise the gateway's timeout for this city"
            return Row(coordinate, check, Verdict.PARTLY, f"{seen}, slow", remedy, reply.milliseconds)
        return Row(coordinate, check, Verdict.SUPPORTED, seen, None, reply.milliseconds)

    def key_of(self, type_name: str) -> SelectionSetNode:
        """The key by which an entity is asked for."""
        return self.contract.keys[type_name]

    def unknown_representation(self, type_name: str) -> dict[str, Any]:
        """A representation of the city's own that names nothing."""
        made = {"__typename": type_name, **_filled(self.key_of(type_name))}
        return self.with_city(type_name, made, self.city)

    def with_city(self, type_name: str, representation: Mapping[str, Any], city: str) -> dict[str, Any]:
        """The representation with this city in the field of `@partitionKey`, if its type has one."""
        place = self.contract.subgraph.partition_keys.get(type_name)
        return dict(representation) if place is None else _with_value(representation, place.split("."), city)


def _filled(selection: SelectionSetNode) -> dict[str, Any]:
    fields = [node for node in selection.selections if isinstance(node, FieldNode)]
    return {
        node.name.value: UNKNOWN_VALUE if node.selection_set is None else _filled(node.selection_set)
        for node in fields
        if node.name.value != "__typename"
    }


def _with_value(value: Mapping[str, Any], path: Sequence[str], leaf: str) -> dict[str, Any]:
    inner = value.get(path[0])
    below = _with_value(inner if isinstance(inner, Mapping) else {}, path[1:], leaf) if len(path) > 1 else leaf
    return {**value, path[0]: below}
