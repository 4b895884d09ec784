"""ASGI channels of long calls: a WebSocket's client, and an HTTP client that reads a body as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson


async def until(holds: Callable[[], bool]) -> None:
    """Let everything else run until something holds; the test's own time limit is the only one."""
    while not holds():  # noqa: ASYNC110  (what is waited for tells by no event)
        await asyncio.sleep(0)


class Closed(Exception):
    """The other side closed; `code` and `reason` say why."""

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class WebSocketClient:
    """Speaks with an app over a WebSocket.

    Attributes:
        subprotocol: what the app accepted.
        blocked: while it is set, the app's sends do not return, as with a client that reads nothing.
    """

    def __init__(self) -> None:
        self.told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.subprotocol: str | None = None
        self.is_blocked = False

    async def on_send(self, message: dict[str, Any]) -> None:
        if self.is_blocked:
            await asyncio.Event().wait()
        await self.sent.put(message)

    async def send(self, message: Any) -> None:
        """Send a JSON value; text and bytes as they are."""
        kind = "bytes" if isinstance(message, bytes) else "text"
        content = message if isinstance(message, (str, bytes)) else orjson.dumps(message).decode()
        await self.told.put({"type": "websocket.receive", kind: content})

    async def receive(self) -> Any:
        """The next message, decoded. Raises Closed."""
        message = await self.sent.get()
        if message["type"] == "websocket.close":
            raise Closed(message.get("code", 1000), message.get("reason", ""))
        return orjson.loads(message["text"])

    async def initialise(self, payload: Any = None) -> None:
        """Say `connection_init` and wait for its acknowledgement."""
        await self.send({"type": "connection_init", **({} if payload is None else {"payload": payload})})
        assert await self.receive() == {"type": "connection_ack"}

    async def subscribe(self, operation_id: str, query: str, **variables: Any) -> None:
        payload = {"query": query, "variables": variables}
        await self.send({"id": operation_id, "type": "subscribe", "payload": payload})

    async def leave(self) -> None:
        """Go without a word."""
        await self.told.put({"type": "websocket.disconnect", "code": 1001})

    async def closing(self) -> tuple[int, str]:
        """The code and reason with which the app closes, whatever it says before."""
        try:
            while True:
                await self.receive()
        except Closed as closed:
            return closed.code, closed.reason


@asynccontextmanager
async def websocket(app, *, headers=None, subprotocols=("graphql-transport-ws",)) -> AsyncIterator[WebSocketClient]:
    """A WebSocket to `/graphql`; on leaving the client is gone, and the app has noticed."""
    client = WebSocketClient()
    scope = {
        "type": "websocket",
        "path": "/graphql",
        "scheme": "ws",
        "headers": [(name.encode(), value.encode()) for name, value in {"host": "graph", **(headers or {})}.items()],
        "subprotocols": list(subprotocols),
    }
    await client.told.put({"type": "websocket.connect"})
    task = asyncio.ensure_future(app(scope, client.told.get, client.on_send))
    first = await client.sent.get()
    if first["type"] == "websocket.close":
        await task
        raise Closed(403)
    client.subprotocol = first["subprotocol"]
    try:
        yield client
    finally:
        await client.leave()
        await task


class StreamClient:
    """Reads an HTTP answer as it comes; `leave` is set when the client goes."""

    def __init__(self, body: bytes) -> None:
        self._request: list[dict[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        self.leave = asyncio.Event()
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_blocked = False
        self.status = 0
        self.headers: dict[str, str] = {}

    async def on_receive(self) -> dict[str, Any]:
        if self._request:
            return self._request.pop()
        await self.leave.wait()
        return {"type": "http.disconnect"}

    async def on_send(self, message: dict[str, Any]) -> None:
        if self.is_blocked:
            await asyncio.Event().wait()
        if self.leave.is_set():
            raise ConnectionError
        await self.sent.put(message)

    async def chunk(self) -> bytes | None:
        """The next piece of the body; None after the last."""
        message = await self.sent.get()
        if message["type"] == "end":
            return None
        return message["body"]

    async def rest(self) -> bytes:
        """All that still comes."""
        body = b""
        while (chunk := await self.chunk()) is not None:
            body += chunk
        return body


@asynccontextmanager
async def stream(app, request, *, accept="text/event-stream", headers=None) -> AsyncIterator[StreamClient]:
    """POST a JSON value to `/graphql`; on leaving the client is gone, and the app has noticed."""
    client = StreamClient(orjson.dumps(request))
    all_headers = {"content-type": "application/json", "accept": accept, **(headers or {})}
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in all_headers.items()],
    }

    async def run() -> None:
        await app(scope, client.on_receive, client.on_send)
        await client.sent.put({"type": "end"})

    task = asyncio.ensure_future(run())
    start = await client.sent.get()
    client.status = start["status"]
    client.headers = {name.decode(): value.decode() for name, value in start["headers"]}
    try:
        yield client
    finally:
        client.leave.set()
        await task
