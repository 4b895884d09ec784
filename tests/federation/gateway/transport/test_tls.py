"""TLS and proxies, over real sockets with certificates made for the test."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager

import pytest

from federation.gateway.transport import HttpAnswer, TransportLimits
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectError,
    ConnectionLostError,
    DeadlineError,
)
from federation.gateway.transport.tls import AiohttpTransport
from tests.federation.gateway.transport.scripted_server import answer, scripted_server

OK = HttpAnswer(200, "application/json", b"{}")


@pytest.fixture
def server_tls(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def client_tls(certificate):
    return ssl.create_default_context(cafile=certificate)


@asynccontextmanager
async def transport_to(url, limits=None, **options):
    transport = AiohttpTransport(url, limits or TransportLimits(), **options)
    try:
        yield transport
    finally:
        await transport.close()


async def ask(transport, *, seconds=5.0, headers=(), is_repeatable=True):
    deadline = asyncio.get_running_loop().time() + seconds
    return await transport.post(b'{"query":"{a}"}', headers, deadline, is_repeatable=is_repeatable)


async def keep_answering(request, writer):
    writer.write(answer(b"{}"))
    return True


async def test_a_request_over_tls_is_answered_and_its_connection_used_again(server_tls, client_tls):
    async with (
        scripted_server(keep_answering, server_tls) as server,
        transport_to(server.url, tls=client_tls) as transport,
    ):
        assert await ask(transport, headers=(("x-request-id", "r1"),)) == OK
        assert await ask(transport) == OK
    assert server.connections == 1
    head = server.requests[0].head.lower()
    assert "x-request-id: r1\r\n" in head
    assert "content-type: application/json\r\n" in head
    assert server.requests[0].body == b'{"query":"{a}"}'


async def test_a_certificate_nobody_vouches_for_is_no_connection(server_tls):
    async with scripted_server(keep_answering, server_tls) as server, transport_to(server.url) as transport:
        with pytest.raises(ConnectError):
            await ask(transport)
    assert server.requests == []


async def test_a_server_can_demand_the_gateways_own_certificate(certificate, server_tls, client_tls):
    server_tls.verify_mode = ssl.CERT_REQUIRED
    server_tls.load_verify_locations(certificate)
    client_tls.load_cert_chain(certificate)
    async with (
        scripted_server(keep_answering, server_tls) as server,
        transport_to(server.url, tls=client_tls) as transport,
    ):
        assert await ask(transport) == OK


async def test_a_proxy_is_asked_for_the_whole_address():
    async with (
        scripted_server(keep_answering) as proxy,
        transport_to("http://cards.invalid/graphql", proxy=proxy.url) as transport,
    ):
        assert await ask(transport) == OK
    assert proxy.requests[0].head.startswith("POST http://cards.invalid/graphql HTTP/1.1\r\n")


async def test_redirects_are_not_followed():
    async def redirect(request, writer):
        writer.write(answer(b"", "307 Temporary Redirect", "Location: http://elsewhere.invalid/"))
        return True

    async with scripted_server(redirect) as server, transport_to(server.url) as transport:
        assert (await ask(transport)).status == 307


async def test_a_slow_answer_ends_at_the_deadline():
    async def hang(request, writer):
        await asyncio.sleep(30)

    async with scripted_server(hang) as server, transport_to(server.url) as transport:
        with pytest.raises(DeadlineError):
            await ask(transport, seconds=0.05)


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"])
async def test_a_connection_that_ends_early_is_lost(sent):
    async def break_off(request, writer):
        writer.write(sent)
        return False

    async with scripted_server(break_off) as server, transport_to(server.url) as transport:
        with pytest.raises(ConnectionLostError):
            await ask(transport)


def close_second_request(seen):
    async def script(request, writer):
        seen.append(request.connection)
        if len(seen) == 2:
            return False
        writer.write(answer(b"{}"))
        return True

    return script


async def test_a_query_is_repeated_when_a_reused_connection_ends_unanswered():
    seen = []
    async with scripted_server(close_second_request(seen)) as server, transport_to(server.url) as transport:
        await ask(transport)
        assert await ask(transport) == OK
    assert seen == [1, 1, 2]


async def test_a_mutation_that_was_sent_is_not_repeated():
    seen = []
    async with scripted_server(close_second_request(seen)) as server, transport_to(server.url) as transport:
        await ask(transport)
        with pytest.raises(ConnectionLostError) as lost:
            await ask(transport, is_repeatable=False)
    assert (seen, lost.value.nothing_sent) == ([1, 1], False)


async def test_a_closed_transport_makes_no_connection():
    async with scripted_server(keep_answering) as server, transport_to(server.url) as transport:
        await ask(transport)
        await transport.close()
        with pytest.raises(ConnectError):
            await ask(transport)
    assert len(server.requests) == 1


async def test_too_large_an_answer_is_not_read_to_its_end():
    async def send_much(request, writer):
        writer.write(answer(b"x" * 60_000))
        return True

    async with (
        scripted_server(send_much) as server,
        transport_to(server.url, TransportLimits(max_response_bytes=50_000)) as transport,
    ):
        with pytest.raises(AnswerTooLargeError):
            await ask(transport)


async def test_a_refused_connection_is_a_connect_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        async with transport_to(f"https://127.0.0.1:{free.getsockname()[1]}/") as transport:
            with pytest.raises(ConnectError):
                await ask(transport)
