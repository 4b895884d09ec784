"""HTTP/1.1 to old servers: reused connections, answers of every framing, and everything that breaks off."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from legacy_adapters.soap import http
from legacy_adapters.soap.http import HttpAnswer, HttpMalformed, HttpPool

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each request on a connection with the next of `answers`; None closes the connection instead."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""
        self.asked = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                self.asked.set()
                answer = self.answers.pop(0)
                if answer is None:
                    return
                writer.write(answer)
                if b"Connection: close" in answer:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@pytest.fixture
async def server():
    served = Server()
    listening = await asyncio.start_server(served, "127.0.0.1", 0)
    served.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/services/S?x=1"
    yield served
    listening.close()


@pytest.fixture
async def pool(server):
    pool = HttpPool(server.url, "text/xml; charset=GBK")
    yield pool
    await pool.aclose()
    await asyncio.sleep(0)


def answer(body: bytes, head: str = 'Content-Type: Text/XML; Charset="GBK"') -> bytes:
    return f"HTTP/1.1 200 OK\r\n{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def test_a_request_carries_what_soap_wants(server, pool):
    server.answers = [answer(b"<a/>")]
    assert await pool.post(b"<b/>", "urn:op") == HttpAnswer(200, "text/xml", "GBK", b"<a/>")
    host = server.url.split("/")[2]
    assert server.requests == [
        f"POST /services/S?x=1 HTTP/1.1\r\nHost: {host}\r\nAccept: text/xml\r\nContent-Type: text/xml; charset=GBK\r\n"
        'SOAPAction: "urn:op"\r\nContent-Length: 4\r\n\r\n<b/>'.encode()
    ]


async def test_one_connection_serves_one_call_after_the_other(server, pool):
    server.answers = [answer(b"1"), answer(b"2")]
    assert [(await pool.post(b"")).body, (await pool.post(b"")).body] == [b"1", b"2"]
    assert server.connections == 1


async def test_calls_at_once_have_a_connection_each(server, pool):
    server.answers = [answer(b"x")] * 3
    await asyncio.gather(*(pool.post(b"") for _ in range(3)))
    assert server.connections == 3


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b"abc"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    ],
)
async def test_answers_of_every_framing(server, pool, sent, body):
    server.answers = [sent]
    assert (await pool.post(b"")).body == body


async def test_a_server_that_closes_is_not_used_again(server, pool):
    server.answers = [answer(b"1", "Connection: close"), answer(b"2")]
    assert (await pool.post(b"")).body == b"1"
    assert (await pool.post(b"")).body == b"2"
    assert server.connections == 2


async def test_a_connection_that_was_idle_for_long_is_not_trusted(server, pool, monkeypatch):
    server.answers = [answer(b"1"), answer(b"2")]
    await pool.post(b"")
    monkeypatch.setattr(http, "IDLE_SECONDS", -1.0)
    await pool.post(b"")
    assert server.connections == 2


@pytest.mark.parametrize("sent", [None, b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nabc"])
async def test_an_answer_that_breaks_off_is_an_error(server, pool, sent):
    server.answers = [sent]
    with pytest.raises(ConnectionResetError):
        await pool.post(b"")


async def test_what_is_no_http_is_an_error_without_its_text(server, pool):
    server.answers = [b"330199195805120015 is no answer\r\n\r\n"]
    with pytest.raises(HttpMalformed) as caught:
        await pool.post(b"")
    assert str(caught.value) == "not an HTTP answer"


async def test_an_answer_that_does_not_end_is_cut_off(server, pool, monkeypatch):
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 8)
    server.answers = [answer(b"123456789")]
    with pytest.raises(HttpMalformed, match="larger than 8 bytes"):
        await pool.post(b"")


async def test_a_call_given_up_does_not_leave_its_answer_to_the_next(server, pool):
    server.answers = [b"", answer(b"second")]
    waiting = asyncio.create_task(pool.post(b"first"))
    await server.asked.wait()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await pool.post(b"")).body == b"second"
    assert server.connections == 2


@pytest.mark.parametrize("begun", [5, -3])
async def test_an_answer_that_nobody_asked_for_is_not_the_next_calls(server, pool, begun):
    unasked = answer(b"stale")[:begun]
    server.answers = [answer(b"first") + unasked, answer(b"second")]
    assert (await pool.post(b"")).body == b"first"
    assert (await pool.post(b"")).body == b"second"
    assert server.connections == 2


async def test_a_server_that_changes_the_protocol_gives_no_answer(server, pool):
    server.answers = [b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"]
    with pytest.raises(HttpMalformed):
        async with asyncio.timeout(5):
            await pool.post(b"")


async def test_nobody_listening_is_refused():
    pool = HttpPool("http://127.0.0.1:1/", "text/xml")
    with pytest.raises(ConnectionRefusedError):
        await pool.post(b"")


@pytest.mark.parametrize("url", ["127.0.0.1:4201/x", "ftp://h/x", "http:///x"])
def test_an_address_is_http_and_names_a_host(url):
    with pytest.raises(ValueError, match="starts with http"):
        HttpPool(url, "text/xml")
