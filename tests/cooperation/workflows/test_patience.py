"""How long DBOS waits for a PostgreSQL that it does not reach any more."""

from __future__ import annotations

import pytest

from cooperation.store.patience import NET_PARAMETERS
from cooperation.workflows import engine
from tests.cooperation.support.scripted import ScriptedSystem
from tests.cooperation.workflows.test_office import office_of


@pytest.mark.servers
@pytest.mark.xdist_group("dbos")
async def test_dbos_gives_up_a_net_that_drops_packets_as_soon_as_the_store_does(postgresql_url: str) -> None:
    async with office_of(postgresql_url, ScriptedSystem()):
        assert engine._dbos is not None
        with engine._dbos._sys_db.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            parameters = driver.info.get_parameters()
    assert {name: parameters[name] for name in NET_PARAMETERS} == NET_PARAMETERS
