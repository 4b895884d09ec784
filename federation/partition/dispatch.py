"""What one request asks of whom: partitions by root field, their representations, their variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

from federation.executor.errors import ErrorCode
from federation.executor.subgraph_client import FetchOperation, JsonValue, ResponseObject
from federation.partition.conditions import holds
from federation.partition.errors import PartitionErrorCode, request_error
from federation.partition.merge.share import MergeRun, PageRequest
from federation.partition.paging import PageRefused, page_variables, read_page_request
from federation.partition.presence import Excluded
from federation.partition.program import Program, RootField
from federation.partition.route import KeyRoutes, evaluate

NOTHING_EXCLUDED: Mapping[str, Excluded] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to one partition: these root fields, with these variables."""

    partition: int
    names: tuple[str, ...]
    operation: FetchOperation
    variables: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class EntitySplit:
    """Representations by partition.

    Attributes:
        count: how many there are.
        indices: by partition asked, which of them it gets, in order.
        values: the same as they are sent.
        unknown: the representations that no partition gets, because no one serves the city they name.
    """

    count: int
    indices: Mapping[int, Sequence[int]]
    values: Mapping[int, list[ResponseObject]]
    unknown: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A request taken apart.

    Attributes:
        targets: by root field, in order, the partitions asked; none for a field that was refused.
        splits: by `_entities` field.
        asks: in order; those of a mutation are sent one after the other.
        errors: why fields were refused.
    """

    run: MergeRun
    targets: Mapping[str, tuple[int, ...]]
    splits: Mapping[str, EntitySplit]
    asks: tuple[Ask, ...]
    errors: tuple[ResponseObject, ...]


def dispatch_request(
    program: Program, given: Mapping[str, JsonValue], excluded: Mapping[str, Excluded] = NOTHING_EXCLUDED
) -> Dispatch:
    """Decide who is asked what. `given` are the client's variables, `excluded` is by `_entities` field."""
    dispatcher = _Dispatcher(program, given_variables(program, given), excluded)
    dispatcher.find_targets()
    dispatcher.find_pages()
    run = MergeRun(dispatcher.cities, dispatcher.pages)
    asks = tuple(dispatcher.asks())
    return Dispatch(run, dispatcher.targets, dispatcher.splits, asks, tuple(dispatcher.errors))


