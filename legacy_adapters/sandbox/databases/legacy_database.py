"""The seam between the sandbox and the servers that keep its databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from legacy_adapters.sandbox.databases.definition import DatabaseDefinition
from legacy_adapters.sandbox.faults import Fault
from legacy_adapters.sandbox.population.world import World

T = TypeVar("T")


class DatabaseUnusable(Exception):
    """A database that cannot be made or loaded; the text is one sentence for the operator, without a password."""


class LegacyDatabase(Protocol):
    """One loaded database."""

    @property
    def definition(self) -> DatabaseDefinition:
        """What it is made of."""

    @property
    def location(self) -> str:
        """Where it is, for the operator: no password in it."""

    async def is_current(self, stamp: str) -> bool:
        """Whether it stands there complete, made from what the stamp says. Raises DatabaseUnusable."""

    async def load(self, world: Callable[[], World], stamp: str) -> None:
        """Make it anew. Raises DatabaseUnusable; a database half loaded is never current."""

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """The bureau's own work on its database, one transaction; raises whatever a client would meet."""

    async def probe(self) -> None:
        """Ask it something small; raises whatever a client would meet."""

    async def set_fault(self, fault: Fault | None) -> None:
        """Replace the present fault, if any, by this one, if any."""

    async def close(self) -> None:
        """Undo the fault and let go."""
