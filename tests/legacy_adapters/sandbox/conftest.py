"""A small world and bureaus that run on free ports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.sandbox.admin import admin_app
from legacy_adapters.sandbox.bureaus import SERVICE_PORTS, Bureaus, Settings
from legacy_adapters.sandbox.listener import Listener
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World

PARAMETERS = Parameters(people=600, seed=7, today="2026-11-23")


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 23, 9, 30, tzinfo=CITY_ZONE)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@pytest.fixture(scope="session")
def world() -> World:
    return generate_world(PARAMETERS)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def bureaus(tmp_path: Path, clock: HandClock) -> AsyncIterator[Bureaus]:
    running = Bureaus(Settings(PARAMETERS, tmp_path, ports=dict.fromkeys(SERVICE_PORTS, 0)), clock)
    await running.start(lambda line: None)
    yield running
    await running.close()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        yield session


@pytest.fixture
async def admin(bureaus: Bureaus) -> AsyncIterator[str]:
    listener = Listener(admin_app(bureaus), "sandbox admin", "127.0.0.1", 0)
    await listener.open()
    yield f"http://127.0.0.1:{listener.port}"
    await listener.close()
