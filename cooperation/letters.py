"""A letter of investigation is entered in both cities' own systems, as officers move it on.

The platform's state is the letter's; the systems follow it. What one of them does not take becomes a task of its city:
a further report on a letter that was reopened, where the system has a reply already, for it keeps one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from cooperation.acceptance import new_delivery, useless_after
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.store import deliveries, tasks
from cooperation.store.deliveries import DeliveryState
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.tasks import TaskKind
from legacy_adapters.operations.commands import OperationName

_WRITE_OF_ACTION: Mapping[str, OperationName] = {
    "send": OperationName.ASSIST_CREATION,
    "investigate": OperationName.ASSIST_ACCEPTANCE,
    "report": OperationName.ASSIST_REPLY,
}
"""The systems know a letter as accepted once they know the two who investigate."""


_ANSWERED = ("REPORTED", "CLOSED")
_GIVEN_UP = ("WITHDRAWN", "REJECTED")


def owe_letter(connection: Connection, desk: Desk, operation: OperationRow, action: str) -> None:
    """What an action brings into the systems of both cities, those that keep letters: a reply for each report, the
    others once. What it leaves without a purpose is not sent any more.
    """
    if operation.kind != OperationKind.INVESTIGATION:
        return
    owed = deliveries.read_deliveries(connection, [operation.number])
    for delivery in owed:
        if is_void(operation, delivery, owed):
            _end_void(connection, operation, delivery)
    write = _WRITE_OF_ACTION.get(action)
    if write is None or (write is not OperationName.ASSIST_REPLY and any(one.write == write for one in owed)):
        return
    cities = (operation.addressee_city, operation.requester_city)
    offering = [city for city in cities if desk.legacy_write(city, write) is not None]
    for number, city in enumerate(offering, start=len(owed) + 1):
        deliveries.create_delivery(connection, _new_delivery(desk, operation, write, (city, number)))


def is_void(operation: OperationRow, delivery: DeliveryRow, siblings: Sequence[DeliveryRow]) -> bool:
    """Whether officers have left a delivery of a letter without a purpose.

    The letter was withdrawn or rejected, or it was reopened and the report is no answer any more. What is on its way
    all the same is still read back.
    """
    if operation.kind != OperationKind.INVESTIGATION:
        return False
    if delivery.write != OperationName.ASSIST_REPLY:
        return operation.state in _GIVEN_UP
    return operation.state not in _ANSWERED or any(
        delivery.created_at < one.created_at for one in _alike(delivery, siblings)
    )


def is_to_be_undone(operation: OperationRow, delivery: DeliveryRow) -> bool:
    """Whether a city's system has, or is about to have, a letter that came to nothing."""
    is_entry = operation.kind == OperationKind.INVESTIGATION and delivery.write == OperationName.ASSIST_CREATION
    return is_entry and operation.state in _GIVEN_UP


def owe_undoing(connection: Connection, operation: OperationRow, city: str, at: datetime) -> None:
    """The city's people mark the letter in their system: no system takes one back on request."""
    tasks.open_task(connection, operation, TaskKind.UNDO, operation.state, at, city=city)


def is_amendment(delivery: DeliveryRow, siblings: Sequence[DeliveryRow]) -> bool:
    """Whether the delivery's city was owed a reply to the same letter before."""
    is_reply = delivery.write == OperationName.ASSIST_REPLY
    return is_reply and any(one.created_at < delivery.created_at for one in _alike(delivery, siblings))


def _alike(delivery: DeliveryRow, siblings: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    return [one for one in siblings if (one.write, one.city) == (delivery.write, delivery.city)]


def _end_void(connection: Connection, operation: OperationRow, delivery: DeliveryRow) -> None:
    """Neither a program nor people go on with it; what is on its way is left to its next turn, to be read back."""
    at = operation.updated_at
    task = tasks.read_task_about(connection, operation.number, delivery.id)
    if task is not None:
        tasks.finish_task(connection, task.id, None, at)
    may_be_there = delivery.state == DeliveryState.DONE or (task is not None and task.kind == TaskKind.CLARIFY)
    if may_be_there and is_to_be_undone(operation, delivery):
        owe_undoing(connection, operation, delivery.city, at)
    if delivery.state == DeliveryState.MANUAL or _is_unsent(connection, delivery):
        ended = {"state": DeliveryState.WITHDRAWN, "settled_at": at, "not_before": None}
        deliveries.update_delivery(connection, delivery.id, **ended)


def _is_unsent(connection: Connection, delivery: DeliveryRow) -> bool:
    last = deliveries.read_last_attempt(connection, delivery.id)
    return delivery.state == DeliveryState.OPEN and (last is None or last.is_over)


def _new_delivery(desk: Desk, operation: OperationRow, write: OperationName, place: tuple[str, int]) -> DeliveryRow:
    city, number = place
    return new_delivery(
        f"{operation.number}-{number}",
        operation,
        write,
        # One line per letter and city: its creation is over before its acceptance is written.
        subject=f"{operation.number}-{city}",
        useless_after=useless_after(desk, operation, operation.updated_at),
        city=city,
    )
