"""Subscriptions at `bureaugraph gateway` as a process: its server's WebSockets, and its end."""

from __future__ import annotations

import asyncio
import json
import signal

import aiohttp
import pytest
import yaml

from federation.composition import Subgraph, compose
from tests.federation.gateway.event_sources.conftest import ScriptedSubgraph
from tests.federation.gateway.server_process import listening
from tests.federation.gateway.subscriptions.newsroom import AUTHORS, NEWS
from tests.federation.test_gateway_command import running

QUERY = "subscription { counted(to: 1) }"
MAX_BODY_BYTES = 2_000
EVENT = {"data": {"counted": 1}}


@pytest.fixture
async def gateway(tmp_path):
    """A gateway process in front of a subgraph whose stream gives one event and then nothing; and its address."""
    news = ScriptedSubgraph({"type": "connection_ack"}, {"id": "1", "type": "next", "payload": EVENT}, asyncio.Event())
    async with listening(news) as origin:
        composed = compose([Subgraph("news", f"{origin}/graphql", NEWS), Subgraph("authors", origin, AUTHORS)])
        supergraph, config = tmp_path / "supergraph.graphql", tmp_path / "gateway.yaml"
        supergraph.write_text(composed.supergraph_sdl)
        limits = {"max_body_bytes": MAX_BODY_BYTES}
        config.write_text(yaml.safe_dump({"limits": limits, "subscriptions": {"idle_seconds": 60}}))
        async with running("--supergraph", supergraph, "--config", config, "--port", 0) as (process, started):
            yield process, f"http://127.0.0.1:{started['port']}/graphql"
        await news.gone.wait()


async def stopped(process):
    """Stop the process and give what it logged."""
    process.send_signal(signal.SIGTERM)
    _, log = await process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in log.splitlines()]


async def test_a_websocket_is_served_and_closed_when_the_process_is_told_to_stop(gateway):
    process, url = gateway
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=["graphql-transport-ws"]) as socket,
    ):
        await socket.send_json({"type": "connection_init"})
        await socket.send_json({"id": "a", "type": "subscribe", "payload": {"query": QUERY}})
        assert await socket.receive_json() == {"type": "connection_ack"}
        assert await socket.receive_json() == {"id": "a", "type": "next", "payload": EVENT}
        stopping = asyncio.ensure_future(stopped(process))
        message = await socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)
    lines = await stopping
    assert [line["event"] for line in lines] == ["subscription", "stop"]
    assert (lines[0]["protocol"], lines[0]["events"], lines[0]["end"]) == ("websocket", 1, "server-stops")


async def test_an_event_stream_is_served_and_ended_when_the_process_is_told_to_stop(gateway):
    process, url = gateway
    headers = {"accept": "text/event-stream"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json={"query": QUERY}, headers=headers) as answer,
    ):
        expected = b":\n\nevent: next\ndata: " + json.dumps(EVENT, separators=(",", ":")).encode() + b"\n\n"
        assert await answer.content.readexactly(len(expected)) == expected
        stopping = asyncio.ensure_future(stopped(process))
        assert await answer.content.read() == b""
    lines = await stopping
    assert [line["event"] for line in lines] == ["subscription", "stop"]
    assert (lines[0]["protocol"], lines[0]["events"], lines[0]["end"]) == ("sse", 1, "server-stops")


async def test_a_message_larger_than_a_body_may_be_closes_the_websocket(gateway):
    _, url = gateway
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, protocols=["graphql-transport-ws"]) as socket,
    ):
        await socket.send_json({"type": "connection_init"})
        await socket.send_json({"id": "a", "type": "subscribe", "payload": {"query": QUERY}})
        await socket.receive_json()
        await socket.receive_json()
        # Little enough to arrive whole: a server that closes with bytes unread resets the connection,
        # and a client that still writes then may never see the code.
        await socket.send_str("x" * (MAX_BODY_BYTES + 1))
        message = await socket.receive()
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1009)
