"""One keep-alive HTTP/1.1 connection: writes a request, gives its answer. Parsing is httptools'."""

from __future__ import annotations

import asyncio
from typing import cast

import httptools

from federation.gateway.transport.answer import HttpAnswer, media_type
from federation.gateway.transport.errors import (
    AnswerTooLargeError,
    ConnectionLostError,
    DeadlineError,
    ProtocolError,
    TransportError,
)

_FIRST_FINAL_STATUS = 200


class HttpConnection(asyncio.Protocol):
    """One connection with at most one request under way.

    Attributes:
        idle_since: the event loop's time at which the last answer was complete.
    """

    __slots__ = (
        "_alarm",
        "_alarm_at",
        "_answer_begun",
        "_chunks",
        "_content_type",
        "_deadline",
        "_has_length",
        "_headers_complete",
        "_is_closed",
        "_loop",
        "_max_response_bytes",
        "_parser",
        "_size",
        "_transport",
        "_waiter",
        "idle_since",
    )

    def __init__(self, loop: asyncio.AbstractEventLoop, max_response_bytes: int) -> None:
        self._loop = loop
        self._max_response_bytes = max_response_bytes
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[HttpAnswer] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_at = 0.0
        self._deadline = 0.0
        self._is_closed = False
        self.idle_since = 0.0
        self._forget_answer()

    @property
    def is_usable(self) -> bool:
        """Whether a request may be written: open, and the last answer is complete."""
        return not self._is_closed and self._waiter is None

    def send(self, request: bytes, deadline: float) -> asyncio.Future[HttpAnswer]:
        """Write a complete request; the future gives its answer or a `TransportError` at `deadline` at the latest."""
        waiter: asyncio.Future[HttpAnswer] = self._loop.create_future()
        if self._transport is None or self._is_closed:
            waiter.set_exception(ConnectionLostError(nothing_answered=True, nothing_sent=True))
            return waiter
        self._forget_answer()
        self._waiter = waiter
        self._deadline = deadline
        if self._alarm is None or deadline < self._alarm_at:
            self._set_alarm()
        self._transport.write(request)
        return waiter

    def abort(self) -> None:
        """Close at once; a request under way ends with `ConnectionLostError`."""
        self._is_closed = True
        if self._transport is not None:
            self._transport.abort()

    # asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked: whatever this is, the next answer could not be trusted
            self.abort()
            return
        self._answer_begun = True
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(ProtocolError("the answer is not HTTP/1.1"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closed = True
        self._unset_alarm()
        if self._waiter is None:
            return
        if exc is None and self._ends_with_connection():
            self._complete()
        else:
            self._fail(ConnectionLostError(nothing_answered=not self._answer_begun))

    # httptools' side

    def on_message_begin(self) -> None:
        if self._waiter is None:  # a second answer to one request
            self.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        lowered = name.lower()
        if lowered == b"content-type":
            self._content_type = value
        elif lowered == b"content-length":
            self._has_length = True
            if int(value) > self._max_response_bytes:
                self._fail_too_large()
        elif lowered == b"transfer-encoding":
            self._has_length = True

    def on_headers_complete(self) -> None:
        self._headers_complete = True

    def on_body(self, body: bytes) -> None:
        self._chunks.append(body)
        self._size += len(body)
        if self._size > self._max_response_bytes:
            self._fail_too_large()

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < _FIRST_FINAL_STATUS:  # 100 Continue, 103 Early Hints: the answer follows
            self._forget_answer()
            self._answer_begun = True
            return
        if not self._parser.should_keep_alive():
            self.abort()
        self._complete()

    # our own

    def _forget_answer(self) -> None:
        self._answer_begun = False
        self._headers_complete = False
        self._has_length = False
        self._content_type = b""
        self._chunks: list[bytes] = []
        self._size = 0

    def _ends_with_connection(self) -> bool:
        """Whether the answer's head gave no length, so that the end of the connection is its end."""
        return self._headers_complete and not self._has_length

    def _complete(self) -> None:
        waiter = self._release()
        if waiter is not None:
            content_type = media_type(self._content_type.decode("latin-1"))
            waiter.set_result(HttpAnswer(self._parser.get_status_code(), content_type, b"".join(self._chunks)))

    def _fail(self, error: TransportError) -> None:
        waiter = self._release()
        self.abort()
        if waiter is not None:
            waiter.set_exception(error)

    def _fail_too_large(self) -> None:
        self._fail(AnswerTooLargeError(f"the answer is larger than {self._max_response_bytes} bytes"))

    def _set_alarm(self) -> None:
        self._unset_alarm()
        self._alarm_at = self._deadline
        self._alarm = self._loop.call_at(self._deadline, self._ring)

    def _unset_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        """End the request that has reached its deadline.

        One alarm serves many requests: an answer leaves it set, and when it rings for a request that has time left it
        is set anew. Measured: an alarm for each request is a tenth of what a call costs.
        """
        self._alarm = None
        if self._waiter is None:
            return
        if self._deadline <= self._alarm_at:
            self._fail(DeadlineError("no complete answer in time"))
        else:
            self._set_alarm()

    def _release(self) -> asyncio.Future[HttpAnswer] | None:
        """Take the waiter off the connection; None when it is answered or cancelled already."""
        waiter, self._waiter = self._waiter, None
        self.idle_since = self._loop.time()
        return waiter if waiter is not None and not waiter.done() else None
