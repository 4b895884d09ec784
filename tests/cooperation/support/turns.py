"""Turns at the first operation of a test's desk, one after the other, and what they have made of it."""

from __future__ import annotations

import pytest

from cooperation.delivery.turn import take_turn
from cooperation.desk import Desk
from cooperation.store.deliveries import read_deliveries
from cooperation.store.operations import read_operation
from cooperation.store.rows import DeliveryRow, OperationRow
from tests.cooperation.support.desks import TestClock
from tests.cooperation.support.scripted import Killed

DELIVERY = "S330100-2026-000001-1"
OPERATION = "S330100-2026-000001"


async def operation(desk: Desk, number: str = OPERATION) -> OperationRow:
    return await desk.store.transact(lambda connection: read_operation(connection, number))


async def delivery(desk: Desk, number: str = OPERATION) -> DeliveryRow:
    (found,) = await desk.store.transact(lambda connection: read_deliveries(connection, [number]))
    return found


async def run(desk: Desk, clock: TestClock, delivery_id: str = DELIVERY, turns: int = 500) -> None:
    """Turn after turn, the clock going on by each pause, until there is none."""
    for _ in range(turns):
        pause = await take_turn(desk, delivery_id)
        if pause is None:
            return
        clock.forward(seconds=pause)
    pytest.fail("the delivery does not end")


async def die_in_turn(desk: Desk, step: str, delivery_id: str = DELIVERY) -> None:
    """One turn, whose process dies after a step."""

    def die(name: str) -> None:
        if name == step:
            raise Killed

    with pytest.raises(Killed):
        await take_turn(desk, delivery_id, die)
