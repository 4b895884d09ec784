"""Connections into an ASGI app of this process: the same protocols, no socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from federation.gateway.asgi_scope import asgi_scope
from federation.gateway.event_sources.connections import (
    CLOSE_SECONDS,
    ByteStream,
    Channel,
    StreamSettings,
    late,
    lost,
    malformed,
    refused,
)
from federation.gateway.event_sources.protocol import SSE_HEADERS, SUBPROTOCOL, close_fault
from federation.gateway.request_log import log_defect
from federation.gateway.transport.answer import HeaderPairs, media_type
from federation.gateway.transport.asgi import AsgiApp, AsgiMessage

#: What the app has sent and nobody read yet; its next `send` waits.
_WAITING_MESSAGES = 16
_GONE = "app.gone"  # put after the app's last message


class AsgiOpener:
    """Opens WebSockets and event streams at one URL of an app."""

    def __init__(self, app: AsgiApp, settings: StreamSettings) -> None:
        self._app = app
        self._settings = settings

    @asynccontextmanager
    async def open_channel(self, headers: HeaderPairs) -> AsyncGenerator[Channel, None]:
        scope = asgi_scope({"type": "websocket", "subprotocols": [SUBPROTOCOL]}, self._settings.url, headers)
        async with _running(self._app, scope, {"type": "websocket.disconnect", "code": 1000}) as call:
            await call.tell({"type": "websocket.connect"})
            message = await self._first(call)
            if message["type"] != "websocket.accept":
                raise refused(message.get("status", 403))
            if message.get("subprotocol") != SUBPROTOCOL:
                raise malformed(f"no agreement to {SUBPROTOCOL}")
            yield _AsgiChannel(call)

    @asynccontextmanager
    async def open_stream(self, body: bytes, headers: HeaderPairs) -> AsyncGenerator[ByteStream, None]:
        scope = asgi_scope({"type": "http", "method": "POST"}, self._settings.url, (*SSE_HEADERS, *headers))
        async with _running(self._app, scope, {"type": "http.disconnect"}) as call:
            await call.tell({"type": "http.request", "body": body, "more_body": False})
            start = await self._first(call)
            if start["type"] != "http.response.start":
                raise refused(500)
            known = {name.lower(): value for name, value in start.get("headers", ())}
            kind = media_type(known.get(b"content-type", b"").decode("latin-1"))
            yield ByteStream(start["status"], kind, _chunks(call))

    async def close(self) -> None:
        """Nothing is held."""

    async def _first(self, call: _Call) -> AsgiMessage:
        try:
            async with asyncio.timeout(self._settings.call.timeout_seconds):
                return await call.sent.get()
        except TimeoutError as error:
            raise late() from error


class _Call:
    """The two queues of a running app."""

    def __init__(self) -> None:
        self.told: asyncio.Queue[AsgiMessage] = asyncio.Queue()
        self.sent: asyncio.Queue[AsgiMessage] = asyncio.Queue(_WAITING_MESSAGES)

    async def tell(self, message: AsgiMessage) -> None:
        await self.told.put(message)

    async def run(self, app: AsgiApp, scope: AsgiMessage) -> None:
        try:
            await app(scope, self.told.get, self.sent.put)
        except Exception as error:  # noqa: BLE001  (what a server does with an app that raises: log it and hang up)
            log_defect("", error)
        await self.sent.put({"type": _GONE})


@asynccontextmanager
async def _running(app: AsgiApp, scope: AsgiMessage, goodbye: AsgiMessage) -> AsyncGenerator[_Call, None]:
    """The app at work; on leaving it is told `goodbye`, and cancelled if that does not end it."""
    call = _Call()
    task = asyncio.ensure_future(call.run(app, scope))
    try:
        yield call
    finally:
        await call.tell(goodbye)
        while not call.sent.empty():
            call.sent.get_nowait()
        await asyncio.wait((task,), timeout=CLOSE_SECONDS)
        task.cancel()
        await asyncio.wait((task,), timeout=CLOSE_SECONDS)


class _AsgiChannel:
    """A `Channel` into an app."""

    def __init__(self, call: _Call) -> None:
        self._call = call

    async def send(self, message: bytes) -> None:
        await self._call.tell({"type": "websocket.receive", "text": message.decode()})

    async def receive(self) -> str:
        message = await self._call.sent.get()
        if message["type"] != "websocket.send":
            raise close_fault(message.get("code"))
        text = message.get("text")
        if not isinstance(text, str):
            raise malformed("a binary message")
        return text


async def _chunks(call: _Call) -> AsyncIterator[bytes]:
    while True:
        message = await call.sent.get()
        if message["type"] == _GONE:
            raise lost()
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
