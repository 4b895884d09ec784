"""How a stream of answers is written in an HTTP body, and which way a client asked for.

Sources: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from federation.gateway.streams import PART, StreamFormat, accepted_types, multipart

_HEADER_CACHE_SIZE = 512


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

_SUBSCRIPTION_PARTS = multipart(
    "multipart",
    b"graphql",
    b'subscriptionSpec="1.0"',
    envelope=(b'{"payload":', b"}"),
    fatal=(b'{"payload":null,"errors":', b"}"),
)
MULTIPART = replace(_SUBSCRIPTION_PARTS, heartbeat=PART + b"{}\r\n--graphql")


@lru_cache(_HEADER_CACHE_SIZE)
def choose_stream_format(accept: bytes) -> StreamFormat | None:
    """Choose by an `Accept` value: of the formats it names the one with the highest quality, then the first."""
    chosen: StreamFormat | None = None
    best = 0.0
    for media_type, parameters, quality in accepted_types(accept):
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
