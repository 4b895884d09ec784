"""What a run leaves: the cities' own logs, the database, and what was told to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from cooperation.desk import Desk
from cooperation.store.rows import AttemptRow, ChangeRow, DeliveryRow, EventRow, OperationRow, TaskRow, record_of
from cooperation.store.tables import ATTEMPTS, CHANGES, DELIVERIES, EVENTS, OPERATIONS, TASKS
from legacy_adapters.operations.outcomes import OutcomeKind
from legacy_adapters.records.cards import CardFunctionStatus as Status
from legacy_adapters.sandbox.services.assist_file import Assist
from legacy_adapters.sandbox.services.write_log import WriteEntry
from tests.cooperation.faults.intents import Wish


@dataclass
class Evidence:
    """What a run leaves.

    Attributes:
        told: every wish with the number it was answered; None where it was refused.
        logs: what each system has written.
        secrets: what must stand nowhere in clear.
        before: how the social function of each card stood at first, by the card's number.
        texts: what our processes have logged.
        letters: what each system keeps of letters of investigation.
        signed: the findings of each report that was signed, by the letter's number, in order.
        by_hand: the deliveries that officers said were done by hand, and whether they have entered them themselves.
        are_cards_fetched: whether holders have fetched their new cards; else these are in production still.
    """

    desk: Desk
    told: Sequence[tuple[Wish, str | None]]
    logs: Mapping[str, Sequence[WriteEntry]]
    secrets: set[str]
    before: Mapping[str, Status]
    texts: Sequence[str] = ()
    letters: Mapping[str, Sequence[Assist]] = field(default_factory=dict)
    signed: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    are_cards_fetched: bool = True
    by_hand: Mapping[str, bool] = field(default_factory=dict)


@dataclass
class Records:
    """The database's rows by what they belong to."""

    operations: list[OperationRow]
    deliveries: list[DeliveryRow]
    events: dict[str, list[EventRow]]
    attempts: dict[str, list[AttemptRow]]
    tasks: dict[str, list[TaskRow]]
    changes: list[ChangeRow]
    dump: str = field(repr=False)
    by_hand: Mapping[str, bool] = field(default_factory=dict)

    def operation(self, delivery: DeliveryRow) -> OperationRow:
        return next(one for one in self.operations if one.number == delivery.operation_number)

    def deliveries_of(self, operation: OperationRow) -> list[DeliveryRow]:
        """Those of an operation, in the order in which they were owed."""
        found = [one for one in self.deliveries if one.operation_number == operation.number]
        return sorted(found, key=lambda one: int(one.id.rpartition("-")[2]))

    def actions(self, number: str) -> list[str]:
        return [event.action for event in self.events[number]]


def read_records(connection: Connection) -> Records:
    """Everything that is kept."""
    rows = {
        table: list(connection.execute(select(table).order_by(*table.primary_key.columns)))
        for table in (OPERATIONS, DELIVERIES, EVENTS, ATTEMPTS, TASKS, CHANGES)
    }
    events: dict[str, list[EventRow]] = defaultdict(list)
    attempts: dict[str, list[AttemptRow]] = defaultdict(list)
    tasks: dict[str, list[TaskRow]] = defaultdict(list)
    for row in rows[EVENTS]:
        events[row.operation_number].append(record_of(EventRow, row))
    for row in rows[ATTEMPTS]:
        attempts[row.delivery_id].append(record_of(AttemptRow, row))
    for row in rows[TASKS]:
        tasks[row.operation_number].append(record_of(TaskRow, row))
    return Records(
        [record_of(OperationRow, row) for row in rows[OPERATIONS]],
        [record_of(DeliveryRow, row) for row in rows[DELIVERIES]],
        events,
        attempts,
        tasks,
        [record_of(ChangeRow, row) for row in rows[CHANGES]],
        _dump(connection),
    )


def _dump(connection: Connection) -> str:
    """Every value of every table, those of the workflow engine too."""
    lines: list[str] = []
    for table in _tables(connection):
        rows = connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608  (the database's own table names)
        lines += map(repr, map(tuple, rows))
    return "\n".join(lines)


def _tables(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = """SELECT '"' || name || '"' FROM sqlite_schema WHERE type = 'table'"""
    else:
        query = """SELECT '"' || table_schema || '"."' || table_name || '"' FROM information_schema.tables
            WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('information_schema', 'pg_catalog')"""
    return sorted(connection.exec_driver_sql(query).scalars())


def expected_effects(delivery: DeliveryRow, records: Records) -> tuple[int, int]:
    """How many effects a delivery must at least and may at most have had, by what is kept of it."""
    attempts = records.attempts[delivery.id]
    if not attempts:
        return 0, 0
    is_proved = delivery.state == "DONE" and delivery.id not in records.by_hand
    if is_proved and OutcomeKind.DONE in (delivery.outcome, attempts[-1].outcome):
        return 1, 1
    surely_void = (OutcomeKind.REFUSED, OutcomeKind.NOT_NOW)
    if all(one.outcome in surely_void for one in attempts):
        return 0, 0
    return 0, 1
