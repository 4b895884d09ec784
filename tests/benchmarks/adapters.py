"""What a call to a legacy system costs: CPU microseconds, prepared against zeep, and per row of SQL."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

from legacy_adapters.clock import city_clock
from legacy_adapters.configuration import SystemConfig
from legacy_adapters.hangzhou_core_service.rows import NAMESPACE, PENSION_ROW, pension_record
from legacy_adapters.hangzhou_core_service.service import WSDL
from legacy_adapters.hangzhou_database.adapter import open_adapter as open_database
from legacy_adapters.huangshan_card_service.rows import card_record
from legacy_adapters.records.provenance import CityCode
from legacy_adapters.sandbox.databases.hangzhou import HANGZHOU_DATABASE
from legacy_adapters.sandbox.databases.sqlite import write
from legacy_adapters.sandbox.population.generator import generate_world
from legacy_adapters.sandbox.population.national_ids import normalise_id_number
from legacy_adapters.sandbox.population.world import Parameters
from legacy_adapters.sandbox.services.hangzhou_answers import head
from legacy_adapters.sandbox.services.hangzhou_core import _envelope
from legacy_adapters.sandbox.services.hangzhou_pensions import pension_row
from legacy_adapters.soap.description import read_description
from legacy_adapters.soap.http import HttpPool
from legacy_adapters.soap.starred_tags import read_tags
from legacy_adapters.soap.xml import parse_message
from legacy_adapters.sources import PeopleQuery
from legacy_adapters.system import LegacySystem

ROW = f"{{{NAMESPACE}}}row"
WORLD = Parameters(people=2000, seed=1, today="2026-11-23")
CARD = (
    "<ROW><社保卡号*>H00000001</社保卡号*><社会保障号码*>330199195805120015</社会保障号码*><姓名*>张三</姓名*>"
    "<卡状态*>1</卡状态*><卡状态时间>20201015100000</卡状态时间><临时挂失到期></临时挂失到期><银行代码>95566</银行代码>"
    "<银行卡状态>A</银行卡状态><银行状态时间>20201015100000</银行状态时间><银行挂失到期></银行挂失到期>"
    "<发卡日期>20201015</发卡日期><有效期>20301015</有效期><AAB301>341000</AAB301></ROW>"
)


def main() -> None:
    """Print the tables."""
    world = generate_world(WORLD)
    print("SOAP, CPU µs a message            zeep    ours   ratio")
    _envelopes()
    _answers([pension_row(pension) for pension in world.hangzhou.pensions])
    _tags()
    uvloop.run(_over_the_wire())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hangzhou.db"
        connection = sqlite3.connect(path, isolation_level=None)
        write(connection, HANGZHOU_DATABASE, world, "benchmark")
        connection.close()
        uvloop.run(_database(path, [normalise_id_number(person.id_number) for person in world.hangzhou.people]))


def _envelopes() -> None:
    description = read_description(str(WSDL))
    prepared = description.prepare("queryPension", ("token", "AAC147"))
    values = ("0123456789abcdef", "330199195805120015")
    by_zeep = _cost(lambda: description.envelope("queryPension", dict(zip(("token", "AAC147"), values, strict=True))))
    _print("envelope", by_zeep, _cost(lambda: prepared.fill(*values)))


def _answers(rows: list[str]) -> None:
    description = read_description(str(WSDL))
    provenance = _system("").provenance()
    for count in (1, 10, 100):
        body = _envelope("queryPension", head("0", "", count, count) + "".join(rows[:count])).encode()
        by_zeep = _cost(lambda body=body: description.read_answer("queryPension", body))
        ours = _cost(
            lambda body=body: [
                pension_record(PENSION_ROW.read(row), provenance)
                for row in parse_message(body, "utf-8")[0][0].iterchildren(ROW)
            ]
        )
        _print(f"answer of {count} rows to records", by_zeep, ours)


def _tags() -> None:
    text = "<ERR>OK</ERR><数量>2</数量><时间>20261123084500</时间>" + CARD * 2
    provenance = _system("").provenance()
    ours = _cost(lambda: [card_record(row.values(), provenance) for row in read_tags(text).all("ROW")])
    print(f"{'starred tags, 2 cards':30} {'cannot':>7} {ours:7.0f}")


async def _over_the_wire() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000

    class Server(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            self.transport.write(answer)

    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    pool = HttpPool(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/", "text/xml; charset=utf-8")
    body = b"y" * 500
    ours = await _cost_of_awaiting(lambda: pool.post(body))
    print(f"{'HTTP exchange, peer included':30} {'':>7} {ours:7.0f}")
    await pool.aclose()
    server.close()


async def _database(path: Path, ids: list[str]) -> None:
    adapter = await open_database(_system(f"sqlite:///{path}"))
    print("\nSQL (SQLite), CPU µs                        µs  per row")
    questions: list[tuple[str, int, Callable[[], Awaitable[object]]]] = [
        ("1 person", 1, lambda: adapter.people(ids[:1])),
        ("50 persons", 50, lambda: adapter.people(ids[:50])),
        ("1000 persons", 1000, lambda: adapter.people(ids[:1000])),
        ("cards of 50 persons", 50, lambda: adapter.cards(ids[:50])),
        ("page of 50 people", 50, lambda: adapter.list_people(PeopleQuery(), 50, None)),
        ("page of 200 people", 200, lambda: adapter.list_people(PeopleQuery(), 200, None)),
    ]
    for name, rows, question in questions:
        cost = await _cost_of_awaiting(question)
        print(f"{name:38} {cost:8.0f} {cost / rows:8.1f}")
    await adapter.aclose()


def _system(url: str) -> LegacySystem:
    return LegacySystem("benchmark", CityCode("330100"), SystemConfig("benchmark", url), city_clock)


def _cost(work: Callable[[], object], seconds: float = 0.5) -> float:
    work()
    started, count = time.process_time(), 0
    while time.process_time() - started < seconds:
        for _ in range(10):
            work()
        count += 10
    return (time.process_time() - started) / count * 1e6


async def _cost_of_awaiting(work: Callable[[], Awaitable[object]], seconds: float = 0.5) -> float:
    await work()
    started, count = time.process_time(), 0
    while time.process_time() - started < seconds:
        for _ in range(10):
            await work()
        count += 10
    return (time.process_time() - started) / count * 1e6


def _print(name: str, by_zeep: float, ours: float) -> None:
    print(f"{name:30} {by_zeep:7.0f} {ours:7.0f} {by_zeep / ours:7.0f}")
