"""In databases that have grown, what is asked is found by an index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert

from cooperation.changes.feed import ChangeQuery, last_cursor, read_changes
from cooperation.store import deliveries, queries, tasks
from cooperation.store.caseload import count_caseload
from cooperation.store.deliveries import DeliveryState, read_open_deliveries
from cooperation.store.operations import find_operation, read_by_key, read_history, read_operation
from cooperation.store.queries import ListOrder, OperationQuery, Position
from cooperation.store.retention import erase_contents
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.store import Store
from cooperation.store.tables import ATTEMPTS, CHANGES, DELIVERIES, EVENTS, OPERATIONS, TASKS
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN

ROWS = 4_000
START = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 10, 30)


def number_of(row: int) -> str:
    return f"S330100-2026-{row:06}"


def moment(row: int) -> datetime:
    return START + timedelta(minutes=row)


def operation_values(row: int) -> dict[str, Any]:
    is_open = row % 50 == 0
    return {
        "number": number_of(row),
        "kind": "INVESTIGATION" if row % 100 == 0 else "TEMPORARY_LOSS",
        "state": "WAITING" if is_open else "DONE",
        "version": 1,
        "requester_city": HANGZHOU,
        "requester_office": "CARD_CENTRE",
        "addressee_city": HUANGSHAN if row % 2 else f"{row % 90:06}",
        "addressee_office": "CARD_CENTRE",
        "addressee_number": f"R341000-2026-{row:06}",
        "person_id": f"person-{row % 1000}",
        "subject": f"card-{row % 1000}",
        "content_sealed": None if row < ROWS - 500 and not is_open else "sealed",
        "idempotency_key": f"key-{row:08}",
        "content_digest": "digest",
        "created_by": f"{HANGZHOU}/1001",
        "created_at": moment(row),
        "updated_at": moment(row),
        "closed_at": None if is_open else moment(row),
        "due_for": "REPORT" if is_open else None,
        "due_on": TODAY + timedelta(days=row % 20 - 10) if is_open else None,
        "due_is_estimated": False,
    }


def delivery_values(row: int) -> dict[str, Any]:
    return {
        **dict.fromkeys(DeliveryRow.__struct_fields__),
        "id": f"{number_of(row)}-1",
        "operation_number": number_of(row),
        "write": "card_temporary_loss",
        "city": HUANGSHAN,
        "subject": f"card-{row % 1000}",
        "state": DeliveryState.OPEN if row % 4 == 0 else DeliveryState.DONE,
        "run": 1,
        "turns": 0,
        "attempts_before": 0,
        "created_at": moment(row),
        # Nearly all that is owed waits for a city that is closed.
        "not_before": None if row % 400 == 0 else moment(ROWS * 2),
    }


def change_values(row: int) -> dict[str, Any]:
    return {
        "cursor": row + 1,
        "operation_number": number_of(row),
        "kind": "TEMPORARY_LOSS",
        "action": "create",
        "state": "ACCEPTED",
        "requester_city": HANGZHOU,
        "addressee_city": HUANGSHAN,
        "happened_at": moment(row),
    }


def event_values(row: int) -> dict[str, Any]:
    return {
        "operation_number": number_of(row),
        "sequence": 1,
        "action": "create",
        "source": None,
        "target": "ACCEPTED",
        "actor": None,
        "note_sealed": None,
        "happened_at": moment(row),
    }


def attempt_values(row: int) -> dict[str, Any]:
    return {
        "delivery_id": f"{number_of(row)}-1",
        "number": 1,
        "begun_at": moment(row),
        "ended_at": moment(row),
        "outcome": "DONE",
        "reason": None,
        "raw_code": None,
        "receipt": None,
        "is_over": True,
    }


def task_values(row: int) -> dict[str, Any]:
    is_open = row % 100 == 0
    return {
        "id": f"{number_of(row)}-task-1",
        "operation_number": number_of(row),
        "kind": "TELEPHONE",
        "city": HUANGSHAN if row % 2 else HANGZHOU,
        "reason": None,
        "opened_at": moment(row),
        "done_at": None if is_open else moment(row),
        "done_by": None,
        "note_sealed": None,
    }


def fill(connection: Connection, rows: int = ROWS) -> None:
    """As many rows in every table that grows."""
    for table, values in (
        (OPERATIONS, operation_values),
        (EVENTS, event_values),
        (DELIVERIES, delivery_values),
        (ATTEMPTS, attempt_values),
        (TASKS, task_values),
        (CHANGES, change_values),
    ):
        connection.execute(insert(table), [values(row) for row in range(rows)])


ROW = ROWS // 2 + 1
OPERATION = OperationRow(**operation_values(ROW))
DELIVERY = DeliveryRow(**delivery_values(ROW))
Question = Callable[[Connection], object]


def listed(
    is_counted: bool = False, after: Position | None = None, order: ListOrder = ListOrder.NEWEST, **query: Any
) -> Question:
    return lambda c: queries.list_operations(
        c, OperationQuery(TODAY, **query), 20, after, is_counted=is_counted, order=order
    )


QUESTIONS: dict[str, Question] = {
    "an operation": lambda c: read_operation(c, number_of(ROW)),
    "an operation by either number": lambda c: find_operation(c, f"R341000-2026-{ROW:06}"),
    "an operation by its key": lambda c: read_by_key(c, HANGZHOU, f"key-{ROW:08}"),
    "operations by numbers": lambda c: queries.operations_by_number(c, [number_of(ROW), number_of(ROW + 1)]),
    "operations of people": lambda c: queries.operations_by_person(c, [queries.PersonKey(("person-7", "person-8"))]),
    "operations on cards": lambda c: queries.operations_by_subject(c, [("card-7", "card-8")]),
    "a history": lambda c: read_history(c, number_of(ROW)),
    "histories": lambda c: queries.histories(c, [number_of(ROW), number_of(ROW + 1)]),
    "tasks of operations": lambda c: queries.tasks_of(c, [number_of(ROW), number_of(ROW + 1)]),
    "all tasks": lambda c: queries.list_tasks(c, None, 20, includes_done=True),
    "open tasks": lambda c: queries.list_tasks(c, None, 20, includes_done=False),
    "a city's tasks": lambda c: queries.list_tasks(c, HUANGSHAN, 20, includes_done=True),
    "a city's open tasks": lambda c: queries.list_tasks(c, HUANGSHAN, 20, includes_done=False),
    "further tasks": lambda c: queries.list_tasks(
        c, None, 20, includes_done=True, after=Position(moment(ROW), f"{number_of(ROW)}-task-1")
    ),
    "how many tasks there are": lambda c: queries.count_tasks(c, HUANGSHAN, includes_done=False),
    "how many tasks each city has": lambda c: queries.open_task_counts(c, None),
    "a new task": lambda c: tasks.open_task(c, OPERATION, tasks.TaskKind.CLARIFY, None, START),
    "tasks that are over": lambda c: tasks.finish_tasks(c, number_of(ROW), None, START),
    "a page": listed(),
    "a further page": listed(after=Position(moment(ROW), number_of(ROW))),
    "what a city asks": listed(requester_city=HANGZHOU),
    "what a city is asked": listed(addressee_city="000008"),
    "what a city is asked, counted": listed(addressee_city="000008", is_counted=True),
    "what waits in a city": listed(addressee_city=HUANGSHAN, states=("WAITING",), is_counted=True),
    "a kind": listed(kinds=("INVESTIGATION",), is_counted=True),
    "what is due": listed(due_by=TODAY, is_counted=True),
    "what is overdue": listed(is_overdue=True, is_counted=True),
    "what is overdue, by its day": listed(is_overdue=True, order=ListOrder.DUE),
    "what is in some states": listed(states=("WAITING", "MANUAL"), is_counted=True),
    "what a city asks in a state": listed(requester_city=HANGZHOU, states=("WAITING",), is_counted=True),
    "what is open": listed(is_closed=False, is_counted=True),
    "what waits for a city": listed(waits_for_city=HUANGSHAN, is_counted=True),
    "the caseload": lambda c: count_caseload(c, TODAY),
    "a person's": listed(person_ids=("person-7", "person-8"), is_counted=True),
    "deliveries of operations": lambda c: deliveries.read_deliveries(c, [number_of(ROW)]),
    "what is due to be delivered": lambda c: read_open_deliveries(c, moment(ROWS)),
    "who sleeps": lambda c: deliveries.read_sleeping_targets(c, ["UNREACHABLE"], moment(ROWS * 2)),
    "who sleeps there": lambda c: deliveries.read_sleeping(
        c, (HUANGSHAN, "card_release"), ["UNREACHABLE"], moment(ROWS * 2), 50
    ),
    "an earlier delivery to the same subject": lambda c: deliveries.line_ahead(
        c, DELIVERY, (DELIVERY.subject, "card-8")
    ),
    "the last attempt": lambda c: deliveries.read_last_attempt(c, DELIVERY.id),
    "changes behind a cursor": lambda c: read_changes(c, ChangeQuery(), ROWS - 10, 100),
    "changes of a person": lambda c: read_changes(c, ChangeQuery(person_ids=("person-7",)), 0, 100),
    "the end of the feed": last_cursor,
    "what is to be erased": lambda c: erase_contents(c, moment(ROWS - 497)),
}


@pytest.fixture
def grown(store: Store) -> Store:
    store.transact_now(fill)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return store


def test_what_is_asked_is_found_by_an_index(grown: Store) -> None:
    assert {name: plans for name, ask in QUESTIONS.items() if (plans := scans(grown, ask))} == {}


def test_a_scan_would_be_seen(grown: Store) -> None:
    def ask(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT * FROM deliveries WHERE receipt = 'HS-1'")

    assert len(scans(grown, ask)) == 1


def scans(store: Store, ask: Question) -> list[str]:
    """The statements of a question that look through a whole table, with their plans."""
    with store.engine.connect() as connection:
        with _statements(connection) as asked:
            ask(connection)
        prefix = "EXPLAIN " if store.is_shared else "EXPLAIN QUERY PLAN "
        plans = [
            "\n".join(str(row[-1]) for row in connection.exec_driver_sql(prefix + statement, values))
            for statement, values in asked
            if not statement.startswith(("INSERT", "BEGIN"))
        ]
        connection.rollback()
    return [plan for plan in plans if _is_scan(plan)]


def _is_scan(plan: str) -> bool:
    return "Seq Scan" in plan or any(
        line.startswith("SCAN ") and " USING " not in line and "CONSTANT ROW" not in line for line in plan.splitlines()
    )


@contextmanager
def _statements(connection: Connection) -> Iterator[list[tuple[str, Sequence[Any]]]]:
    asked: list[tuple[str, Sequence[Any]]] = []

    def remember(_1: object, _2: object, statement: str, values: Any, *_: object) -> None:
        asked.append((statement, values))

    event.listen(connection, "before_cursor_execute", remember)
    yield asked
    event.remove(connection, "before_cursor_execute", remember)
