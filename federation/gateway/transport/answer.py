"""What every transport takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeAlias

HeaderPairs: TypeAlias = tuple[tuple[str, str], ...]
_KEPT_MEDIA_TYPES = 64


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete HTTP answer.

    Attributes:
        status: the HTTP status code.
        content_type: the header's value in lower case, without parameters; empty when it was absent.
        body: decoded from its transfer coding.
    """

    status: int
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """What one transport may use.

    Attributes:
        max_connections: requests under way at once; more wait their turn within their deadline.
        connect_timeout_seconds: until a connection stands, name look-up included.
        idle_seconds: how long an unused connection may be used again. Shorter than the 5 seconds after which
            uvicorn closes, so that a mutation seldom meets a connection that is just being closed.
        max_response_bytes: an answer's largest body.
    """

    max_connections: int = 128
    connect_timeout_seconds: float = 3.0
    idle_seconds: float = 4.0
    max_response_bytes: int = 64 * 1024 * 1024


class Transport(Protocol):
    """Posts GraphQL requests to one URL.

    `deadline` is in the event loop's time. `is_repeatable` says that a request of which nothing was answered may be
    sent again (a query). Raises `TransportError`, nothing else; cancellation passes through.
    """

    async def post(self, body: bytes, headers: HeaderPairs, deadline: float, *, is_repeatable: bool) -> HttpAnswer: ...

    async def close(self) -> None: ...


@lru_cache(_KEPT_MEDIA_TYPES)
def media_type(content_type: str) -> str:
    """Give the media type of a `Content-Type` value: lower case, no parameters."""
    return content_type.partition(";")[0].strip().lower()


def header_lines(headers: HeaderPairs) -> bytes:
    """Encode headers as lines of an HTTP/1.1 head. A value that would start a line of its own is left out."""
    return b"".join(
        b"%b: %b\r\n" % (name.encode("latin-1"), value.encode("latin-1", "ignore"))
        for name, value in headers
        if "\n" not in value and "\r" not in value
    )
