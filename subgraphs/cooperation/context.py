"""What lives as long as one request to the cooperation subgraph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import strawberry

from cooperation.content import AnyContent
from cooperation.store.rows import OperationRow
from cooperation.store.store import Connection
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import Clock
from subgraphs.cooperation.errors import store_errors
from subgraphs.cooperation.loaders import CooperationLoaders, cooperation_loaders
from subgraphs.shared.context import BaseContext
from subgraphs.shared.places import place_name
from subgraphs.shared.types import City

T = TypeVar("T")


@dataclass(slots=True, eq=False, kw_only=True)
class CooperationContext(BaseContext[CooperationLoaders]):
    """Attributes:
    office: where requests are brought to.
    clock: gives the moment of asking, and of each event of a subscription.
    """

    office: CooperationOffice
    clock: Clock

    def renew(self) -> None:
        """Begin anew, for the next event of a subscription."""
        self.now = self.clock()
        self.loaders = cooperation_loaders(self.office.desk.store)

    def place(self, code: str) -> City:
        """A city by its code."""
        return City(code=strawberry.ID(code), name=place_name(code))

    def person_ids(self, person_id: str) -> tuple[str, ...]:
        """All identifiers of the same person, of every known platform key, the current one's first."""
        return self.office.desk.sealer.person_ids(person_id)

    def content_of(self, row: OperationRow) -> AnyContent | None:
        """What an operation is about; None once it was erased."""
        return None if row.content_sealed is None else self.office.desk.content_of(row)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read the database. Raises StoreUnavailable."""
        with store_errors():
            return await self.office.desk.store.read(work)


CooperationInfo: TypeAlias = strawberry.Info[CooperationContext, None]
