"""HTTP/1.1 over plain TCP with a bounded pool of keep-alive connections to one origin.

Measured (`PERFORMANCE.md`): several times cheaper per call than a general client, because heads are prepared once and
answers are handed over whole.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from federation.gateway.transport.answer import HeaderPairs, HttpAnswer, TransportLimits, header_lines
from federation.gateway.transport.connection import HttpConnection
from federation.gateway.transport.errors import ConnectError, ConnectionLostError, DeadlineError

ACCEPT = "application/graphql-response+json, application/json;q=0.9"
USER_AGENT = "bureaugraph-gateway"


class HttpTransport:
    """Posts to one `http://` URL."""

    def __init__(self, url: str, limits: TransportLimits) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or 80
        self._limits = limits
        self._head = _request_head(url)
        self._permits = asyncio.Semaphore(limits.max_connections)
        self._idle: list[HttpConnection] = []
        self._is_closed = False

    async def post(self, body: bytes, headers: HeaderPairs, deadline: float, *, is_repeatable: bool) -> HttpAnswer:
        request = b"%b%d\r\n%b\r\n%b" % (self._head, len(body), header_lines(headers) if headers else b"", body)
        await self._wait_for_turn(deadline)
        try:
            if self._is_closed:
                raise ConnectError("the transport is closed")
            answer = await self._ask_idle_connection(request, deadline, is_repeatable=is_repeatable)
            if answer is None:
                answer = await self._exchange(await self._connect(deadline), request, deadline)
            return answer
        finally:
            self._permits.release()

    async def close(self) -> None:
        """Close idle connections now, those in use after their answer."""
        self._is_closed = True
        self._drop_idle()

    def _drop_idle(self) -> None:
        while self._idle:
            self._idle.pop().abort()

    async def _wait_for_turn(self, deadline: float) -> None:
        if not self._permits.locked():
            await self._permits.acquire()  # does not suspend
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self._permits.acquire()
        except TimeoutError as error:
            raise DeadlineError("all connections were busy", nothing_sent=True) from error

    async def _ask_idle_connection(self, request: bytes, deadline: float, *, is_repeatable: bool) -> HttpAnswer | None:
        """Ask over an idle connection; None when there is none or the other side had closed it unseen.

        A mutation is not repeated: the other side may have carried it out before the connection broke.
        """
        connection = self._take_idle()
        if connection is None:
            return None
        try:
            return await self._exchange(connection, request, deadline)
        except ConnectionLostError as error:
            if not (is_repeatable and error.nothing_answered):
                raise
            self._drop_idle()  # one stale connection: its siblings are of the same age
            return None

    def _take_idle(self) -> HttpConnection | None:
        oldest = asyncio.get_running_loop().time() - self._limits.idle_seconds
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable and connection.idle_since >= oldest:
                return connection
            connection.abort()
        return None

    async def _connect(self, deadline: float) -> HttpConnection:
        loop = asyncio.get_running_loop()
        latest = min(deadline, loop.time() + self._limits.connect_timeout_seconds)
        try:
            async with asyncio.timeout_at(latest):
                _, connection = await loop.create_connection(
                    lambda: HttpConnection(loop, self._limits.max_response_bytes), self._host, self._port
                )
        except TimeoutError as error:
            raise DeadlineError("no connection in time", nothing_sent=True) from error
        except OSError as error:
            raise ConnectError("no connection") from error
        return connection

    async def _exchange(self, connection: HttpConnection, request: bytes, deadline: float) -> HttpAnswer:
        try:
            answer = await connection.send(request, deadline)
        except BaseException:
            connection.abort()
            raise
        if self._is_closed:
            connection.abort()
        elif connection.is_usable:
            self._idle.append(connection)
        return answer


def _request_head(url: str) -> bytes:
    """The head of every request, up to the value of `content-length`, which comes last."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = (
        f"POST {target} HTTP/1.1",
        f"host: {host}",
        f"user-agent: {USER_AGENT}",
        f"accept: {ACCEPT}",
        "content-type: application/json",
        "content-length: ",
    )
    return "\r\n".join(lines).encode("ascii")
