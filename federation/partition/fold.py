"""Folding the partitions' answers into one: data, errors at their merged places, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from federation.executor.errors import ErrorCode, ErrorPath
from federation.executor.subgraph_client import (
    JsonValue,
    ResponseObject,
    SourceReport,
    StaleShare,
    SubgraphResponse,
)
from federation.executor.translation import error_path
from federation.partition.contract import Contract
from federation.partition.dispatch import Ask, Dispatch
from federation.partition.errors import clients_mistake, incomplete_aggregate, is_clients_mistake, partition_error
from federation.partition.merge.aggregates import aggregate_places
from federation.partition.merge.objects import first_value
from federation.partition.merge.share import ItemMerge, Shares
from federation.partition.program import EntityCall, Program, RootField
from federation.partition.sources import report_source
from federation.partition.stale import Settled

#: What merging raises when an answer has not the shape of its operation; such an answer is left out.
_MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError)
_MALFORMED_ERROR: ResponseObject = {
    "message": "The partition's answer is not a response to what was asked.",
    "extensions": {"code": ErrorCode.SUBREQUEST_MALFORMED_RESPONSE.value, "retryable": False},
}
_Merge: TypeAlias = Callable[[Shares], JsonValue]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for an ask, and after how long.

    Attributes:
        stale: what of the response is the partition's last known answer.
    """

    ask: Ask
    response: SubgraphResponse
    milliseconds: float
    stale: Settled | None = None

    @classmethod
    def settled(cls, ask: Ask, settled: Settled, milliseconds: float) -> Answer:
        """The answer of a partition that could not be asked for all of it."""
        return cls(ask, settled.response, milliseconds, settled)

    @property
    def has_failed(self) -> bool:
        """Whether the partition gave no answer at all."""
        return self.response.data is None or (self.stale is not None and self.stale.is_whole)


def fold_answers(program: Program, dispatch: Dispatch, answers: list[Answer]) -> SubgraphResponse:
    """Make one response of the partitions' answers; its data has every root field that was asked for."""
    folding = _Folding(program, dispatch, sorted(answers, key=lambda answer: answer.ask.partition))
    dispatch.run.failed.update(answer.ask.partition for answer in answers if answer.has_failed)
    data = {root.name: folding.value(root) for root in program.roots if root.name in dispatch.targets}
    failures = [*folding.malformed, *folding.errors()]
    incomplete = folding.incomplete_aggregates(failures, data) if failures else ()
    errors = (*dispatch.errors, *failures, *incomplete)
    # Each object of an answer stands in at most one place of the merged data.
    is_exclusive = all(answer.response.is_exclusive for answer in answers)
    return SubgraphResponse(
        data,
        errors,
        sources=tuple(folding.sources()),
        upper_bounds=tuple(dispatch.run.upper_bounds),
        order_conflicts=tuple(dispatch.run.order_conflicts),
        stale=folding.stale(data) if any(answer.stale for answer in answers) else (),
        is_exclusive=is_exclusive,
    )


