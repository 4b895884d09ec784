"""What must hold of deadlines: counted again from the history, day by day; being overdue is a question of the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store.queries import OperationQuery, list_operations
from cooperation.store.rows import EventRow, OperationRow
from legacy_adapters.clock import CITY_ZONE
from tests.cooperation.faults.evidence import Records

ALL = 1000
_FINAL = ("CLOSED", "REJECTED", "WITHDRAWN")


def deadline_violations(desk: Desk, records: Records) -> Iterator[str]:
    """Every deadline that is another one than its letter's history gives, and every letter wrongly overdue or not."""
    letters = [one for one in records.operations if one.kind == OperationKind.INVESTIGATION]
    for letter in letters:
        wanted = _deadline(desk, letter, records.events[letter.number])
        if (letter.due_for, letter.due_on) != wanted:
            history = records.actions(letter.number)
            yield f"{letter.number} has the deadline {letter.due_for} {letter.due_on}, expected {wanted} by {history}"
    yield from overdue_violations(desk, letters)


def overdue_violations(desk: Desk, letters: Sequence[OperationRow]) -> Iterator[str]:
    """Whether letters are overdue today, on the day after each of their deadlines, and on the day itself."""
    days = {desk.clock().astimezone(CITY_ZONE).date()}
    due = {letter.due_on for letter in letters if letter.due_on is not None}
    for today in sorted(days | due | {day + timedelta(days=1) for day in due}):
        query = OperationQuery(today, (OperationKind.INVESTIGATION,), is_overdue=True)
        wanted = sorted(one.number for one in letters if one.due_on is not None and one.due_on < today)

        def read(connection: Connection, query: OperationQuery = query) -> list[str]:
            return sorted(
                one.number for one in list_operations(connection, query, ALL, None, is_counted=False).operations
            )

        if (found := desk.store.transact_now(read)) != wanted:
            yield f"on {today} {found} are overdue, expected {wanted}"


def _deadline(desk: Desk, letter: OperationRow, history: Sequence[EventRow]) -> tuple[str | None, date | None]:
    """The clock runs from sending to acceptance, from there to the report, and stops for nothing but that or an end."""
    rules = desk.config.city_rules(letter.addressee_city)
    due_for, due_on = None, None
    for event in history:
        day = _day(event.happened_at)
        match event.action:
            case "send":
                due_for, due_on = "ACCEPT", _count(desk, day, rules.accept_working_days)
            case "accept" | "reopen":
                due_for, due_on = "REPORT", _count(desk, day, rules.report_working_days)
            case "extend":
                due_for, due_on = "REPORT", _count(desk, due_on or day, rules.extension_working_days)
            case "report":
                due_for, due_on = None, None
        if event.target in _FINAL:
            due_for, due_on = None, None
    return due_for, due_on


def _count(desk: Desk, event: date, working_days: int) -> date:
    """The first day by which so many working days have gone by since the day after the event."""
    day = event
    while (
        sum(desk.calendar.is_working_day(event + timedelta(days=gone + 1)) for gone in range((day - event).days))
        < working_days
    ):
        day += timedelta(days=1)
    return day


def _day(moment: datetime) -> date:
    return moment.astimezone(CITY_ZONE).date()
