"""The admin endpoint."""

from __future__ import annotations

import aiohttp
import pytest

SYSTEMS = [
    "hangzhou_core_service",
    "huangshan_card_service",
    "huangshan_injury_service",
    "hangzhou_database",
    "huangshan_database",
    "huangshan_labour_database",
]


async def health(http: aiohttp.ClientSession, admin: str) -> tuple[int, dict[str, str]]:
    async with http.get(f"{admin}/health") as response:
        return response.status, (await response.json())["systems"]


async def test_health_is_200_when_every_system_answers(http: aiohttp.ClientSession, admin: str) -> None:
    assert await health(http, admin) == (200, dict.fromkeys(SYSTEMS, "ok"))


@pytest.mark.parametrize("system", ["huangshan_card_service", "hangzhou_database"])
async def test_health_is_503_while_a_system_has_a_fault(http: aiohttp.ClientSession, admin: str, system: str) -> None:
    async with http.put(f"{admin}/systems/{system}/fault", json={"kind": "refuse"}):
        pass
    status, systems = await health(http, admin)
    assert (status, systems[system]) == (503, "fault: refuse")
    async with http.delete(f"{admin}/faults"):
        pass
    assert await health(http, admin) == (200, dict.fromkeys(SYSTEMS, "ok"))


async def test_systems_are_listed_with_location_and_fault(http: aiohttp.ClientSession, admin: str) -> None:
    async with http.put(f"{admin}/systems/hangzhou_core_service/fault", json={"kind": "latency", "seconds": 0.2}):
        pass
    async with http.get(f"{admin}/systems") as response:
        systems = await response.json()
    assert list(systems) == SYSTEMS
    fault = systems["hangzhou_core_service"]["fault"]
    assert (fault["kind"], fault["seconds"]) == ("latency", 0.2)
    assert systems["huangshan_card_service"]["fault"] is None


@pytest.mark.parametrize(
    ("system", "fault", "refusal"),
    [
        ("no_such_system", {"kind": "hang"}, (404, "no system")),
        ("huangshan_card_service", {"kind": "explode"}, (422, "explode")),
        ("huangshan_card_service", {"kind": "hang", "colour": "red"}, (422, "colour")),
        ("hangzhou_database", {"kind": "html"}, (422, "is a database")),
        ("hangzhou_database", {"kind": "hang", "count": 3}, (422, "until they are cleared")),
    ],
)
async def test_a_fault_that_cannot_be_is_refused_with_a_sentence(
    http: aiohttp.ClientSession, admin: str, system: str, fault: dict[str, object], refusal: tuple[int, str]
) -> None:
    async with http.put(f"{admin}/systems/{system}/fault", json=fault) as response:
        assert response.status == refusal[0]
        assert refusal[1] in (await response.json())["error"]
