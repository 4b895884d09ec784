"""The cooperation subgraph over a SQLite file and a scripted city; turns are taken at once, without DBOS."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from cooperation.delivery.turn import take_turn
from cooperation.store.deliveries import read_deliveries
from cooperation.store.migrate import migrate
from cooperation.store.rows import OperationRow
from cooperation.store.store import Store, database_url
from cooperation.workflows.office import CooperationOffice
from subgraphs.cooperation.app import CooperationSubgraph
from subgraphs.cooperation.schema import COOPERATION
from subgraphs.cooperation.sealer import PlatformSealer
from subgraphs.shared.contract import read_contract
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.subgraph import SubgraphSchema
from tests.cooperation.support.desks import TestClock, make_desk
from tests.cooperation.support.scripted import ScriptedSystem
from tests.subgraphs.conftest import CONTRACTS

SCHEMA = SubgraphSchema(COOPERATION, read_contract(CONTRACTS, "cooperation"))


class DirectOffice(CooperationOffice):
    """Takes one turn at what is owed, in the request itself."""

    async def _go_on(self, operation: OperationRow, *_: Any, **__: Any) -> OperationRow:
        await self._begin_until(0.0, operation.number)
        return await self.operation(operation.number)

    async def _begin_until(self, deadline: float, number: str, first_turn: str | None = None) -> bool:
        del deadline, first_turn
        owed = await self.desk.store.transact(lambda connection: read_deliveries(connection, [number]))
        for delivery in owed:
            await take_turn(self.desk, delivery.id)
        return True


@dataclass
class Bureau:
    """Attributes:
    ask: executes an operation and gives its data; errors fail the test.
    """

    subgraph: CooperationSubgraph
    system: ScriptedSystem
    clock: TestClock
    office: CooperationOffice

    async def ask(self, query: str, **variables: Any) -> Any:
        response = await self.subgraph.execute(query, variables)
        assert "errors" not in response, response["errors"]
        return response["data"]


@pytest.fixture
async def bureau(tmp_path: Path, keys: PlatformKeys) -> AsyncIterator[Bureau]:
    store = Store(database_url(f"sqlite:///{tmp_path / 'cooperation.db'}"))
    migrate(store)
    clock, system = TestClock(), ScriptedSystem()
    desk = replace(
        make_desk(store, clock, system, immediate_seconds=0, webhook_origins=("https://partner.example",)),
        sealer=PlatformSealer(keys),
    )
    office = DirectOffice(desk, "test", None, ())
    yield Bureau(CooperationSubgraph(SCHEMA, office, keys, clock), system, clock, office)
    store.close()


@pytest.fixture
def officer() -> Callable[..., dict[str, str]]:
    """An officer's input."""

    def make(id: str, city: str = "330100", office: str = "CARD_CENTRE", duty: str = "HANDLER") -> dict[str, str]:  # noqa: A002
        return {"id": id, "city": city, "office": office, "duty": duty}

    return make
