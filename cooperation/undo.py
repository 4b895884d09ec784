"""What took effect is undone by its counterpart, where that is safe; else by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from cooperation.acceptance import Accepted, Intent, accept_checked, check_asking
from cooperation.content import CardContent
from cooperation.desk import Desk
from cooperation.errors import TransitionRefused, UndoRefused
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.lines import subject_names
from cooperation.states.machine import Office
from cooperation.states.move import Officer, allowed_actions
from cooperation.store.deliveries import read_deliveries, read_last_attempt
from cooperation.store.operations import (
    note_event,
    read_history,
    read_later_number,
    read_operation,
    standing_of,
)
from cooperation.store.rows import DeliveryRow, OperationRow, TaskRow
from cooperation.store.tasks import TaskKind, open_task, read_newest_task
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import OutcomeKind

UNDO = "undo"
"""In the history of what a person has to undo: who asked for it. It leaves the state as it is."""

_KIND_OF_COMPENSATION: Mapping[OperationName, OperationKind] = {
    rule.write: kind for kind, rule in KIND_RULES.items() if rule.write is not None
}


@dataclass(frozen=True, slots=True)
class Undoing:
    """What has become of a wish to undo.

    Attributes:
        accepted: the operation that undoes; where a person has to, the one that is to be undone.
        task: the person's; None where a program does it.
    """

    accepted: Accepted
    task: TaskRow | None = None


async def undo_operation(desk: Desk, number: str, officer: Officer, key: str) -> Undoing:
    """Have an operation undone; told again, it gives the same.

    Raises OperationUnknown, OfficerNotEntitled, InputRefused, TransitionRefused, UndoRefused, IdempotencyKeyReused.
    """

    def work(connection: Connection) -> Undoing:
        operation = read_operation(connection, number, for_update=True)
        if KIND_RULES[OperationKind(operation.kind)].write is None:
            raise UndoRefused("Only what was written into a city's system can be undone.")
        office = Office(operation.addressee_office)
        check_asking(desk, OperationKind(operation.kind), officer, office, key)
        if any(event.action == UNDO for event in read_history(connection, operation.number)):
            told = Accepted(operation, is_new=False, delivery_id=None)
            return Undoing(told, read_newest_task(connection, operation.number, TaskKind.UNDO))
        delivery = _delivery_with_effect(connection, operation)
        kind = None if _was_settled(connection, operation) else _compensating_kind(desk, operation, delivery)
        if kind is None:
            return _hand_to_person(connection, desk, operation, officer)
        content = desk.content_of(operation)
        assert isinstance(content, CardContent)  # noqa: S101  (for mypy: only cards' writes have a counterpart)
        undoing = msgspec.structs.replace(content, compensates=operation.number)
        intent = Intent(kind, officer, operation.addressee_city, office, undoing, key)
        return Undoing(_accept_last(connection, desk, operation, intent))

    return await desk.store.transact(work)


def _delivery_with_effect(connection: Connection, operation: OperationRow) -> DeliveryRow:
    """The delivery by which the operation took effect. Raises TransitionRefused, UndoRefused."""
    if operation.content_sealed is None:
        raise UndoRefused("The operation's content was erased after its time.")
    if operation.state not in ("DONE", "IN_PRODUCTION", "TAKEN_UP"):
        standing = standing_of(operation, read_history(connection, operation.number))
        raise TransitionRefused(UNDO, operation.state, allowed_actions(standing))
    (delivery,) = read_deliveries(connection, [operation.number])
    if delivery.outcome == OutcomeKind.ALREADY and read_last_attempt(connection, delivery.id) is None:
        raise UndoRefused("It changed nothing: it was so before.")
    return delivery


def _was_settled(connection: Connection, operation: OperationRow) -> bool:
    """Whether a person said that it is so: what the system had answered before was not proved by what it shows."""
    return any(event.action == "settle" for event in read_history(connection, operation.number))


def _compensating_kind(desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> OperationKind | None:
    """What undoes it; None where nothing does, or it is not proved that the effect is the operation's own."""
    write = desk.legacy_write(operation.addressee_city, OperationName(delivery.write))
    if write is None or write.knowledge.compensation is None or delivery.outcome != OutcomeKind.DONE:
        return None
    return _KIND_OF_COMPENSATION.get(write.knowledge.compensation)


def _accept_last(connection: Connection, desk: Desk, operation: OperationRow, intent: Intent) -> Accepted:
    """Accept what undoes, if it would undo that operation and nothing later. Raises UndoRefused."""
    accepted = accept_checked(connection, desk, intent)
    # Only after it was accepted: since then nothing else can be, and stay unseen.
    names, number = subject_names(desk, operation), accepted.operation.number
    later = read_later_number(connection, operation, names, number) if accepted.is_new else None
    if later is not None:
        raise UndoRefused(f"{later} came after it on the same card: ask for what is to hold now.")
    return accepted


def _hand_to_person(connection: Connection, desk: Desk, operation: OperationRow, officer: Officer) -> Undoing:
    now = desk.clock()
    task = open_task(connection, operation, TaskKind.UNDO, None, now)
    noted = note_event(connection, operation, UNDO, officer.name, now)
    return Undoing(Accepted(noted, is_new=True, delivery_id=None), task)
