"""Faults of services, switched on by the admin endpoint and felt over HTTP."""

from __future__ import annotations

import asyncio
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from legacy_adapters.sandbox.bureaus import Bureaus
from legacy_adapters.sandbox.population.fixtures import ZHANG_SAN
from tests.legacy_adapters.sandbox.requests import core_envelope, inner_text, login_envelope, post, starred, values_of

CARDS = "huangshan_card_service"
CORE = "hangzhou_core_service"
QUERY = starred("查询卡信息", 社会保障号码=ZHANG_SAN)
LOSS = starred("临时挂失", 社保卡号="H00000001", 社会保障号码=ZHANG_SAN, 姓名="张三")


class Sandbox:
    """The running sandbox, as its users see it."""

    def __init__(self, http: aiohttp.ClientSession, bureaus: Bureaus, admin: str) -> None:
        self.http = http
        self.bureaus = bureaus
        self.admin = admin

    async def break_system(self, name: str, **fault: Any) -> None:
        async with self.http.put(f"{self.admin}/systems/{name}/fault", json=fault) as response:
            assert response.status == 204, await response.text()

    async def mend(self, name: str) -> None:
        async with self.http.delete(f"{self.admin}/systems/{name}/fault") as response:
            assert response.status == 204

    async def has_calls(self, count: int) -> None:
        """Wait until so many calls of the card service have come in."""
        while (found := self.bureaus.systems[CARDS].calls()) is None or found.total < count:  # noqa: ASYNC110  (it counts)
            await asyncio.sleep(0.001)

    async def ask_cards(self, envelope: str = QUERY) -> tuple[int, str, bytes]:
        return await post(self.http, self.bureaus.systems[CARDS].location, envelope, "gb18030")

    async def cards_error(self, envelope: str = QUERY) -> str:
        _, _, body = await self.ask_cards(envelope)
        [error] = values_of("ERR", inner_text(body.decode("gb18030")))
        return error

    async def ask_core(self, envelope: str) -> str:
        _, _, body = await post(self.http, self.bureaus.systems[CORE].location, envelope)
        return body.decode()


@pytest.fixture
def sandbox(http: aiohttp.ClientSession, bureaus: Bureaus, admin: str) -> Sandbox:
    return Sandbox(http, bureaus, admin)


async def test_latency_delays_an_answer_that_is_right(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="latency", seconds=0.3)
    loop = asyncio.get_running_loop()
    started = loop.time()
    assert await sandbox.cards_error() == "OK"
    assert 0.3 <= loop.time() - started < 2


async def test_a_hanging_call_ends_with_a_broken_connection_when_the_fault_is_cleared(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="hang")
    call = asyncio.create_task(sandbox.ask_cards())
    await sandbox.has_calls(1)
    await asyncio.sleep(0.2)
    assert not call.done()
    await sandbox.mend(CARDS)
    with pytest.raises(aiohttp.ClientError):
        await call
    assert await sandbox.cards_error() == "OK"


async def test_a_refusing_system_closes_its_port_and_opens_the_same_one_again(sandbox: Sandbox) -> None:
    assert await sandbox.cards_error() == "OK"
    await sandbox.break_system(CARDS, kind="refuse")
    with pytest.raises(aiohttp.ClientConnectorError):
        await sandbox.ask_cards()
    await sandbox.mend(CARDS)
    assert await sandbox.cards_error() == "OK"


async def test_nobody_else_is_given_the_port_of_a_system_that_refuses(sandbox: Sandbox, bureaus: Bureaus) -> None:
    await sandbox.break_system(CARDS, kind="refuse")
    port = urlsplit(bureaus.systems[CARDS].location).port
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port))
    await sandbox.mend(CARDS)
    assert await sandbox.cards_error() == "OK"


async def test_refusing_a_count_of_calls_resets_their_connections(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="refuse", count=1)
    with pytest.raises(aiohttp.ClientError):
        await sandbox.ask_cards()
    assert await sandbox.cards_error() == "OK"


async def test_a_write_can_have_its_effect_although_no_answer_comes(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="refuse", count=1, effect_done=True)
    with pytest.raises(aiohttp.ClientError):
        await sandbox.ask_cards(LOSS)
    assert await sandbox.cards_error(LOSS) == "01"
    async with sandbox.http.get(f"{sandbox.admin}/systems/{CARDS}/log") as response:
        log = await response.json()
    assert [(entry["subject"], entry["effect"]) for entry in log] == [("H00000001", "done"), ("H00000001", "already")]


