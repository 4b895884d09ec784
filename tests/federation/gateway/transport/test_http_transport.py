"""Our own HTTP/1.1 over real sockets: keep-alive, broken, slow and hostile servers."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest

from federation.gateway.transport import HttpAnswer, TransportLimits
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectError,
    ConnectionLostError,
    DeadlineError,
    ProtocolError,
)
from federation.gateway.transport.http import HttpTransport
from tests.federation.gateway.transport.scripted_server import answer, scripted_server

OK = HttpAnswer(200, "application/json", b"{}")


@asynccontextmanager
async def transport_to(server, limits=None):
    transport = HttpTransport(server.url, limits or TransportLimits())
    try:
        yield transport
    finally:
        await transport.close()


async def ask(transport, *, seconds=5.0, is_repeatable=True, body=b"{}", headers=()):
    deadline = asyncio.get_running_loop().time() + seconds
    return await transport.post(body, headers, deadline, is_repeatable=is_repeatable)


async def until_unusable(transport):
    """Wait until the idle connection has seen what ends it."""
    async with asyncio.timeout(5):
        while transport._idle[-1].is_usable:  # noqa: ASYNC110 (a connection tells nobody that it has ended)
            await asyncio.sleep(0)


async def keep_answering(request, writer):
    writer.write(answer(b"{}"))
    return True


async def test_a_request_has_one_head_one_length_and_the_headers_given():
    async with scripted_server(keep_answering) as server, transport_to(server) as transport:
        assert (
            await ask(transport, body=b'{"query":"{a}"}', headers=(("x-request-id", "r1"), ("bad", "a\r\nb: c"))) == OK
        )
    head = server.requests[0].head.split("\r\n")
    assert head == [
        "POST /graphql HTTP/1.1",
        f"host: 127.0.0.1:{server.port}",
        "user-agent: bureaugraph-gateway",
        "accept: application/graphql-response+json, application/json;q=0.9",
        "content-type: application/json",
        "content-length: 15",
        "x-request-id: r1",
        "",
        "",
    ]
    assert server.requests[0].body == b'{"query":"{a}"}'


async def test_a_connection_is_used_again():
    async with scripted_server(keep_answering) as server, transport_to(server) as transport:
        for _ in range(3):
            assert await ask(transport) == OK
    assert server.connections == 1


async def test_a_connection_idle_for_too_long_is_not_used_again():
    async with (
        scripted_server(keep_answering) as server,
        transport_to(server, TransportLimits(idle_seconds=0.01)) as transport,
    ):
        await ask(transport)
        await asyncio.sleep(0.03)
        await ask(transport)
    assert server.connections == 2


async def test_a_connection_the_server_ends_with_its_answer_is_not_used_again():
    async def close_after_answer(request, writer):
        writer.write(answer(b"{}", "200 OK", "Connection: close"))
        return False

    async with scripted_server(close_after_answer) as server, transport_to(server) as transport:
        assert await ask(transport) == OK
        assert await ask(transport, is_repeatable=False) == OK
    assert server.connections == 2


async def test_no_more_connections_are_open_than_allowed():
    under_way = 0
    most = 0
    all_busy = asyncio.Event()

    async def count(request, writer):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        if under_way == 3:
            all_busy.set()
        await all_busy.wait()
        await asyncio.sleep(0.005)  # in which one more would come
        under_way -= 1
        writer.write(answer(b"{}"))
        return True

    async with (
        scripted_server(count) as server,
        transport_to(server, TransportLimits(max_connections=3)) as transport,
    ):
        answers = await asyncio.gather(*(ask(transport) for _ in range(12)))
    assert answers == [OK] * 12
    assert most == 3
    assert server.connections == 3


async def hang_when_asked_again(request, writer):
    """So that the second request finds a connection: then it is written at once, however short its time."""
    if request.connection_request > 1:
        await asyncio.Event().wait()
    writer.write(answer(b"{}"))
    return True


async def test_a_turn_that_does_not_come_in_time_is_a_deadline_passed():
    async with (
        scripted_server(hang_when_asked_again) as server,
        transport_to(server, TransportLimits(max_connections=1)) as transport,
    ):
        await ask(transport)
        first = asyncio.ensure_future(ask(transport, seconds=0.2))
        await asyncio.sleep(0)
        with pytest.raises(DeadlineError):
            await ask(transport, seconds=0.05)
        with pytest.raises(DeadlineError):
            await first
    assert server.connections == 1


@pytest.mark.parametrize("is_answered_at_all", [False, True])
async def test_a_slow_answer_ends_at_the_deadline_and_with_it_the_connection(is_answered_at_all):
    async def dawdle(request, writer):
        if is_answered_at_all:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{")
        if request.connection == 1:
            await asyncio.sleep(30)
        writer.write(b"}" if is_answered_at_all else answer(b"{}"))
        return True

    async with scripted_server(dawdle) as server, transport_to(server) as transport:
        with pytest.raises(DeadlineError):
            await ask(transport, seconds=0.05)
        assert (await ask(transport)).body == b"{}"
    assert server.connections == 2


async def test_a_request_may_be_answered_after_the_deadline_of_the_one_before_over_its_connection():
    is_over = asyncio.Event()

    async def script(request, writer):
        if request.connection_request == 2:
            await is_over.wait()
        writer.write(answer(b"{}"))
        return True

    async with scripted_server(script) as server, transport_to(server) as transport:
        await ask(transport, seconds=1.0)
        asyncio.get_running_loop().call_later(1.1, is_over.set)
        assert await ask(transport) == OK
    assert [request.connection for request in server.requests] == [1, 1]


async def test_a_request_ends_at_its_deadline_though_the_one_before_over_its_connection_had_more_time():
    async with scripted_server(hang_when_asked_again) as server, transport_to(server) as transport:
        await ask(transport)
        with pytest.raises(DeadlineError):
            await ask(transport, seconds=0.05)
    assert server.connections == 1


def close_second_request_over(first_connection_only):
    async def script(request, writer):
        number = len(script.seen)
        script.seen.append(number)
        if number == 1:
            return False
        writer.write(answer(b"{}"))
        return True

    script.seen = []
    return script


async def test_a_query_is_repeated_when_a_reused_connection_ends_unanswered():
    async with scripted_server(close_second_request_over(1)) as server, transport_to(server) as transport:
        await ask(transport)
        assert await ask(transport) == OK
    assert [request.connection for request in server.requests] == [1, 1, 2]


async def test_a_mutation_that_was_sent_is_not_repeated():
    async with scripted_server(close_second_request_over(1)) as server, transport_to(server) as transport:
        await ask(transport)
        with pytest.raises(ConnectionLostError):
            await ask(transport, is_repeatable=False)
    assert len(server.requests) == 2


async def test_a_mutation_over_a_connection_seen_closed_goes_over_a_new_one():
    is_taken = asyncio.Event()

    async def close_after_a_while(request, writer):
        writer.write(answer(b"{}"))
        await is_taken.wait()
        return False

    async with scripted_server(close_after_a_while) as server, transport_to(server) as transport:
        await ask(transport)
        is_taken.set()
        await until_unusable(transport)
        assert await ask(transport, is_repeatable=False) == OK
    assert [request.connection for request in server.requests] == [1, 2]


async def test_a_query_is_not_repeated_over_a_new_connection():
    async def close(request, writer):
        return False

    async with scripted_server(close) as server, transport_to(server) as transport:
        with pytest.raises(ConnectionLostError):
            await ask(transport)
    assert len(server.requests) == 1


async def test_a_query_is_not_repeated_once_something_was_answered():
    async def half_an_answer_the_second_time(request, writer):
        if len(server.requests) == 2:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
            return False
        writer.write(answer(b"{}"))
        return True

    async with scripted_server(half_an_answer_the_second_time) as server, transport_to(server) as transport:
        await ask(transport)
        with pytest.raises(ConnectionLostError):
            await ask(transport)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "parts",
    [
        [
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\n{\r\n",
            b"1;x=y\r\n}\r\n",
            b"0\r\nT: v\r\n\r\n",
        ],
        [b"HTTP/1.1 200 OK\r\nContent-Le", b"ngth: 2\r\n\r", b"\n{", b"}"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n", answer(b"{}")],
    ],
    ids=["chunks", "pieces", "informational answers first"],
)
async def test_an_answer_in_parts_is_put_together(parts):
    async def send_parts(request, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.005)
        return True

    async with scripted_server(send_parts) as server, transport_to(server) as transport:
        assert (await ask(transport)).body == b"{}"
        assert (await ask(transport)).body == b"{}"
    assert server.connections == 1


async def test_an_answer_without_length_ends_with_the_connection():
    async def no_length(request, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: APPLICATION/json; charset=utf-8\r\n\r\n{")
        await writer.drain()
        writer.write(b"}")
        return False

    async with scripted_server(no_length) as server, transport_to(server) as transport:
        assert await ask(transport) == OK
        assert await ask(transport) == OK
    assert server.connections == 2


async def test_a_server_that_closes_its_side_after_the_answer_has_answered():
    async def half_close(request, writer):
        writer.write(answer(b"{}"))
        writer.write_eof()
        return True

    async with scripted_server(half_close) as server, transport_to(server) as transport:
        assert await ask(transport) == OK
        assert await ask(transport) == OK


async def test_two_answers_to_one_request_make_the_connection_unusable():
    async def answer_twice(request, writer):
        writer.write(answer(b"{}") + answer(b'{"somebody":"else"}'))
        return True

    async with scripted_server(answer_twice) as server, transport_to(server) as transport:
        assert await ask(transport) == OK
        assert await ask(transport) == OK
    assert server.connections == 2


async def test_an_answer_nobody_asked_for_makes_the_connection_unusable():
    is_taken = asyncio.Event()

    async def speak_up_later(request, writer):
        writer.write(answer(b"{}"))
        await is_taken.wait()
        writer.write(answer(b'{"somebody":"else"}'))
        return True

    async with scripted_server(speak_up_later) as server, transport_to(server) as transport:
        assert await ask(transport) == OK
        is_taken.set()
        await until_unusable(transport)
        assert await ask(transport) == OK
    assert server.connections == 2


@pytest.mark.parametrize(
    "sent",
    [b"SSH-2.0-OpenSSH_9.0\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
    ids=["another protocol", "upgrade"],
)
async def test_what_is_not_http_is_a_protocol_error(sent):
    async def speak(request, writer):
        writer.write(sent)
        return True

    async with scripted_server(speak) as server, transport_to(server) as transport:
        with pytest.raises(ProtocolError):
            await ask(transport)


@pytest.mark.parametrize("with_length", [True, False])
async def test_too_large_an_answer_is_not_read_to_its_end(with_length):
    async def flood(request, writer):
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" if with_length else b"HTTP/1.1 200 OK\r\n\r\n"
        )
        while True:
            writer.write(b"x" * 10_000)
            await writer.drain()

    async with (
        scripted_server(flood) as server,
        transport_to(server, TransportLimits(max_response_bytes=50_000)) as transport,
    ):
        with pytest.raises(AnswerTooLargeError):
            await ask(transport)


async def test_a_refused_connection_is_a_connect_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        transport = HttpTransport(f"http://127.0.0.1:{free.getsockname()[1]}/", TransportLimits())
        with pytest.raises(ConnectError):
            await ask(transport)


async def test_a_connection_that_is_not_accepted_ends_at_the_connect_timeout():
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        fillers = [socket.socket() for _ in range(8)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        transport = HttpTransport(f"http://127.0.0.1:{port}/", TransportLimits(connect_timeout_seconds=0.05))
        with pytest.raises(DeadlineError):
            await ask(transport)
        for filler in fillers:
            filler.close()


async def test_a_closed_transport_keeps_no_connection_and_makes_none():
    is_asked, go = asyncio.Event(), asyncio.Event()

    async def wait(request, writer):
        is_asked.set()
        await go.wait()
        writer.write(answer(b"{}"))
        return True

    async with scripted_server(wait) as server, transport_to(server) as transport:
        under_way = asyncio.ensure_future(ask(transport))
        await is_asked.wait()
        await transport.close()
        go.set()
        assert await under_way == OK
        assert transport._idle == []
        with pytest.raises(ConnectError):
            await ask(transport)
    assert server.connections == 1


async def test_nothing_was_sent_by_who_got_no_turn():
    async with (
        scripted_server(hang_when_asked_again) as server,
        transport_to(server, TransportLimits(max_connections=1)) as transport,
    ):
        await ask(transport)
        first = asyncio.ensure_future(ask(transport, seconds=0.1))
        await asyncio.sleep(0)
        with pytest.raises(DeadlineError) as queued:
            await ask(transport, seconds=0.05)
        with pytest.raises(DeadlineError) as sent:
            await first
    assert (queued.value.nothing_sent, sent.value.nothing_sent) == (True, False)


async def test_a_cancelled_request_leaves_neither_connection_nor_turn_behind():
    is_asked = asyncio.Event()

    async def hang_once(request, writer):
        is_asked.set()
        if request.connection == 1:
            await asyncio.Event().wait()
        writer.write(answer(b"{}"))
        return True

    async with (
        scripted_server(hang_once) as server,
        transport_to(server, TransportLimits(max_connections=1)) as transport,
    ):
        hanging = asyncio.ensure_future(ask(transport))
        await is_asked.wait()
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        assert await ask(transport) == OK
    assert server.connections == 2
