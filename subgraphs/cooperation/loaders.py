"""What one request may load of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from cooperation.store import queries
from cooperation.store.deliveries import read_deliveries
from cooperation.store.rows import DeliveryRow, EventRow, OperationRow, TaskRow
from cooperation.store.store import Connection, Store
from subgraphs.cooperation.errors import store_errors
from subgraphs.shared.loaders import Fetch, RecordLoader

K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class CooperationLoaders:
    """Attributes:
    operations: by number.
    of_people, of_subjects: operations about a person, and on a card (by its fingerprints), newest first.
    histories, tasks, deliveries: of an operation, by its number.
    """

    operations: RecordLoader[str, OperationRow, OperationRow | None]
    of_people: RecordLoader[queries.PersonKey, list[OperationRow], list[OperationRow]]
    of_subjects: RecordLoader[queries.Names, list[OperationRow], list[OperationRow]]
    histories: RecordLoader[str, list[EventRow], list[EventRow]]
    tasks: RecordLoader[str, list[TaskRow], list[TaskRow]]
    deliveries: RecordLoader[str, list[DeliveryRow], list[DeliveryRow]]


def cooperation_loaders(store: Store) -> CooperationLoaders:
    """The loaders of one request. They raise StoreUnavailable."""

    def fetch(work: Callable[[Connection, Sequence[K]], Mapping[K, R]]) -> Fetch[K, R]:
        async def ask(keys: Sequence[K]) -> Mapping[K, R]:
            with store_errors():
                return await store.read(lambda connection: work(connection, keys))

        return ask

    return CooperationLoaders(
        operations=RecordLoader(fetch(queries.operations_by_number), _same, lambda: None),
        of_people=RecordLoader(fetch(queries.operations_by_person), _same, list),
        of_subjects=RecordLoader(fetch(queries.operations_by_subject), _same, list),
        histories=RecordLoader(fetch(queries.histories), _same, list),
        tasks=RecordLoader(fetch(queries.tasks_of), _same, list),
        deliveries=RecordLoader(fetch(_deliveries), _same, list),
    )


def _deliveries(connection: Connection, numbers: Sequence[str]) -> Mapping[str, list[DeliveryRow]]:
    found: dict[str, list[DeliveryRow]] = {}
    for row in read_deliveries(connection, numbers):
        found.setdefault(row.operation_number, []).append(row)
    return found


def _same(value: R) -> R:
    return value
