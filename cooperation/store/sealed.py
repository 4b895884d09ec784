"""What was sealed with former platform keys, page by page; what has changed since it was read, stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, func, literal, or_, select, tuple_, update

from cooperation.store.rows import OperationRow, record_of
from cooperation.store.tables import EVENTS, OPERATIONS, TASKS, WEBHOOKS

PAGE = 500

SEALED_COLUMNS: Sequence[Column[Any]] = (EVENTS.c.note_sealed, TASKS.c.note_sealed, WEBHOOKS.c.secret_sealed)
"""All that are sealed besides what an operation is about."""


def read_former_operations(
    connection: Connection, sealed_head: str, person_head: str, after: str
) -> list[OperationRow]:
    """At most `PAGE` operations whose content or person begins otherwise, behind a number."""
    columns = OPERATIONS.c
    is_former = or_(_is_former(columns.content_sealed, sealed_head), _is_former(columns.person_id, person_head))
    statement = select(OPERATIONS).where(is_former, columns.number > after).order_by(columns.number).limit(PAGE)
    return [record_of(OperationRow, row) for row in connection.execute(statement)]


def replace_former_operation(connection: Connection, operation: OperationRow, columns: Mapping[str, object]) -> None:
    """Set an operation's columns."""
    is_same = (OPERATIONS.c.number == operation.number, OPERATIONS.c.content_sealed == operation.content_sealed)
    connection.execute(update(OPERATIONS).where(*is_same).values(columns))


def read_former(
    connection: Connection, column: Column[Any], head: str, after: Sequence[Any] | None
) -> list[tuple[Any, ...]]:
    """At most `PAGE` rows of which a column begins otherwise, behind one of them: primary key, and what is sealed."""
    keys = _keys(column)
    statement = select(*keys, column).where(_is_former(column, head)).order_by(*keys).limit(PAGE)
    if after is not None:
        last = (literal(value, key.type) for key, value in zip(keys, after, strict=False))
        statement = statement.where(tuple_(*keys) > tuple_(*last))
    return [tuple(row) for row in connection.execute(statement)]


def replace_former(connection: Connection, column: Column[Any], row: Sequence[Any], sealed: str) -> None:
    """Set the column of a row."""
    is_same = [one == value for one, value in zip((*_keys(column), column), row, strict=True)]
    connection.execute(update(column.table).where(*is_same).values({column.name: sealed}))


def _keys(column: Column[Any]) -> tuple[Column[Any], ...]:
    return tuple(column.table.primary_key.columns)


def _is_former(column: Column[Any], head: str) -> ColumnElement[bool]:
    return func.substr(column, 1, len(head)) != head
