"""A letter of investigation is entered in both cities' own systems, as officers move it on.

The platform's state is the letter's; the systems follow it. What one of them does not take becomes a task of its city.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from cooperation.acceptance import new_delivery, useless_after
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store import deliveries
from cooperation.store.rows import OperationRow
from legacy_adapters.operations.commands import OperationName

_WRITE_OF_ACTION: Mapping[str, OperationName] = {
    "send": OperationName.ASSIST_CREATION,
    "investigate": OperationName.ASSIST_ACCEPTANCE,
    "report": OperationName.ASSIST_REPLY,
}
"""The systems know a letter as accepted once they know the two who investigate."""


def owe_letter(connection: Connection, desk: Desk, operation: OperationRow, action: str) -> None:
    """What an action brings into the systems of both cities, those that keep letters; once each."""
    write = _WRITE_OF_ACTION.get(action)
    if operation.kind != OperationKind.INVESTIGATION or write is None:
        return
    owed = deliveries.read_deliveries(connection, [operation.number])
    if any(delivery.write == write for delivery in owed):
        return
    number = len(owed)
    for city in (operation.addressee_city, operation.requester_city):
        if desk.legacy_write(city, write) is None:
            continue
        number += 1
        delivery = new_delivery(
            f"{operation.number}-{number}",
            operation,
            write,
            # One line per letter and city: its creation is over before its acceptance is written.
            subject=desk.sealer.fingerprint(f"letter {city} {operation.number}"),
            useless_after=useless_after(desk, operation, operation.updated_at),
            city=city,
        )
        deliveries.create_delivery(connection, delivery)
