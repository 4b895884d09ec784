"""A TCP server whose every connection plays a script: what it sends for each request, and how the connection ends."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias


@dataclass
class ServedRequest:
    """One request as it came: head as text, body as bytes, over which connection, and as which of it (from 1)."""

    head: str
    body: bytes
    connection: int
    connection_request: int


@dataclass
class ScriptedServer:
    """What happened so far: `requests` in order, `connections` accepted."""

    scheme: str = "http"
    port: int = 0
    requests: list[ServedRequest] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/graphql"


Script: TypeAlias = Callable[[ServedRequest, asyncio.StreamWriter], Awaitable[bool]]
"""Answers one request; true keeps the connection open."""


@asynccontextmanager
async def scripted_server(script: Script, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedServer]:
    served = ScriptedServer(scheme="http" if tls is None else "https")
    serving: set[asyncio.Task[None] | None] = set()  # nobody else holds on to one that waits for ever

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        served.connections += 1
        connection = served.connections
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            for number in count(1):
                request = ServedRequest(*await _read_request(reader), connection, number)
                served.requests.append(request)
                if not await script(request, writer):
                    break
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for task in filter(None, serving):
            task.cancel()
        await asyncio.gather(*filter(None, serving), return_exceptions=True)


def answer(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    """A complete answer with its length."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _read_request(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    length = next(
        int(line.partition(":")[2]) for line in head.splitlines() if line.lower().startswith("content-length")
    )
    return head, await reader.readexactly(length)
