"""Maintenance of a database: its tables are withdrawn, that is renamed, and a query finds none."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table
from sqlalchemy.engine import Dialect

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition


def withdrawn_name(table: Table) -> str:
    """What a table is called while it is withdrawn."""
    return f"{table.name}_closed"


def withdrawal_statements(definition: DatabaseDefinition, dialect: Dialect, *, away: bool) -> Iterator[str]:
    """Rename every table away, or back."""
    quote = dialect.identifier_preparer.quote
    for table in definition.tables:
        present, withdrawn = quote(table.name), quote(withdrawn_name(table))
        before, after = (present, withdrawn) if away else (withdrawn, present)
        yield f"ALTER TABLE {before} RENAME TO {after}"