def given_variables(program: Program, given: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    """The client's variables with the operation's defaults."""
    return {**program.defaults, **given} if program.defaults else given


def split_representations(
    representations: list[ResponseObject], routes: KeyRoutes, cities: Sequence[str], excluded: Excluded = ()
) -> EntitySplit:
    """Give each representation to the city it names, or when it names none to all that are not excluded."""
    types = {representation["__typename"] for representation in representations}
    # Most entities name no city: nobody looks into their representations.
    is_routed = not routes.ways.keys().isdisjoint(types)
    named = [routes.city(representation) for representation in representations] if is_routed else []
    if not any(named) and not any(excluded):
        asked = range(len(cities) if representations else 0)
        every = range(len(representations))
        return EntitySplit(len(representations), dict.fromkeys(asked, every), dict.fromkeys(asked, representations))
    named = named or [None] * len(representations)
    left_out = excluded or [frozenset[str]()] * len(representations)
    shares = {
        partition: [
            position
            for position, (name, without) in enumerate(zip(named, left_out, strict=True))
            if (city not in without if name is None else name == city)
        ]
        for partition, city in enumerate(cities)
    }
    indices = {partition: positions for partition, positions in shares.items() if positions}
    values = {
        partition: [representations[position] for position in positions] for partition, positions in indices.items()
    }
    unknown = [position for position, name in enumerate(named) if name is not None and name not in cities]
    return EntitySplit(len(named), indices, values, unknown)


class _Dispatcher:
    """Collects one request's dispatch."""

    def __init__(self, program: Program, variables: Mapping[str, JsonValue], excluded: Mapping[str, Excluded]) -> None:
        self.cities = tuple(partition.city for partition in program.contract.subgraph.partitions)
        self.targets: dict[str, tuple[int, ...]] = {}
        self.splits: dict[str, EntitySplit] = {}
        self.pages: dict[int, PageRequest] = {}
        self.errors: list[ResponseObject] = []
        self._program = program
        self._variables = variables
        self._excluded = excluded

    def find_targets(self) -> None:
        """Find the partitions of each root field that is answered at all."""
        for root in self._program.roots:
            if root.conditions is None or holds(root.conditions, self._variables):
                is_entities = root.entities is not None
                self.targets[root.name] = self._entity_targets(root) if is_entities else self._field_targets(root)

    def _field_targets(self, root: RootField) -> tuple[int, ...]:
        cities = None if root.route is None else root.route.cities(self._variables)
        if self._program.is_mutation and not root.is_meta and (cities is None or len(cities) != 1):
            return self._refuse(root, PartitionErrorCode.PARTITION_ROUTE_REQUIRED, "must name exactly one city")
        if cities is None:
            return tuple(range(len(self.cities)))
        if not cities:
            return self._refuse(root, ErrorCode.BAD_USER_INPUT, "names no city; leave it out to ask all")
        if not set(cities) <= set(self.cities):
            reason = f"names a city that is not served; known are {', '.join(self.cities)}"
            self._refuse(root, PartitionErrorCode.PARTITION_UNKNOWN, reason)
        return tuple(index for index, city in enumerate(self.cities) if city in cities)

    def _refuse(self, root: RootField, code: PartitionErrorCode | ErrorCode, reason: str) -> tuple[int, ...]:
        subject = f'The argument "{root.route.argument}" of "{root.name}"' if root.route else f'"{root.name}"'
        self.errors.append(request_error(code, f"{subject} {reason}.", self._program.contract.name, (root.name,)))
        return ()

    def _entity_targets(self, root: RootField) -> tuple[int, ...]:
        call = root.entities
        representations = [] if call is None else evaluate(call.value, self._variables) or []
        excluded = self._excluded.get(root.name, ())
        split = split_representations(representations, self._program.key_routes, self.cities, excluded)
        self.splits[root.name] = split
        for position in split.unknown:
            message = f"The entity is of a city that is not served; known are {', '.join(self.cities)}."
            code = PartitionErrorCode.PARTITION_UNKNOWN
            self.errors.append(request_error(code, message, self._program.contract.name, (root.name, position)))
        return tuple(split.indices)

    def find_pages(self) -> None:
        """Read what is asked of each connection; a field whose arguments cannot be honoured is refused."""
        for call in self._program.connections:
            if not self.targets.get(call.root):
                continue
            try:
                self.pages[call.number] = read_page_request(call, self._variables, self.cities)
            except PageRefused as refusal:
                self.targets[call.root] = ()
                message = f'The argument "{refusal.argument}" of "{call.field}" {refusal.reason}.'
                error = request_error(ErrorCode.BAD_USER_INPUT, message, self._program.contract.name, (call.root,))
                self.errors.append(error)

    def asks(self) -> Iterator[Ask]:
        """The requests to send: one to each partition, a mutation's one after the other in the order of its fields."""
        if self._program.is_mutation:
            fields = [(targets[0], name) for name, targets in self.targets.items() if targets]
            for partition, run in groupby(fields, key=itemgetter(0)):
                yield self._ask(partition, tuple(name for _, name in run))
            return
        for partition in range(len(self.cities)):
            names = tuple(name for name, targets in self.targets.items() if partition in targets)
            if names:
                yield self._ask(partition, names)

    def _ask(self, partition: int, names: tuple[str, ...]) -> Ask:
        operation = self._program.operations.of(names)
        variables = operation.select(self._variables)
        for root in self._program.roots:
            if root.entities is not None and root.name in names:
                variables[root.entities.variable] = self.splits[root.name].values[partition]
        for call in self._program.connections:
            if call.variables and call.root in names:
                variables |= page_variables(call, self.pages[call.number], partition)
        return Ask(partition, names, operation.operation, variables)
