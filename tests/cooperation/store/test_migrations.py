"""The migrations make the tables that the code uses, on both databases."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, select

from cooperation.store.migrate import VERSION_TABLE, migrate, migration_config
from cooperation.store.store import Store, database_url
from cooperation.store.tables import DELIVERIES, METADATA, OPERATIONS, TASKS
from tests.cooperation.store.test_indexes import delivery_values, fill, number_of, operation_values, task_values
from tests.cooperation.support.desks import HANGZHOU, HUANGSHAN


def test_a_migrated_database_has_the_tables_of_the_code(store: Store) -> None:
    def difference(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        return compare_metadata(context, METADATA)

    assert store.transact_now(difference) == []


def test_migrating_again_changes_nothing(store: Store) -> None:
    before = store.transact_now(lambda connection: inspect(connection).get_table_names())
    migrate(store)
    assert store.transact_now(lambda connection: inspect(connection).get_table_names()) == before


def test_an_upgrade_keeps_what_is_there(url: str) -> None:
    """The first version with all tables, with rows in each that grows: what its columns hold."""
    store = Store(database_url(url))
    migrate(store, "0002")
    store.transact_now(lambda connection: fill(connection, 100))
    columns = store.transact_now(_columns)

    def content(connection: Connection) -> dict[str, list[object]]:
        kept = {name: select(*(METADATA.tables[name].c[column] for column in columns[name])) for name in columns}
        return {name: sorted(map(tuple, connection.execute(rows).all()), key=str) for name, rows in kept.items()}

    before = store.transact_now(content)
    migrate(store)
    assert store.transact_now(content) == before
    assert len(before["operations"]) == len(before["deliveries"]) == 100
    store.transact_now(lambda connection: command.downgrade(migration_config(connection), "0002"))
    assert store.transact_now(content) == before
    store.close()


def test_open_tasks_are_given_the_write_they_are_about_and_who_asked_telephones(url: str) -> None:
    store = Store(database_url(url))
    migrate(store, "0003")
    number = number_of(0)
    asked = operation_values(0) | {"requester_city": HUANGSHAN, "addressee_city": HANGZHOU, "kind": "TEMPORARY_LOSS"}
    stuck = delivery_values(0) | {"state": "EXPIRED", "city": HANGZHOU}
    task = task_values(0) | {"city": HANGZHOU, "kind": "TELEPHONE"}

    def earlier(connection: Connection) -> None:
        for table, row in ((OPERATIONS, asked), (DELIVERIES, stuck), (TASKS, task)):
            connection.execute(insert(table), row)

    store.transact_now(earlier)
    migrate(store)
    (row,) = store.transact_now(lambda connection: connection.execute(select(TASKS)).all())
    assert (row.operation_number, row.delivery_id, row.city) == (number, stuck["id"], HUANGSHAN)
    store.close()


def _columns(connection: Connection) -> dict[str, list[str]]:
    inspector = inspect(connection)
    return {name: [one["name"] for one in inspector.get_columns(name)] for name in sorted(METADATA.tables)}


def test_every_migration_can_be_taken_back(store: Store) -> None:
    store.transact_now(lambda connection: command.downgrade(migration_config(connection), "base"))
    names = store.transact_now(lambda connection: inspect(connection).get_table_names())
    assert names == [VERSION_TABLE]
    migrate(store)
