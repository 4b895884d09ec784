"""Pages of the change feed. Cursors are given out in the order of the commits: who goes on behind one misses none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from cooperation.store.rows import ChangeRow, record_of
from cooperation.store.tables import CHANGES, OPERATIONS


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes; what is empty does not matter.

    Attributes:
        cities: of operations in which one of them asks or decides.
        person_ids: of operations about one of them.
    """

    cities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    person_ids: tuple[str, ...] = ()


def read_changes(connection: Connection, query: ChangeQuery, after: int, first: int) -> list[ChangeRow]:
    """At most `first` changes behind a cursor, oldest first."""
    statement = select(CHANGES).where(CHANGES.c.cursor > after).order_by(CHANGES.c.cursor).limit(first)
    if query.cities:
        statement = statement.where(
            or_(CHANGES.c.requester_city.in_(query.cities), CHANGES.c.addressee_city.in_(query.cities))
        )
    if query.kinds:
        statement = statement.where(CHANGES.c.kind.in_(query.kinds))
    if query.person_ids:
        about = select(OPERATIONS.c.number).where(OPERATIONS.c.person_id.in_(query.person_ids))
        statement = statement.where(CHANGES.c.operation_number.in_(about))
    return [record_of(ChangeRow, row) for row in connection.execute(statement)]


def last_cursor(connection: Connection) -> int:
    """The newest change's cursor; 0 before the first one."""
    return int(connection.execute(select(func.coalesce(func.max(CHANGES.c.cursor), 0))).scalar_one())
