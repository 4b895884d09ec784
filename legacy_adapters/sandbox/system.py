"""What the bureaus' administration can do with a running system, be it service or database."""

from __future__ import annotations

from typing import Protocol

from legacy_adapters.sandbox.calls import CallCounts
from legacy_adapters.sandbox.databases.legacy_database import LegacyDatabase
from legacy_adapters.sandbox.faults import DATABASE_FAULTS, Fault, FaultRefused
from legacy_adapters.sandbox.services.write_log import WriteEntry, WriteLog


class RunningSystem(Protocol):
    """One legacy system of the sandbox."""

    @property
    def name(self) -> str:
        """As the city's configuration calls it."""

    @property
    def location(self) -> str:
        """Where it answers, for the operator."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it now."""

    async def set_fault(self, fault: Fault | None) -> None:
        """Make this wrong, or nothing. Raises FaultRefused."""

    async def probe(self) -> None:
        """Ask it something small; raises when it does not answer."""

    def calls(self) -> CallCounts | None:
        """What was asked of it; None of a database, which is not asked through us."""

    def reset_calls(self) -> None:
        """Count from nothing."""

    def written(self) -> list[WriteEntry]:
        """What it has written."""

    async def close(self) -> None:
        """Undo the fault and stop."""


class DatabaseSystem:
    """A database as a system: faults it can have, nothing to count; written by the bureau's own jobs."""

    def __init__(self, database: LegacyDatabase, writes: WriteLog) -> None:
        self._database = database
        self._writes = writes
        self._fault: Fault | None = None

    @property
    def name(self) -> str:
        """As the city's configuration calls it."""
        return self._database.definition.system

    @property
    def location(self) -> str:
        """The file, or the server's address."""
        return self._database.location

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it now."""
        return self._fault

    async def set_fault(self, fault: Fault | None) -> None:
        """Make this wrong, or nothing. Raises FaultRefused for a kind that databases do not have."""
        if fault is not None and fault.kind not in DATABASE_FAULTS:
            kinds = ", ".join(sorted(DATABASE_FAULTS))
            raise FaultRefused(f"{self.name} is a database; it knows the faults {kinds}.")
        if fault is not None and (fault.count is not None or fault.operations):
            raise FaultRefused(f"{self.name} is a database; its faults last until they are cleared.")
        await self._database.set_fault(fault)
        self._fault = fault

    async def probe(self) -> None:
        """Read a row."""
        await self._database.probe()

    def calls(self) -> CallCounts | None:
        """Not counted here."""
        return None

    def reset_calls(self) -> None:
        """Nothing to reset."""

    def written(self) -> list[WriteEntry]:
        """What its jobs have made of what others put there."""
        return self._writes.entries

    async def close(self) -> None:
        """Undo the fault and let go."""
        await self._database.close()
