"""The migrations make the tables that the code uses, on both databases."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect

from cooperation.store.migrate import VERSION_TABLE, migrate, migration_config
from cooperation.store.store import Store
from cooperation.store.tables import METADATA


def test_a_migrated_database_has_the_tables_of_the_code(store: Store) -> None:
    def difference(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return compare_metadata(context, METADATA)

    assert store.transact_now(difference) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    before = store.transact_now(lambda connection: inspect(connection).get_table_names())
    migrate(store)
    assert store.transact_now(lambda connection: inspect(connection).get_table_names()) == before


def test_every_migration_can_be_taken_back(store: Store) -> None:
    store.transact_now(lambda connection: command.downgrade(migration_config(connection), "base"))
    names = store.transact_now(lambda connection: inspect(connection).get_table_names())
    assert names == [VERSION_TABLE]
    migrate(store)
