"""Connections over sockets, TLS and proxies included: aiohttp's."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from federation.gateway.event_sources.connections import (
    CLOSE_SECONDS,
    MAX_EVENT_BYTES,
    ByteStream,
    Channel,
    StreamSettings,
    late,
    lost,
    malformed,
    refused,
    unreachable,
)
from federation.gateway.event_sources.protocol import SSE_HEADERS, SUBPROTOCOL, close_fault
from federation.gateway.transport.answer import HeaderPairs, media_type
from federation.gateway.transport.http import USER_AGENT


class SocketOpener:
    """Opens WebSockets and event streams at one URL. Its session opens with the first of them."""

    def __init__(
        self, settings: StreamSettings, *, proxy: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._settings = settings
        self._proxy = proxy
        self._tls: ssl.SSLContext | bool = True if tls is None else tls
        self._session: aiohttp.ClientSession | None = None

    @asynccontextmanager
    async def open_channel(self, headers: HeaderPairs) -> AsyncGenerator[Channel, None]:
        socket = await self._connect(headers)
        try:
            yield _SocketChannel(socket)
        finally:
            await socket.close()

    @asynccontextmanager
    async def open_stream(self, body: bytes, headers: HeaderPairs) -> AsyncGenerator[ByteStream, None]:
        answer = await self._post(body, headers)
        try:
            kind = media_type(answer.headers.get("content-type", ""))
            yield ByteStream(answer.status, kind, _chunks(answer.content))
        finally:
            answer.close()

    async def close(self) -> None:
        """Close the session, and what is open over it."""
        if self._session is not None:
            await self._session.close()

    async def _connect(self, headers: HeaderPairs) -> aiohttp.ClientWebSocketResponse:
        try:
            async with asyncio.timeout(self._settings.connect_timeout_seconds):
                socket = await self._open_session().ws_connect(
                    self._settings.url,
                    protocols=(SUBPROTOCOL,),
                    headers=[("user-agent", USER_AGENT), *headers],
                    heartbeat=self._settings.heartbeat_seconds,
                    max_msg_size=MAX_EVENT_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
                    proxy=self._proxy,
                    ssl=self._tls,
                )
        except TimeoutError as error:
            raise late() from error
        except aiohttp.WSServerHandshakeError as error:
            raise refused(error.status) from error
        except (aiohttp.ClientError, OSError) as error:
            raise unreachable() from error
        if socket.protocol != SUBPROTOCOL:
            await socket.close()
            raise malformed(f"no agreement to {SUBPROTOCOL}")
        return socket

    async def _post(self, body: bytes, headers: HeaderPairs) -> aiohttp.ClientResponse:
        try:
            async with asyncio.timeout(self._settings.call.timeout_seconds):
                return await self._open_session().post(
                    self._settings.url,
                    data=body,
                    headers=[("user-agent", USER_AGENT), *SSE_HEADERS, *headers],
                    proxy=self._proxy,
                    ssl=self._tls,
                    allow_redirects=False,
                )
        except TimeoutError as error:
            raise late() from error
        except (aiohttp.ClientError, OSError) as error:
            raise unreachable() from error

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                # How many subscriptions there may be is the gateway's limit, not the connector's.
                connector=aiohttp.TCPConnector(limit=0, force_close=True),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._settings.connect_timeout_seconds),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


class _SocketChannel:
    """A `Channel` over aiohttp's WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, message: bytes) -> None:
        try:
            await self._socket.send_str(message.decode())
        except (aiohttp.ClientError, OSError) as error:
            raise lost() from error

    async def receive(self) -> str:
        message = await self._socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            text: str = message.data
            return text
        if message.type is aiohttp.WSMsgType.BINARY:
            raise malformed("a binary message")
        raise close_fault(self._socket.close_code)


async def _chunks(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    try:
        async for chunk in content.iter_any():
            yield chunk
    except (aiohttp.ClientError, OSError) as error:
        raise lost() from error
