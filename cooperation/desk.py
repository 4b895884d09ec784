"""What working on operations needs, put together once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cooperation.calendar.working_days import WorkingCalendar
from cooperation.configuration import CooperationConfig
from cooperation.content import AnyContent, Sealer, decode_content, encode_content
from cooperation.errors import InputRefused
from cooperation.states.machine import Clock as DeadlineClock
from cooperation.store.operations import Deadline
from cooperation.store.rows import OperationRow
from cooperation.store.store import Store
from legacy_adapters.clock import CITY_ZONE, Clock
from legacy_adapters.operations.commands import OperationName
from legacy_adapters.operations.protocols import CityOperations, LegacyWrite


@dataclass(frozen=True, slots=True)
class Desk:
    """Attributes:
    clock: of what is kept: the same for all processes of its database (`store/clock.py`).
    cities: what each city's systems do on request, by GB/T 2260 code.
    """

    store: Store
    sealer: Sealer
    config: CooperationConfig
    calendar: WorkingCalendar
    clock: Clock
    cities: Mapping[str, CityOperations]

    def require_city(self, name: str, code: str) -> None:
        """Raise InputRefused, which blames the input of that name, unless the city takes part, asking or deciding."""
        if code not in self.cities:
            raise InputRefused(f"{name} must be a city that takes part: {', '.join(self.cities)}.", name)

    def seal_content(self, content: AnyContent) -> str:
        """A content as it stands in the database."""
        return self.sealer.seal(encode_content(content))

    def content_of(self, operation: OperationRow) -> AnyContent:
        """What an operation is about."""
        if operation.content_sealed is None:
            raise LookupError("The content of this operation was erased.")
        return decode_content(self.sealer.open(operation.content_sealed))

    def legacy_write(self, city: str, name: OperationName) -> LegacyWrite[Any] | None:
        """The write of that name in a city's systems; None where the city does not offer it."""
        operations = self.cities.get(city)
        write: LegacyWrite[Any] | None = None if operations is None else getattr(operations, name.value, None)
        return write

    def deadline(self, clock: DeadlineClock | None, operation: OperationRow, now: datetime) -> Deadline | None:
        """The deadline that an action sets now; None where it leaves it as it is."""
        rules = self.config.city_rules(operation.addressee_city)
        today = now.astimezone(CITY_ZONE).date()
        match clock:
            case None:
                return None
            case DeadlineClock.STOP:
                return Deadline()
            case DeadlineClock.ACCEPT:
                due = self.calendar.due_day(today, rules.accept_working_days)
                return Deadline(DeadlineClock.ACCEPT, due.day, due.is_estimated)
            case DeadlineClock.REPORT:
                due = self.calendar.due_day(today, rules.report_working_days)
                return Deadline(DeadlineClock.REPORT, due.day, due.is_estimated)
            case DeadlineClock.EXTENSION:
                due = self.calendar.due_day(operation.due_on or today, rules.extension_working_days)
                return Deadline(DeadlineClock.REPORT, due.day, due.is_estimated or operation.due_is_estimated)
