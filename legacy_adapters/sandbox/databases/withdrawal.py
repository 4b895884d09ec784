"""Maintenance of a database: its tables are withdrawn, that is renamed, and a query finds none."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Table
from sqlalchemy.engine import Dialect

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition


def withdrawn_name(table: Table) -> str:
    """What a table is called while it is withdrawn."""
    return f"{table.name}_closed"


def withdrawal_statements(
    definition: DatabaseDefinition, dialect: Dialect, present: Collection[str], *, away: bool
) -> Iterator[str]:
    """Rename every table away, or back, if it is among the tables present."""
    quote = dialect.identifier_preparer.quote
    for table in definition.tables:
        names = (table.name, withdrawn_name(table))
        before, after = names if away else names[::-1]
        if before in present:
            yield f"ALTER TABLE {quote(before)} RENAME TO {quote(after)}"
