"""At its start a process seals what is kept anew with the current platform key, while it works already."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TypeAlias

from sqlalchemy import Connection

from cooperation.content import SealBroken
from cooperation.desk import Desk
from cooperation.lines import line_names
from cooperation.rekeying import Rekeyed, rekey_contents
from cooperation.store.deliveries import DeliveryState, move_line, read_unsettled
from cooperation.store.queries import operations_by_number
from cooperation.store.rows import DeliveryRow, OperationRow
from cooperation.store.store import DatabaseUnavailable
from cooperation.workflows import engine
from legacy_adapters.process_log import describe_defect

RETRY_SECONDS = 5.0
RENAMINGS = 2
"""A delivery that steps aside meanwhile joins the line of the one before it, under its former name."""

NamedLines: TypeAlias = list[tuple[DeliveryRow, str]]
"""Deliveries, and what the line that each of them stands in is called under the current key."""

_LOG = logging.getLogger("bureaugraph.cooperation")


async def rekey_at_start(desk: Desk) -> None:
    """Seal all that is kept anew, and say what came of it; again where the database does not answer."""
    while True:
        try:
            done = await rekey_contents(desk)
            await rename_lines(desk)
        except DatabaseUnavailable:
            await asyncio.sleep(RETRY_SECONDS)
        except Exception as error:  # noqa: BLE001  (everything is found under every known key; the next start tries again)
            _LOG.error("Sealing what is kept anew failed: %s", describe_defect(error))
            return
        else:
            _tell(desk, done)
            return


async def rename_lines(desk: Desk) -> None:
    """Have the lines of what is owed called by the current key. Raises DatabaseUnavailable."""
    # Not until nothing is left: a process that still starts with the former key in front names them the other way.
    for _ in range(RENAMINGS):
        await _rename_all(desk)


async def _rename_all(desk: Desk) -> None:
    last = ""
    while page := await desk.store.read(partial(_read_lines, desk=desk, after=last)):
        for delivery, name in page:
            if delivery.subject != name:
                await _rename(desk, delivery, name)
        last = page[-1][0].id


def _read_lines(connection: Connection, desk: Desk, after: str) -> NamedLines:
    unsettled = read_unsettled(connection, after)
    operations = operations_by_number(connection, [one.operation_number for one in unsettled])
    return [(one, _present_name(desk, operations[one.operation_number], one)) for one in unsettled]


def _present_name(desk: Desk, operation: OperationRow, delivery: DeliveryRow) -> str:
    try:
        return line_names(desk, operation, delivery)[0]
    except SealBroken:
        return delivery.subject


async def _rename(desk: Desk, delivery: DeliveryRow, name: str) -> None:
    """Its workflow stands in the queue under the former name: another run takes its place, when it would have gone on.

    Who dies in between leaves a delivery without a workflow: the sweep begins it.
    """
    if delivery.state == DeliveryState.OPEN:
        await engine.give_up_workflow(delivery)
    moved = await desk.store.transact(lambda connection: move_line(connection, delivery, name))
    if moved is not None and moved.state == DeliveryState.OPEN:
        await engine.start_delivery(moved)


def _tell(desk: Desk, done: Rekeyed) -> None:
    if done.unreadable:
        _LOG.error(
            "Rows that open with none of this process's platform keys: %d. It needs the key they were sealed with.",
            done.unreadable,
        )
    elif done.anew or desk.sealer.has_other_keys:
        _LOG.warning(
            "All that is kept is sealed with the current platform key; rows that were sealed anew: %d.", done.anew
        )
