"""A case that is handed over is registered in the addressed city's own system, once that city's officer says so.

The number that the system gives it is the case's from then on; what it does not take, an officer enters by hand.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from cooperation.acceptance import new_delivery, useless_after
from cooperation.content import TransferContent
from cooperation.desk import Desk
from cooperation.kinds import KIND_RULES, OperationKind
from cooperation.store.deliveries import create_delivery
from cooperation.store.rows import OperationRow

REGISTER = "register"


def owe_registration(connection: Connection, desk: Desk, operation: OperationRow, action: str) -> None:
    """What an action brings into the addressed city's system: the case, if it is to be registered there."""
    write = KIND_RULES[OperationKind(operation.kind)].registration
    if action != REGISTER or write is None:
        return
    delivery = new_delivery(
        f"{operation.number}-1",
        operation,
        write,
        subject=operation.number,
        useless_after=useless_after(desk, operation, operation.updated_at),
    )
    create_delivery(connection, delivery)


def registered_content(desk: Desk, operation: OperationRow, case_number: str | None) -> str | None:
    """The content with the number that the case has there, sealed; None where nothing is registered, and it stays."""
    if KIND_RULES[OperationKind(operation.kind)].registration is None:
        return None
    content = desk.content_of(operation)
    assert isinstance(content, TransferContent)  # noqa: S101  (for mypy: what is registered is a transfer)
    return desk.seal_content(msgspec.structs.replace(content, received_case_number=case_number))
