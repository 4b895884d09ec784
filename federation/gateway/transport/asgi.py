"""An ASGI app in this process as a transport: no socket, the same HTTP semantics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from federation.gateway.asgi_scope import asgi_scope
from federation.gateway.request_log import log_defect
from federation.gateway.transport.answer import HeaderPairs, HttpAnswer, TransportLimits, media_type
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectionLostError,
    DeadlineError,
    TransportError,
)
from federation.gateway.transport.http import ACCEPT

AsgiMessage: TypeAlias = MutableMapping[str, Any]
AsgiReceive: TypeAlias = Callable[[], Awaitable[AsgiMessage]]
AsgiSend: TypeAlias = Callable[[AsgiMessage], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[AsgiMessage, AsgiReceive, AsgiSend], Awaitable[None]]


_INTERNAL_ERROR = HttpAnswer(500, "text/plain", b"")


class AsgiTransport:
    """Posts to one URL of an app. The app's lifespan is its owner's business."""

    def __init__(self, app: AsgiApp, url: str, limits: TransportLimits) -> None:
        self._app = app
        self._url = url
        self._limits = limits
        self._permits = asyncio.Semaphore(limits.max_connections)

    async def post(self, body: bytes, headers: HeaderPairs, deadline: float, *, is_repeatable: bool) -> HttpAnswer:
        del is_repeatable  # a call into the same process is never stale
        exchange = _Exchange(body, self._limits.max_response_bytes)
        try:
            async with asyncio.timeout_at(deadline), self._permits:
                await self._app(self._scope(body, headers), exchange.receive, exchange.send)
        except TimeoutError as error:
            raise DeadlineError("no complete answer in time") from error
        except TransportError:
            raise
        except Exception as error:
            # What a server does with an app that raises: log it and answer 500, or end an answer that has begun.
            log_defect(dict(headers).get("x-request-id", ""), error)
            if exchange.status is None:
                return _INTERNAL_ERROR
            raise ConnectionLostError(nothing_answered=False) from error
        return exchange.answer()

    async def close(self) -> None:
        """Nothing is held."""

    def _scope(self, body: bytes, headers: HeaderPairs) -> AsgiMessage:
        own = (("accept", ACCEPT), ("content-type", "application/json"), ("content-length", str(len(body))))
        return asgi_scope({"type": "http", "method": "POST"}, self._url, (*own, *headers))


class _Exchange:
    """The two channels of one ASGI call."""

    __slots__ = ("_body", "_chunks", "_complete", "_content_type", "_max_bytes", "_size", "status")

    def __init__(self, body: bytes, max_bytes: int) -> None:
        self._body: bytes | None = body
        self._chunks: list[bytes] = []
        self._content_type = ""
        self._complete = asyncio.Event()
        self._max_bytes = max_bytes
        self._size = 0
        self.status: int | None = None

    async def receive(self) -> AsgiMessage:
        if self._body is None:  # the caller stays until the answer is complete
            await self._complete.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: AsgiMessage) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = {name.lower(): value for name, value in message.get("headers", ())}
            self._content_type = media_type(headers.get(b"content-type", b"").decode("latin-1"))
        elif message["type"] == "http.response.body":
            self._take(message.get("body", b""))
            if not message.get("more_body", False):
                self._complete.set()

    def answer(self) -> HttpAnswer:
        if self.status is None or not self._complete.is_set():
            raise ConnectionLostError(nothing_answered=self.status is None)
        return HttpAnswer(self.status, self._content_type, b"".join(self._chunks))

    def _take(self, chunk: bytes) -> None:
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > self._max_bytes:
            raise AnswerTooLargeError(f"the answer is larger than {self._max_bytes} bytes")