class _Folding:
    """One request's answers on their way into one."""

    def __init__(self, program: Program, dispatch: Dispatch, answers: list[Answer]) -> None:
        self.malformed: list[ResponseObject] = []
        self._contract: Contract = program.contract
        self._program = program
        self._roots = {root.name: root for root in program.roots}
        self._dispatch = dispatch
        self._run = dispatch.run
        self._answers = answers

    def value(self, root: RootField) -> JsonValue:
        """A root field's merged value. A partition whose answer has not the operation's shape is left out."""
        merge = self._merge_of(root)
        shares = self._shares(root.name)
        try:
            return merge(shares)
        except _MALFORMED:
            sound: Shares = []
            for share in shares:
                # Alone, and with the others: what tells two objects apart is looked at only then.
                if _is_sound(merge, [share]) and _is_sound(merge, [*sound, share]):
                    sound.append(share)
            self._report_malformed(root.name, {origin for origin, _ in shares} - {origin for origin, _ in sound})
            return merge(sound)

    def errors(self) -> Iterator[ResponseObject]:
        """The partitions' errors at their places in the merged answer; a client's mistake is told once."""
        mistakes: set[tuple[ErrorPath | None, JsonValue]] = set()
        for answer in self._answers:
            partition = self._contract.subgraph.partitions[answer.ask.partition]
            for error, path in self._located(answer):
                if not is_clients_mistake(error):
                    yield partition_error(error, self._contract.name, partition, path)
                elif (path, error.get("message")) not in mistakes:
                    mistakes.add((path, error.get("message")))
                    yield clients_mistake(error, self._contract.name, path)

    def incomplete_aggregates(self, failures: list[ResponseObject], data: ResponseObject) -> Iterator[ResponseObject]:
        """For each aggregate beneath a partition's failure, that it lacks that partition's share."""
        told: set[tuple[ErrorPath, JsonValue]] = set()
        for place in self._aggregates(data):
            for error in failures:
                at = error_path(error)
                whose = (place, error["extensions"].get("city"))
                if at is not None and at != place and place[: len(at)] == at and whose not in told:
                    told.add(whose)
                    yield incomplete_aggregate(error, place)

    def _aggregates(self, data: ResponseObject) -> list[ErrorPath]:
        places = list(aggregate_places(self._program.merge, data))
        for root in self._program.roots:
            if root.entities is not None:
                entities = enumerate(data.get(root.name) or ())
                places += (
                    (root.name, position, *below)
                    for position, entity in entities
                    if entity is not None
                    for below in aggregate_places(root.entities.item, entity)
                )
        return places

    def sources(self) -> Iterator[SourceReport]:
        for answer in self._answers:
            partition = self._contract.subgraph.partitions[answer.ask.partition]
            report = report_source(self._contract.name, partition, answer.response, answer.milliseconds)
            settled = answer.stale
            yield report if settled is None else replace(report, status=settled.status, as_of=settled.as_of)

    def stale(self, data: ResponseObject) -> tuple[StaleShare, ...]:
        """Where partitions' last known shares are, in the merged `data`; an aggregate of them has its own place."""
        aggregates = self._aggregates(data)
        found: dict[StaleShare, None] = {}
        for answer in self._answers:
            partition = self._contract.subgraph.partitions[answer.ask.partition]
            for path, as_of in answer.stale.stale if answer.stale else ():
                for place in self._places(path, answer.ask.partition):
                    below = [aggregate for aggregate in aggregates if aggregate[: len(place)] == place]
                    shown = [place] if self._is_shown(answer, path, place, data) else []
                    for each in dict.fromkeys((*shown, *below)):
                        found[StaleShare(each, partition.name, partition.city, as_of)] = None
        return tuple(found)

    def _is_shown(self, answer: Answer, path: ErrorPath, place: ErrorPath, data: ResponseObject) -> bool:
        """Whether a place may show a partition's value: of single values that are chosen, one is another's."""
        merged = _value_at(data, place)
        return isinstance(merged, (dict, list)) or merged == _value_at(answer.response.data, path)

    def _merge_of(self, root: RootField) -> _Merge:
        if root.entities is not None:
            item = root.entities.item
            return lambda shares: self._merge_entities(root.name, item, shares)
        field = self._program.merge.fields.get(root.name)
        if field is None:
            return lambda shares: first_value(shares, root.name)
        return lambda shares: field.merge(shares, self._run)

    def _shares(self, name: str) -> Shares:
        return [
            (answer.ask.partition, answer.response.data or {}) for answer in self._answers if name in answer.ask.names
        ]

    def _merge_entities(self, name: str, item: ItemMerge, shares: Shares) -> list[JsonValue]:
        is_transparent = item.is_transparent
        return [
            (slot[0][1] if is_transparent and len(slot) == 1 else item.merge(slot, self._run)) if slot else None
            for slot in self._slots(name, shares)
        ]

    def _slots(self, name: str, shares: Shares) -> list[Shares]:
        """By representation, the entities that partitions gave for it."""
        split = self._dispatch.splits[name]
        slots: list[Shares] = [[] for _ in range(split.count)]
        for origin, data in shares:
            if (entities := data.get(name)) is not None:
                for position, entity in zip(split.indices[origin], entities, strict=True):
                    if entity is not None:
                        slots[position].append((origin, entity))
        return slots

    def _located(self, answer: Answer) -> Iterator[tuple[ResponseObject, ErrorPath | None]]:
        response = answer.response
        told: set[str | int] = set()
        for error in response.errors:
            path = error_path(error)
            if path is not None and path[0] in self._roots:
                told.add(path[0])
                yield from ((error, place) for place in self._places(path, answer.ask.partition))
            elif response.data is not None:
                yield error, None
        if response.data is None:
            cause = next(iter(response.errors), _MALFORMED_ERROR)
            for name in answer.ask.names:
                if name not in told:
                    yield from ((cause, place) for place in self._whole(name, answer.ask.partition))

    def _whole(self, name: str, origin: int) -> list[ErrorPath]:
        """The places of everything that was asked of one partition in a root field."""
        split = self._dispatch.splits.get(name)
        if split is None or len(split.indices[origin]) == split.count:
            return [(name,)]
        return [(name, position) for position in split.indices[origin]]

    def _places(self, path: ErrorPath, origin: int) -> list[ErrorPath]:
        """Where a partition's error path is in the merged answer; nowhere if what it names is not shown."""
        root = self._roots[str(path[0])]
        shares = self._shares(root.name)
        try:
            if root.entities is None:
                place = self._program.merge.relocate(path, origin, shares, self._run)
                return [] if place is None else [place]
            if len(path) == 1:
                return self._whole(root.name, origin)
            return self._entity_places(root.name, root.entities, path, origin)
        except _MALFORMED:
            return [(root.name,)]

    def _entity_places(self, name: str, call: EntityCall, path: ErrorPath, origin: int) -> list[ErrorPath]:
        position = self._dispatch.splits[name].indices[origin][int(path[1])]
        slot = self._slots(name, self._shares(name))[position]
        if all(partition != origin for partition, _ in slot):
            return [(name, position)]
        below = call.item.relocate(path[2:], origin, slot, self._run)
        return [] if below is None else [(name, position, *below)]

    def _report_malformed(self, name: str, origins: Iterable[int]) -> None:
        for origin in sorted(origins):
            partition = self._contract.subgraph.partitions[origin]
            error = partition_error(_MALFORMED_ERROR, self._contract.name, partition, (name,))
            self.malformed.append(error)


def _is_sound(merge: _Merge, shares: Shares) -> bool:
    try:
        merge(shares)
    except _MALFORMED:
        return False
    return True


def _value_at(data: JsonValue, path: ErrorPath) -> JsonValue:
    for step in path:
        if data is None:
            return None
        data = data.get(step) if isinstance(data, dict) else data[step]
    return data
