"""How a stream of answers is written in an HTTP body, and which way a client asked for.

Sources: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from federation.executor.encoding import encode
from federation.executor.subgraph_client import ResponseObject

_HEADER_CACHE_SIZE = 512


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """One way to write a stream.

    Attributes:
        name: for the log.
        content_type: of the whole body.
        opening: sent at once, so that the client knows that it is subscribed.
        heartbeat: sent when nothing else was for a while.
        complete: the last bytes, when there is nothing more to come.
        before, after: what stands around an answer.
        fatal_before: stands before the errors that end a stream, instead of `before`.
        fatal_after: stands after them.
    """

    name: str
    content_type: bytes
    opening: bytes
    heartbeat: bytes
    complete: bytes
    before: bytes
    after: bytes
    fatal_before: bytes
    fatal_after: bytes

    def answer(self, body: bytes) -> bytes:
        """Write one answer, given as JSON."""
        return b"%b%b%b" % (self.before, body, self.after)

    def failure(self, errors: Sequence[ResponseObject]) -> bytes:
        """Write the errors that end a stream."""
        return b"%b%b%b" % (self.fatal_before, encode(list(errors)), self.fatal_after)

    def only(self, body: bytes) -> bytes:
        """Write a whole stream of one answer."""
        return b"%b%b%b" % (self.opening, self.answer(body), self.complete)


EVENT_STREAM = StreamFormat(
    name="sse",
    content_type=b"text/event-stream; charset=utf-8",
    opening=b":\n\n",
    heartbeat=b":\n\n",
    complete=b"event: complete\ndata:\n\n",
    before=b"event: next\ndata: ",
    after=b"\n\n",
    fatal_before=b'event: next\ndata: {"errors":',
    fatal_after=b"}\n\n",
)

# Clients take a part when they see the delimiter behind it, so each part is sent with the next one's.
_PART = b"\r\ncontent-type: application/json\r\n\r\n"
_DELIMITER = b"\r\n--graphql"
MULTIPART = StreamFormat(
    name="multipart",
    content_type=b'multipart/mixed;boundary="graphql";subscriptionSpec="1.0"',
    opening=b"--graphql",
    heartbeat=_PART + b"{}" + _DELIMITER,
    complete=b"--\r\n",
    before=_PART + b'{"payload":',
    after=b"}" + _DELIMITER,
    fatal_before=_PART + b'{"payload":null,"errors":',
    fatal_after=b"}" + _DELIMITER,
)


@lru_cache(_HEADER_CACHE_SIZE)
def choose_stream_format(accept: bytes) -> StreamFormat | None:
    """Choose by an `Accept` value: of the formats it names the one with the highest quality, then the first."""
    chosen: StreamFormat | None = None
    best = 0.0
    for item in accept.decode("latin-1").lower().split(","):
        media_type, *given = (part.strip() for part in item.split(";"))
        parameters = {name.strip(): value.strip(' "') for name, _, value in (p.partition("=") for p in given)}
        quality = _quality(parameters.get("q", "1"))
        known = _format(media_type, parameters)
        if known is not None and quality > best:
            chosen, best = known, quality
    return chosen


def _format(media_type: str, parameters: dict[str, str]) -> StreamFormat | None:
    if media_type == "text/event-stream":
        return EVENT_STREAM
    if media_type == "multipart/mixed" and parameters.get("subscriptionspec") == "1.0":
        return MULTIPART
    return None


def _quality(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
