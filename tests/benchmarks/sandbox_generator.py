"""How fast two cities of invented people are made and loaded into SQLite, and what one service call costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from legacy_adapters.clock import CITY_ZONE
from legacy_adapters.sandbox.credentials import CREDENTIALS
from legacy_adapters.sandbox.databases.opening import DEFINITIONS, FILES, open_database
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.world import Parameters, World
from legacy_adapters.sandbox.services.hangzhou_core import HangzhouCoreService
from legacy_adapters.sandbox.services.huangshan_cards import HuangshanCardService
from legacy_adapters.sandbox.services.huangshan_injuries import HuangshanInjuryService
from legacy_adapters.sandbox.services.service import SoapService
from tests.legacy_adapters.sandbox.requests import core_envelope, login_envelope, pipe_envelope, starred, values_of

PEOPLE = 20_000
CALLS = 2_000


def main() -> None:
    """Print seconds of each step, then microseconds of CPU per call (read, answer, encode) without HTTP."""
    with measured(f"generate 2 x {PEOPLE} people"):
        world = generate_world(Parameters(PEOPLE, 1, "2026-11-23"))
    with TemporaryDirectory() as folder:
        for definition in DEFINITIONS:
            with measured(f"load {definition.system}"):
                asyncio.run(
                    open_database(definition, None, Path(folder) / FILES[definition.system]).load(
                        lambda: world, "benchmark"
                    )
                )
    for name, service, request in services(world):
        print(f"{name:44} {microseconds(lambda s=service, r=request: exchange(s, r)):8.0f} µs")


@contextmanager
def measured(what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    print(f"{what:44} {time.perf_counter() - wall:8.2f} s, CPU {time.process_time() - cpu:6.2f} s")


def services(world: World) -> Iterator[tuple[str, SoapService, bytes]]:
    def clock() -> datetime:
        return datetime.now(CITY_ZONE)

    person = world.hangzhou.pensions[0].id_number
    core = HangzhouCoreService(world.hangzhou, CREDENTIALS["hangzhou_core_service"], clock)
    [token] = values_of("token", core.answer(core.read(login_envelope("benchmark").encode(), None)))
    yield "hangzhou_core queryPension", core, core_envelope("queryPension", token=token, AAC147=person).encode()
    page = core_envelope("queryPensionList", token=token, AAB301="341000", BAE098="20261231", pageNo="1", pageSize="50")
    yield "hangzhou_core queryPensionList, 50 rows", core, page.encode()
    cards = HuangshanCardService(world.huangshan, CREDENTIALS["huangshan_card_service"], clock)
    yield "huangshan_card 查询卡信息", cards, starred("查询卡信息", 社会保障号码=person).encode("gb18030")
    injuries = HuangshanInjuryService(world.huangshan, CREDENTIALS["huangshan_injury_service"], clock)
    yield "huangshan_injury C020001", injuries, pipe_envelope("C020001", f"<D507_01>{person}</D507_01>").encode()


def exchange(service: SoapService, request: bytes) -> bytes:
    charset = "GBK" if service.encoding == "gb18030" else "utf-8"
    return service.answer(service.read(request, charset)).encode(service.encoding)


def microseconds(call: Callable[[], object]) -> float:
    """CPU of one call, over many."""
    started = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - started) / CALLS * 1e6


if __name__ == "__main__":
    main()
