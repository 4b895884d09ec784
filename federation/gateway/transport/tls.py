"""TLS and proxies: aiohttp does what our own HTTP/1.1 does not."""

from __future__ import annotations

import asyncio
import ssl

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

    async def post(self, body: bytes, headers: HeaderPairs, deadline: float, *, is_repeatable: bool) -> HttpAnswer:
        del is_repeatable  # aiohttp repeats only requests whose method is idempotent, and POST is not
        try:
            async with asyncio.timeout_at(deadline):
                return await self._exchange(body, headers)
        except TimeoutError as error:
            raise DeadlineError("no complete answer in time") from error
        except aiohttp.ClientConnectorError as error:
            raise ConnectError("no connection") from error
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, OSError) as error:
            raise ConnectionLostError(nothing_answered=False) from error
        except aiohttp.ClientError as error:
            raise ProtocolError("the answer is not HTTP") from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, body: bytes, headers: HeaderPairs) -> HttpAnswer:
        session = self._open_session()
        async with session.post(
            self._url,
            data=body,
            headers=[*_OWN_HEADERS, *headers],
            proxy=self._proxy,
            ssl=self._tls if self._tls is not None else True,
            allow_redirects=False,
        ) as answer:
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
            )
        return self._session