async def test_without_the_effect_a_reset_write_has_not_happened(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="refuse", count=1)
    with pytest.raises(aiohttp.ClientError):
        await sandbox.ask_cards(LOSS)
    assert await sandbox.cards_error(LOSS) == "00"


async def test_an_html_page_comes_with_status_200(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="html")
    status, content_type, body = await sandbox.ask_cards()
    assert (status, content_type) == (200, "text/html; charset=UTF-8")
    assert "系统维护中" in body.decode()


async def test_a_soap_fault_comes_with_status_500_and_a_database_s_words(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="soap_fault")
    status, content_type, body = await sandbox.ask_cards()
    assert (status, content_type) == (500, "text/xml; charset=GBK")
    assert "ORA-01034" in body.decode("gb18030")


async def test_a_business_error_carries_the_text_that_was_asked_for(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="business_error", text="超出当日查询限额")
    assert await sandbox.cards_error() == "超出当日查询限额"


async def test_a_wrong_charset_is_declared_right_and_sent_wrong(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="wrong_charset")
    _, content_type, body = await sandbox.ask_cards()
    assert content_type == "text/xml; charset=GBK"
    assert "张三" in body.decode("utf-8")


@pytest.mark.parametrize(
    ("system", "words"), [(CARDS, "系统维护中，请稍后再试"), (CORE, "E9001"), ("huangshan_injury_service", "9001")]
)
async def test_every_service_has_its_own_words_for_maintenance(sandbox: Sandbox, system: str, words: str) -> None:
    await sandbox.break_system(system, kind="maintenance")
    envelopes = {CARDS: QUERY, CORE: login_envelope("nonce-1234"), "huangshan_injury_service": PIPE}
    status, _, body = await post(sandbox.http, sandbox.bureaus.systems[system].location, envelopes[system])
    assert status == 200
    assert words in body.decode("gb18030" if system == CARDS else "utf-8")


PIPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    '<n:nh_pipe xmlns:n="http://pipe.nh.hs/"><xml/></n:nh_pipe></s:Body></s:Envelope>'
)


async def test_an_expired_token_is_gone_and_a_new_login_helps(sandbox: Sandbox) -> None:
    [token] = values_of("token", await sandbox.ask_core(login_envelope("nonce-1234")))
    await sandbox.break_system(CORE, kind="expired_token", count=1)
    query = core_envelope("queryPension", token=token, AAC147=ZHANG_SAN)
    assert [values_of("retcode", await sandbox.ask_core(query)) for _ in range(2)] == [["E1001"], ["E1001"]]
    [token] = values_of("token", await sandbox.ask_core(login_envelope("nonce-5678")))
    query = core_envelope("queryPension", token=token, AAC147=ZHANG_SAN)
    assert values_of("retcode", await sandbox.ask_core(query)) == ["0"]


async def test_a_fault_can_be_limited_to_some_operations_and_a_count(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="maintenance", operations=["查询卡信息"], count=2)
    by_number = starred("按卡号查询", 社会保障卡卡号="H00000001")
    errors = [await sandbox.cards_error(envelope) for envelope in (by_number, QUERY, by_number, QUERY, QUERY)]
    closed = "系统维护中，请稍后再试"
    assert errors == ["OK", closed, "OK", closed, "OK"]


async def test_calls_are_counted_by_operation_with_the_highest_concurrency(sandbox: Sandbox) -> None:
    await sandbox.break_system(CARDS, kind="hang")
    calls = [asyncio.create_task(sandbox.ask_cards()) for _ in range(5)]
    await sandbox.has_calls(5)
    await sandbox.mend(CARDS)
    ends = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(end, aiohttp.ClientError) for end in ends)
    await sandbox.ask_cards(LOSS)
    async with sandbox.http.get(f"{sandbox.admin}/calls") as response:
        counted = await response.json()
    assert counted[CARDS] == {"operations": {"临时挂失": 1, "查询卡信息": 5}, "total": 6, "highest_concurrency": 5}
    async with sandbox.http.delete(f"{sandbox.admin}/calls") as response:
        assert response.status == 204
    async with sandbox.http.get(f"{sandbox.admin}/calls") as response:
        assert (await response.json())[CARDS] == {"operations": {}, "total": 0, "highest_concurrency": 0}
