"""How many open operations wait for whom."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select

from cooperation.kinds import requesters_turn
from cooperation.store.tables import OPERATIONS


@dataclass(frozen=True, slots=True)
class CaseloadRow:
    """So many open operations of a kind wait in a state for a city, so many of them overdue."""

    city: str
    kind: str
    state: str
    count: int
    overdue: int


def count_caseload(connection: Connection, today: date, city: str | None = None) -> list[CaseloadRow]:
    """Open operations by the city whose turn it is, kind and state, in this order; only one city's if given."""
    columns = OPERATIONS.c
    statement = (
        select(
            columns.requester_city,
            columns.addressee_city,
            columns.kind,
            columns.state,
            func.count().label("open"),
            func.sum(case((columns.due_on < today, 1), else_=0)).label("overdue"),
        )
        .where(columns.closed_at.is_(None))
        .group_by(columns.requester_city, columns.addressee_city, columns.kind, columns.state)
    )
    turns = set(requesters_turn())
    counts: Counter[tuple[str, str, str]] = Counter()
    overdue: Counter[tuple[str, str, str]] = Counter()
    for row in connection.execute(statement):
        waits_for = row.requester_city if (row.kind, row.state) in turns else row.addressee_city
        counts[waits_for, row.kind, row.state] += row.open
        overdue[waits_for, row.kind, row.state] += row.overdue
    return [
        CaseloadRow(*key, count=count, overdue=overdue[key])
        for key, count in sorted(counts.items())
        if city is None or key[0] == city
    ]
