"""HTTP/1.1 to one service: POST over a bounded pool of keep-alive connections.

In: a request's bytes. Out: an `HttpAnswer`. Errors are `OSError` (refused, reset, broken off) and `HttpMalformed`; the
deadline is the caller's, who cancels. A cancelled exchange closes its connection, so no answer meets another's call.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast
from urllib.parse import urlsplit

import httptools

MAX_ANSWER_BYTES = 32 * 1024 * 1024
"""A larger answer is refused: photos in base64 stay far below."""

IDLE_SECONDS = 30.0
"""A connection unused for longer is not trusted: old servers drop it without a word."""


class HttpMalformed(ValueError):
    """The answer is no HTTP/1.1 answer, or too large."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """One answer; `content_type` without its parameters and in lower case, `charset` as its parameter says."""

    status: int
    content_type: str
    charset: str | None
    body: bytes


class HttpPool:
    """Connections to the service at `url`; the one that served last serves first, so that spare ones age and close."""

    def __init__(self, url: str, content_type: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a SOAP service starts with http:// or https:// and names a host")
        self._host = parts.hostname
        self._tls = ssl.create_default_context() if parts.scheme == "https" else None
        self._port = parts.port or (443 if self._tls else 80)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        authority = parts.netloc.rpartition("@")[2]
        self._head = (
            f"POST {target} HTTP/1.1\r\nHost: {authority}\r\nAccept: text/xml\r\nContent-Type: {content_type}\r\n"
            'SOAPAction: "{action}"\r\nContent-Length: {length}\r\n\r\n'
        )
        self._idle: deque[_Connection] = deque()
        self._is_closed = False

    async def post(self, body: bytes, action: str = "") -> HttpAnswer:
        """Send one request and wait for its answer. `action` is an operation's SOAPAction, from the WSDL."""
        return await self._exchange(await self._take(), body, action)

    async def post_once(self, body: bytes, sending: Callable[[], None], action: str = "") -> HttpAnswer:
        """As `post`, for what must not be sent twice: `sending` is called when the first byte is about to leave.

        Over a new connection: one from the pool may have been closed by the service while it was idle, and then
        nobody knows whether it took the request.
        """
        connection = await self._connect()
        sending()
        return await self._exchange(connection, body, action)

    async def aclose(self) -> None:
        """Close the idle connections; those in use close with their exchange."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    async def _take(self) -> _Connection:
        oldest_usable = asyncio.get_running_loop().time() - IDLE_SECONDS
        while self._idle and (not self._idle[0].is_reusable or self._idle[0].last_used < oldest_usable):
            self._idle.popleft().close()
        while self._idle:
            connection = self._idle.pop()
            if connection.is_reusable:
                return connection
        return await self._connect()

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        _, protocol = await loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
        return protocol

    async def _exchange(self, connection: _Connection, body: bytes, action: str) -> HttpAnswer:
        head = self._head.replace("{action}", action).replace("{length}", str(len(body)))
        try:
            answer = await connection.exchange(head.encode("ascii") + body)
        except BaseException:
            connection.close()
            raise
        if connection.is_reusable and not self._is_closed:
            self._idle.append(connection)
        else:
            connection.close()
        return answer


class _Connection(asyncio.Protocol):
    """One connection and the one exchange under way on it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[HttpAnswer] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._content_type = b""
        self._has_length = False
        self._pieces: list[bytes] = []
        self._size = 0
        self._keeps_alive = False
        self.last_used = self._loop.time()

    @property
    def is_reusable(self) -> bool:
        """Whether a further exchange may go over this connection."""
        return self._keeps_alive and self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes) -> HttpAnswer:
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._answer = self._loop.create_future()
        self._keeps_alive = False
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.close()  # nobody asked for it
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(HttpMalformed("not an HTTP answer"))

    def eof_received(self) -> None:
        # An answer of the oldest servers has no length: its end is the connection's.
        if self._answer is not None and not self._answer.done() and self._pieces and not self._has_length:
            self._complete()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio names it
        self._transport = None
        self._fail(ConnectionResetError("the connection broke off before the answer was complete"))

    # httptools

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.done():  # a second answer to one request: the next call's it is not
            self.close()
            return
        self._content_type = b""
        self._has_length = False
        self._pieces = []
        self._size = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        header = name.lower()
        if header == b"content-type":
            self._content_type = value
        elif header in (b"content-length", b"transfer-encoding"):
            self._has_length = True

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > MAX_ANSWER_BYTES:
            self._fail(HttpMalformed(f"the answer is larger than {MAX_ANSWER_BYTES} bytes"))
        else:
            self._pieces.append(body)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() >= 200:  # before it, interim answers may come
            self._keeps_alive = self._parser.should_keep_alive()
            self._complete()

    def _complete(self) -> None:
        if self._answer is not None and not self._answer.done():
            self.last_used = self._loop.time()
            content_type, charset = _media_type(self._content_type)
            status = self._parser.get_status_code()
            self._answer.set_result(HttpAnswer(status, content_type, charset, b"".join(self._pieces)))

    def _fail(self, error: Exception) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)
        self.close()


@lru_cache(maxsize=64)  # a service has few of them
def _media_type(header: bytes) -> tuple[str, str | None]:
    content_type, *parameters = header.decode("latin-1").split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return content_type.strip().lower(), value.strip().strip("\"'")
    return content_type.strip().lower(), None
