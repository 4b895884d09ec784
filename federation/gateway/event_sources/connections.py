"""What the protocols need of a connection; sockets and ASGI apps give it.

StreamFault     a connection that did not come about, was refused or was lost, with what the client reads of it
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from federation.executor.errors import ErrorCode, StreamFailure, subgraph_failure
from federation.executor.subgraph_client import FetchOperation
from federation.gateway.http_client import RETRYABLE_STATUSES, CallSettings
from federation.gateway.transport.answer import HeaderPairs

#: An event's largest size. What waits for a slow client is bounded by it and by the number of events that may wait.
MAX_EVENT_BYTES = 4 * 1024 * 1024
#: How long a subgraph may take to close a connection that we close.
CLOSE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How one subgraph is subscribed at.

    Attributes:
        url: of its subscriptions; `ws`, `wss`, `http` or `https`.
        call: headers, and how long the subgraph may take to accept a subscription.
        connect_timeout_seconds: until a connection stands.
        heartbeat_seconds: a WebSocket is asked so often whether the other side is still there.
    """

    url: str
    call: CallSettings = field(default_factory=CallSettings)
    connect_timeout_seconds: float = 3.0
    heartbeat_seconds: float = 30.0


class StreamFault(Exception):
    """Why a stream cannot go on. Its message names neither addresses nor what was sent."""

    def __init__(self, code: ErrorCode, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable

    def failure(self, operation: FetchOperation) -> StreamFailure:
        """The same as who subscribed gets it."""
        return StreamFailure(subgraph_failure(operation.subgraph, self.code, self.message, retryable=self.retryable))


def unreachable() -> StreamFault:
    """No connection came about."""
    return StreamFault(ErrorCode.SUBREQUEST_HTTP_ERROR, "The subgraph could not be reached.", retryable=True)


def refused(status: int) -> StreamFault:
    """The subgraph answered, but not with a stream."""
    message = f"The subgraph answered with HTTP status {status}."
    return StreamFault(ErrorCode.SUBREQUEST_HTTP_ERROR, message, retryable=status in RETRYABLE_STATUSES)


def late() -> StreamFault:
    """The subgraph took too long to accept the subscription."""
    message = "The subgraph did not accept the subscription in time."
    return StreamFault(ErrorCode.SUBGRAPH_REQUEST_TIMEOUT, message, retryable=True)


def lost() -> StreamFault:
    """The connection ended before the subscription did."""
    message = "The subgraph's event stream broke off."
    return StreamFault(ErrorCode.SUBSCRIPTION_SOURCE_LOST, message, retryable=True)


def malformed(what: str) -> StreamFault:
    """What came is not of the protocol."""
    return StreamFault(ErrorCode.SUBREQUEST_MALFORMED_RESPONSE, f"The subgraph sent {what}.", retryable=False)


class Channel(Protocol):
    """An open WebSocket. `receive` raises StreamFault when it was closed; so does `send`, or it does nothing."""

    async def send(self, message: bytes) -> None: ...

    async def receive(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ByteStream:
    """An HTTP answer whose body is still coming; reading it raises StreamFault when the connection is lost."""

    status: int
    content_type: str
    chunks: AsyncIterator[bytes]


class ChannelOpener(Protocol):
    """Opens WebSockets with the subprotocol `graphql-transport-ws`; raises StreamFault. Leaving closes."""

    def open_channel(self, headers: HeaderPairs) -> AbstractAsyncContextManager[Channel]: ...


class StreamOpener(Protocol):
    """Posts a body and gives the answer as it comes; raises StreamFault. Leaving closes."""

    def open_stream(self, body: bytes, headers: HeaderPairs) -> AbstractAsyncContextManager[ByteStream]: ...
