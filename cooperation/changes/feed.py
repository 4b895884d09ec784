"""Pages of the change feed. Cursors are given out in the order of the commits: who goes on behind one misses none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from cooperation.errors import ChangesNotKept
from cooperation.store.rows import ChangeRow, record_of
from cooperation.store.tables import CHANGES, OPERATIONS


@dataclass(frozen=True, slots=True)
class ChangeQuery:
    """Which changes; what is None does not matter, and nothing is of no kind, city or person.

    Attributes:
        cities: of operations in which one of them asks or decides.
        person_ids: of operations about one of them; each person has one for each known platform key.
    """

    cities: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    person_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some changes, and the cursor to go on behind: between the last of them and `end` is nothing for the query."""

    changes: list[ChangeRow]
    end: int
    has_more: bool


def read_page(connection: Connection, query: ChangeQuery, after: int, first: int) -> ChangePage:
    """The first page behind a cursor. Raises ChangesNotKept.

    Who is told of little goes on all the same: else the feed's beginning would be deleted behind a cursor that stands.
    """
    newest = last_cursor(connection)  # before the changes: those up to it are among them
    found = read_changes(connection, query, after, first + 1)
    shown, has_more = found[:first], len(found) > first
    told = shown[-1].cursor if shown else after
    return ChangePage(shown, told if has_more else max(told, newest), has_more)


def read_changes(connection: Connection, query: ChangeQuery, after: int, first: int) -> list[ChangeRow]:
    """At most `first` changes behind a cursor, oldest first. Raises ChangesNotKept."""
    statement = select(CHANGES).where(CHANGES.c.cursor > after).order_by(CHANGES.c.cursor).limit(first)
    if query.cities is not None:
        statement = statement.where(
            or_(CHANGES.c.requester_city.in_(query.cities), CHANGES.c.addressee_city.in_(query.cities))
        )
    if query.kinds is not None:
        statement = statement.where(CHANGES.c.kind.in_(query.kinds))
    if query.person_ids is not None:
        about = select(OPERATIONS.c.number).where(OPERATIONS.c.person_id.in_(query.person_ids))
        statement = statement.where(CHANGES.c.operation_number.in_(about))
    found = [record_of(ChangeRow, row) for row in connection.execute(statement)]
    # Afterwards: what is deleted between the two reads must not be missed unnoticed.
    require_kept(connection, after)
    return found


def require_kept(connection: Connection, after: int) -> None:
    """Raise ChangesNotKept where a change behind the cursor has been deleted. The newest one never is."""
    oldest = connection.execute(select(func.min(CHANGES.c.cursor))).scalar_one()
    if oldest is not None and after < oldest - 1:
        raise ChangesNotKept(
            "The changes behind this cursor are kept no longer: ask changes without a cursor for a new one, then read "
            "the operations that you follow as they are now, and go on behind it."
        )


def last_cursor(connection: Connection) -> int:
    """The newest change's cursor; 0 before the first one."""
    return int(connection.execute(select(func.coalesce(func.max(CHANGES.c.cursor), 0))).scalar_one())
