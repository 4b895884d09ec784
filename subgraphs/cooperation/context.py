"""What lives as long as one request to the cooperation subgraph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import strawberry

from cooperation.content import AnyContent
from cooperation.store.rows import OperationRow
from cooperation.store.store import Connection, DatabaseUnavailable
from cooperation.workflows.office import CooperationOffice
from legacy_adapters.clock import Clock
from subgraphs.cooperation.loaders import CooperationLoaders, cooperation_loaders
from subgraphs.shared.context import BaseContext
from subgraphs.shared.errors import ClientError
from subgraphs.shared.places import place_name
from subgraphs.shared.types import City

T = TypeVar("T")


class StoreUnavailable(ClientError):
    """The database of cross-city operations does not answer; nothing was changed."""

    code = "COOPERATION_DATABASE_UNAVAILABLE"


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

    def content_of(self, row: OperationRow) -> AnyContent | None:
        """What an operation is about; None once it was erased."""
        return None if row.content_sealed is None else self.office.desk.content_of(row)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Read the database. Raises StoreUnavailable."""
        try:
            return await self.office.desk.store.transact(work)
        except DatabaseUnavailable as error:
            raise store_unavailable() from error


def store_unavailable() -> StoreUnavailable:
    """The error for a client."""
    return StoreUnavailable("The database of cross-city operations does not answer; try again.")


CooperationInfo: TypeAlias = strawberry.Info[CooperationContext, None]
