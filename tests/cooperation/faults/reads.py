"""What the harness reads of a run's database: in this thread, and untouched by the run's faults."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from cooperation.store import deliveries
from cooperation.store.rows import DeliveryRow, OperationRow, record_of
from cooperation.store.store import Store
from cooperation.store.tables import OPERATIONS


class Reads:
    """Reads of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def delivery(self, delivery_id: str) -> DeliveryRow:
        """One delivery."""
        return self._store.transact_now(lambda connection: deliveries.read_delivery(connection, delivery_id))

    def deliveries_of(self, number: str) -> list[DeliveryRow]:
        """Those of an operation."""
        return self._store.transact_now(lambda connection: deliveries.read_deliveries(connection, [number]))

    def owed(self, due_before: datetime) -> list[DeliveryRow]:
        """Those that are owed still."""
        return self._store.transact_now(lambda connection: deliveries.read_open_deliveries(connection, due_before))

    def operations(self) -> list[OperationRow]:
        """All, by number."""

        def work(connection: Connection) -> list[OperationRow]:
            rows = connection.execute(select(OPERATIONS).order_by(OPERATIONS.c.number))
            return [record_of(OperationRow, row) for row in rows]

        return self._store.transact_now(work)
