"""Subgraphs that play a script, reached through sockets and in this process."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import orjson
import pytest
import uvloop

from federation.executor.subgraph_client import FetchOperation, SubgraphRequest
from federation.gateway.event_sources import SseSource, StreamSettings, WebSocketSource
from federation.gateway.event_sources.asgi import AsgiOpener
from federation.gateway.event_sources.sockets import SocketOpener
from federation.gateway.http_client import CallSettings
from federation.query_plan.nodes import OperationKind
from tests.federation.gateway.server_process import listening

OPERATION = FetchOperation(
    "news", "subscription{a}", OperationKind.SUBSCRIPTION, None, b'{"query":"subscription{a}","variables":'
)
REQUEST = SubgraphRequest(OPERATION, {"topic": "t"}, (("authorization", "t"), ("cookie", "c")))


def pytest_asyncio_loop_factories(config, item):
    """Sockets behave a little differently on uvloop, which the gateway runs on; both loops are tested."""
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class ScriptedSubgraph:
    """An ASGI app that plays `script` for each connection.

    Steps: of a WebSocket, a dict is sent as JSON, text and bytes as they are, a number closes with that code; of an
    HTTP request, bytes are sent when its body is read. An `asyncio.Event` is waited for, an exception is raised.

    Attributes:
        received: the messages, or the request bodies.
        headers: of each connection.
        gone: set when a client has left.
        subprotocol: what is accepted; `status` instead refuses.
    """

    def __init__(self, *script: Any) -> None:
        self._script = script
        self.received: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.gone = asyncio.Event()
        self.subprotocol: str | None = "graphql-transport-ws"
        self.status: int | None = None
        self.content_type = "text/event-stream"

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return
        self.headers.append({name.decode().lower(): value.decode() for name, value in scope["headers"]})
        if scope["type"] == "http":
            self.received.append(orjson.loads(await _read_body(receive)))
        watching = asyncio.ensure_future(self._watch(receive))
        playing = asyncio.ensure_future(self._play(scope["type"] == "websocket", send))
        await asyncio.wait((watching, playing), return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            playing.cancel()
            return
        if scope["type"] == "websocket" and playing.exception() is None:
            await watching
        watching.cancel()
        playing.result()

    async def _watch(self, receive):
        while True:
            message = await receive()
            match message["type"]:
                case "websocket.receive":
                    self.received.append(orjson.loads(message["text"]))
                case "http.disconnect" | "websocket.disconnect":
                    self.gone.set()
                    return

    async def _play(self, is_websocket, send):
        if is_websocket:
            await self._play_websocket(send)
        else:
            headers = [(b"content-type", self.content_type.encode())]
            await send({"type": "http.response.start", "status": self.status or 200, "headers": headers})
            async for step in self._steps():
                await send({"type": "http.response.body", "body": step, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _play_websocket(self, send):
        if self.status is not None:
            await send({"type": "websocket.close"})
            return
        await send({"type": "websocket.accept", "subprotocol": self.subprotocol})
        async for step in self._steps():
            if isinstance(step, int):
                await send({"type": "websocket.close", "code": step})
            elif isinstance(step, bytes):
                await send({"type": "websocket.send", "bytes": step})
            else:
                text = step if isinstance(step, str) else orjson.dumps(step).decode()
                await send({"type": "websocket.send", "text": text})

    async def _steps(self):
        for step in self._script:
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, Exception):
                raise step
            else:
                yield step


async def _read_body(receive) -> bytes:
    body = b""
    while (message := await receive()).get("more_body"):
        body += message["body"]
    return body + message["body"]


@pytest.fixture(params=["sockets", "in process"])
async def source(request):
    """Makes event sources for scripted subgraphs: `await source(SseSource, subgraph)`."""
    stack = AsyncExitStack()

    async def build(kind: type[SseSource] | type[WebSocketSource], subgraph: ScriptedSubgraph, **call: Any):
        call_settings = CallSettings(forward_headers=frozenset({"authorization"}), headers=(("x-own", "o"),), **call)
        if request.param == "in process":
            settings = StreamSettings("http://news/stream?v=1", call_settings)
            opener = AsgiOpener(subgraph, settings)
        else:
            origin = await stack.enter_async_context(listening(subgraph))
            settings = StreamSettings(f"{origin}/stream?v=1", call_settings)
            opener = SocketOpener(settings)
        stack.push_async_callback(opener.close)
        return kind(opener, settings)

    yield build
    await stack.aclose()
