"""Officers who finish tasks about letters, as people do: they look into their city's system first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from random import Random
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from cooperation.actions import finish_task
from cooperation.delivery.commands import Owed, command_of
from cooperation.desk import Desk
from cooperation.kinds import OperationKind
from cooperation.letter_tasks import NOTHING_SAID, Handled, Handling
from cooperation.letters import is_amendment
from cooperation.states.machine import Duty, Office
from cooperation.states.move import Officer
from cooperation.store import deliveries
from cooperation.store.operations import read_history, read_operation
from cooperation.store.rows import DeliveryRow, TaskRow, record_of
from cooperation.store.store import DatabaseUnavailable
from cooperation.store.tables import TASKS
from cooperation.store.tasks import TaskKind
from legacy_adapters.errors import AdapterError
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.outcomes import Standing
from legacy_adapters.operations.protocols import CityOperations, LegacyWrite
from tests.cooperation.faults.invariants import AT_COUNTER
from tests.cooperation.faults.report import Report
from tests.cooperation.faults.seams import SCRIPT, Script

_NOTE = "已看过系统"


class TaskOfficers:
    """Attributes:
    by_hand: the deliveries that they said were done by hand, and whether they have entered them; else they were there.
    """

    def __init__(self, desk: Desk, cities: Mapping[str, CityOperations], random: Random, report: Report) -> None:
        self._desk = desk
        self._cities = cities
        self._random = random
        self._report = report
        self.by_hand: dict[str, bool] = {}

    def open_tasks(self) -> list[TaskRow]:
        """All about letters' writes."""

        def work(connection: Connection) -> list[TaskRow]:
            rows = connection.execute(select(TASKS).where(TASKS.c.done_at.is_(None)).order_by(TASKS.c.id))
            tasks = [record_of(TaskRow, row) for row in rows]
            kinds = {one.id: read_operation(connection, one.operation_number).kind for one in tasks}
            return [
                one for one in tasks if one.delivery_id is not None and kinds[one.id] == OperationKind.INVESTIGATION
            ]

        return self._desk.store.transact_now(work)

    async def see_to(self, task: TaskRow, meanwhile: Callable[[], Awaitable[None]] | None = None) -> bool:
        """Look, do it by hand or have it written again, and say so; `meanwhile` others go on. Whether it was said."""
        try:
            handled = await self._handled(task)
        except AdapterError:
            return False  # nobody can look now
        if handled is None:
            return False
        if meanwhile is not None:
            await meanwhile()
        self._report.faults[f"task: {task.kind}, {handled.handling or 'nothing said'}"] += 1
        script = Script(database=(0, self._random.random() < 0.5)) if self._random.random() < 0.15 else Script()
        token = SCRIPT.set(script)
        try:
            await self._say(task, handled)
        except DatabaseUnavailable:
            await self._say(task, handled)
        finally:
            SCRIPT.reset(token)
        return True

    async def _say(self, task: TaskRow, handled: Handled) -> None:
        officer = Officer("4001", task.city, Office.INSURANCE_AGENCY, Duty.HANDLER)
        await finish_task(self._desk, task.id, officer, _NOTE, handled)

    async def _handled(self, task: TaskRow) -> Handled | None:
        """What there is to say, once it was done; None where nothing can be done now."""
        owed = await self._owed(task)
        system, command = self._system(owed.delivery), command_of(self._desk, owed)
        if command is None:
            return None
        seen = await system.observe(command)
        is_reply_before = is_amendment(owed.delivery, owed.siblings) and seen.standing is Standing.IN_EFFECT
        if is_reply_before or seen.standing not in (Standing.IN_EFFECT, Standing.OPEN):
            return None
        is_there = seen.standing is Standing.IN_EFFECT
        if not is_there and self._random.random() < 0.5:
            return NOTHING_SAID if task.kind == TaskKind.MEND_ACCESS else Handled(Handling.WRITE_AGAIN)
        if not is_there:
            await system.write(command, f"{AT_COUNTER}{owed.delivery.id}")
            seen = await system.observe(command)
            if seen.standing is not Standing.IN_EFFECT:
                return None
        self.by_hand[owed.delivery.id] = self.by_hand.get(owed.delivery.id, False) or not is_there
        has_number = owed.delivery.write == OperationName.ASSIST_CREATION and self._random.random() < 0.8
        return Handled(Handling.DONE_BY_HAND, seen.receipt if has_number else None)

    async def _owed(self, task: TaskRow) -> Owed:
        """What the task is about, with the number that the letter has in the system, whoever has entered it."""

        def work(connection: Connection) -> Owed:
            number = task.operation_number
            siblings = deliveries.read_deliveries(connection, [number])
            delivery = next(one for one in siblings if one.id == task.delivery_id)
            return Owed(read_operation(connection, number), delivery, read_history(connection, number), siblings)

        owed = self._desk.store.transact_now(work)
        is_entry = (OperationName.ASSIST_CREATION, task.city)
        entry = next(one for one in owed.siblings if (one.write, one.city) == is_entry)
        seen = await self._system(entry).observe(command_of(self._desk, replace(owed, delivery=entry)))
        known = msgspec.structs.replace(entry, receipt=seen.receipt)
        return replace(owed, siblings=[known if one.id == entry.id else one for one in owed.siblings])

    def _system(self, delivery: DeliveryRow) -> LegacyWrite[Any]:
        write: LegacyWrite[Any] = getattr(self._cities[delivery.city], delivery.write)
        return write
