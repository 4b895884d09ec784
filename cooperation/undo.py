"""What took effect is undone by its counterpart, where there is one; else by a person."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from cooperation.acceptance import Intent
from cooperation.content import CardContent
from cooperation.desk import Desk
from cooperation.errors import InputRefused, TransitionRefused
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.states.machine import Office
from cooperation.states.move import Officer
from cooperation.store.operations import read_operation
from cooperation.store.rows import OperationRow
from cooperation.store.tasks import TaskKind, open_task
from legacy_adapters.operations.commands import OperationName

_KIND_OF_COMPENSATION: Mapping[OperationName, OperationKind] = {
    rule.write: kind for kind, rule in KIND_RULES.items() if rule.write is not None
}


async def compensation_of(desk: Desk, number: str, officer: Officer, key: str) -> Intent | None:
    """The intent that undoes an operation; None where only a person can, who has got the task then.

    Raises OperationUnknown, InputRefused, TransitionRefused.
    """

    def work(connection: Connection) -> Intent | None:
        operation = read_operation(connection, number, for_update=True)
        kind = _compensating_kind(desk, operation)
        if kind is None:
            open_task(connection, operation, TaskKind.UNDO, None, desk.clock())
            return None
        content = desk.content_of(operation)
        if not isinstance(content, CardContent):
            raise InputRefused("Only service requests can be undone.")
        undoing = msgspec.structs.replace(content, compensates=number)
        return Intent(kind, officer, operation.addressee_city, Office(operation.addressee_office), undoing, key)

    return await desk.store.transact(work)


def _compensating_kind(desk: Desk, operation: OperationRow) -> OperationKind | None:
    name = KIND_RULES[OperationKind(operation.kind)].write
    if name is None:
        raise InputRefused("Only what was written into a city's system can be undone.")
    if operation.content_sealed is None:
        raise InputRefused("The operation's content was erased after its time.")
    if operation.state not in ("DONE", "IN_PRODUCTION"):
        raise TransitionRefused("undo", operation.state, ())
    write = desk.legacy_write(operation.addressee_city, name)
    compensation = None if write is None else write.knowledge.compensation
    return None if compensation is None else _KIND_OF_COMPENSATION.get(compensation)
