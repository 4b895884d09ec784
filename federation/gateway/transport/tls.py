"""TLS and proxies: aiohttp does what our own HTTP/1.1 does not."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp

from federation.gateway.transport.answer import HeaderPairs, HttpAnswer, TransportLimits, media_type
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectError,
    ConnectionLostError,
    DeadlineError,
    ProtocolError,
)
from federation.gateway.transport.http import ACCEPT, USER_AGENT

_OWN_HEADERS = (("accept", ACCEPT), ("content-type", "application/json"), ("user-agent", USER_AGENT))


class AiohttpTransport:
    """Posts to one URL over TLS, or through an HTTP proxy. The session opens with the first request."""

    def __init__(
        self, url: str, limits: TransportLimits, *, proxy: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._url = url
        self._limits = limits
        self._proxy = proxy
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None
        self._is_closed = False

    async def post(self, body: bytes, headers: HeaderPairs, deadline: float, *, is_repeatable: bool) -> HttpAnswer:
        while True:
            exchange = _Exchange()
            try:
                return await self._post_once(exchange, body, headers, deadline)
            except ConnectionLostError as error:
                # A connection that the other side had closed unseen. It has left the pool, so that this ends.
                if not (is_repeatable and exchange.is_reused and error.nothing_answered):
                    raise

    async def close(self) -> None:
        self._is_closed = True
        if self._session is not None:
            await self._session.close()

    async def _post_once(self, exchange: _Exchange, body: bytes, headers: HeaderPairs, deadline: float) -> HttpAnswer:
        if self._is_closed:
            raise ConnectError("the transport is closed")
        try:
            async with asyncio.timeout_at(deadline):
                return await self._exchange(exchange, body, headers)
        except TimeoutError as error:
            raise DeadlineError("no complete answer in time", nothing_sent=not exchange.is_sent) from error
        except aiohttp.ClientConnectorError as error:
            raise ConnectError("no connection") from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            raise ConnectionLostError(nothing_answered=not exchange.is_answered) from error
        except aiohttp.ClientError as error:
            raise ProtocolError("the answer is not HTTP") from error

    async def _exchange(self, exchange: _Exchange, body: bytes, headers: HeaderPairs) -> HttpAnswer:
        session = self._open_session()
        async with session.post(
            self._url,
            data=body,
            headers=[*_OWN_HEADERS, *headers],
            proxy=self._proxy,
            ssl=self._tls if self._tls is not None else True,
            allow_redirects=False,
            trace_request_ctx=exchange,
        ) as answer:
            exchange.is_answered = True
            content = await self._read_bounded(answer.content)
            return HttpAnswer(answer.status, media_type(answer.headers.get("content-type", "")), content)

    async def _read_bounded(self, stream: aiohttp.StreamReader) -> bytes:
        chunks = []
        size = 0
        async for chunk in stream.iter_any():
            chunks.append(chunk)
            size += len(chunk)
            if size > self._limits.max_response_bytes:
                raise AnswerTooLargeError(f"the answer is larger than {self._limits.max_response_bytes} bytes")
        return b"".join(chunks)

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._limits.max_connections, keepalive_timeout=self._limits.idle_seconds
                ),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect_timeout_seconds),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[_tracing()],
            )
        return self._session


@dataclass(slots=True)
class _Exchange:
    """How far one request has come: sent in part, over a connection used before, answered in part."""

    is_sent: bool = False
    is_reused: bool = False
    is_answered: bool = False


def _tracing() -> aiohttp.TraceConfig:
    """What aiohttp tells of a request on its way, noted in its `_Exchange`."""

    async def note_reuse(_: object, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.is_reused = True

    async def note_sent(_: object, context: SimpleNamespace, __: object) -> None:
        context.trace_request_ctx.is_sent = True

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(note_reuse)
    config.on_request_headers_sent.append(note_sent)
    return config
