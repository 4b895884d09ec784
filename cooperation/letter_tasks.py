"""What a city's system has not taken of a letter is a task of that city, and goes on when somebody has seen to it.

The letter itself waits for none of it. A write that goes on under the number that the letter gets in the system is no
task of its own: it goes on with the entry that brings the number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from cooperation.acceptance import useless_after
from cooperation.desk import Desk
from cooperation.errors import InputRefused
from cooperation.letters import is_to_be_undone, is_void
from cooperation.store import deliveries, tasks
from cooperation.store.deliveries import DeliveryState
from cooperation.store.operations import record_change
from cooperation.store.rows import DeliveryRow, OperationRow, TaskRow
from cooperation.store.tasks import TaskKind
from cooperation.texts import checked_text
from legacy_adapters.operations.commands import OperationName

MAX_RECEIPT = 80

_STUCK = (DeliveryState.MANUAL, DeliveryState.REFUSED)
_WRITES = (OperationName.ASSIST_CREATION, OperationName.ASSIST_ACCEPTANCE, OperationName.ASSIST_REPLY)


class Handling(StrEnum):
    """How somebody has seen to a write.

    DONE_BY_HAND: it stands in the city's system: entered by hand, or found there.
    WRITE_AGAIN: the platform writes it: what was in its way is mended, or it was found not to be there.
    """

    DONE_BY_HAND = "DONE_BY_HAND"
    WRITE_AGAIN = "WRITE_AGAIN"


@dataclass(frozen=True, slots=True)
class Handled:
    """Attributes:
    handling: None is as the task's kind says: after MEND_ACCESS it is written again, all else is done by hand.
    receipt: of an entry done by hand: the number that the letter has in the system. Without it, what follows is
        done by hand too.
    """

    handling: Handling | None = None
    receipt: str | None = None


NOTHING_SAID = Handled()


def handlings_of(task: TaskRow, delivery: DeliveryRow | None) -> tuple[Handling, ...]:
    """How a task's write may be seen to; empty where there is nothing to choose."""
    if task.done_at is not None or delivery is None or delivery.state not in _STUCK:
        return ()
    return tuple(Handling) if OperationName(delivery.write) in _WRITES else ()


def open_letter_task(
    connection: Connection, operation: OperationRow, delivery: DeliveryRow, kind: TaskKind, at: datetime
) -> None:
    """A write of a letter is left to its city's people, for the reason that is kept with it."""
    about = _awaited_entry(connection, delivery) or delivery
    tasks.open_task(connection, operation, kind, delivery.reason, at, city=delivery.city, delivery_id=about.id)


def see_to(connection: Connection, desk: Desk, operation: OperationRow, task: TaskRow, handled: Handled) -> None:
    """What becomes of a task's write, and of what has stood with it, once the task is done. Last in its transaction.

    Raises InputRefused.
    """
    owed = deliveries.read_deliveries(connection, [operation.number])
    delivery = next((one for one in owed if one.id == task.delivery_id), None)
    if delivery is None or not handlings_of(task, delivery):
        if handled != NOTHING_SAID:
            message = "handling and receipt are said of a letter's write that was not taken, of no other task."
            raise InputRefused(message, "handling" if handled.handling else "receipt")
        return
    now = desk.clock()
    if _handling(task, handled) is Handling.DONE_BY_HAND:
        done = {"state": DeliveryState.DONE, "settled_at": now, "receipt": _receipt(delivery, handled)}
        deliveries.update_delivery(connection, delivery.id, **done)
    else:
        _write_again(connection, desk, operation, delivery, handled)
    for other in owed:
        if other.id != delivery.id and _has_stood_with(connection, operation, delivery, other):
            _reopen(connection, desk, operation, other)
    record_change(connection, operation, delivery.write, now)


def _has_stood_with(connection: Connection, operation: OperationRow, delivery: DeliveryRow, other: DeliveryRow) -> bool:
    """Whether another write of the letter is stuck in the same city, still has a purpose, and no task of its own."""
    if other.city != delivery.city or other.state not in _STUCK:
        return False
    siblings = deliveries.read_deliveries(connection, [operation.number])
    has_task = tasks.read_task_about(connection, operation.number, other.id) is not None
    return not has_task and not is_void(operation, other, siblings)


def owes_undoing(connection: Connection, operation: OperationRow, task: TaskRow, handled: Handled) -> bool:
    """Whether a letter was entered by hand though it had come to nothing: nobody knew of each other."""
    if task.delivery_id is None or _handling(task, handled) is not Handling.DONE_BY_HAND:
        return False
    return is_to_be_undone(operation, deliveries.read_delivery(connection, task.delivery_id))


def _handling(task: TaskRow, handled: Handled) -> Handling:
    by_kind = Handling.WRITE_AGAIN if task.kind == TaskKind.MEND_ACCESS else Handling.DONE_BY_HAND
    return handled.handling or by_kind


def _receipt(delivery: DeliveryRow, handled: Handled) -> str | None:
    if handled.receipt is None:
        return delivery.receipt
    if delivery.write != OperationName.ASSIST_CREATION:
        raise InputRefused("receipt is the number of a letter's entry, of no other write.", "receipt")
    return checked_text("receipt", handled.receipt, MAX_RECEIPT)


def _write_again(
    connection: Connection, desk: Desk, operation: OperationRow, delivery: DeliveryRow, handled: Handled
) -> None:
    if handled.receipt is not None:
        raise InputRefused("receipt is the number of an entry that was done by hand.", "receipt")
    if operation.content_sealed is None:
        message = "handling must be DONE_BY_HAND: the operation's content was erased after its time."
        raise InputRefused(message, "handling")
    _reopen(connection, desk, operation, delivery)


def _reopen(connection: Connection, desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> None:
    if operation.content_sealed is not None:
        now = desk.clock()
        deliveries.reopen_delivery(connection, delivery, delivery.subject, useless_after(desk, operation, now), now)


def _awaited_entry(connection: Connection, delivery: DeliveryRow) -> DeliveryRow | None:
    """The letter's entry in the same city, where it is with people and its number is wanted."""
    siblings = deliveries.read_deliveries(connection, [delivery.operation_number])
    is_awaited = (
        one
        for one in siblings
        if (one.city, one.write) == (delivery.city, OperationName.ASSIST_CREATION)
        and one.state in _STUCK
        and one.receipt is None
    )
    return next(is_awaited, None)
