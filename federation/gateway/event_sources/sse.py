"""graphql-sse as a client, "distinct connections" mode: one POST per subscription, answered with an event stream.

Source: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator

from federation.executor.encoding import decode
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.gateway.event_sources.connections import (
    MAX_EVENT_BYTES,
    ByteStream,
    StreamFault,
    StreamOpener,
    StreamSettings,
    lost,
    malformed,
    refused,
)
from federation.gateway.event_sources.payloads import read_event, refusal
from federation.gateway.event_sources.sse_events import EventTooLarge, SseReader
from federation.gateway.http_client import RETRYABLE_STATUSES, request_body


class SseSource:
    """An `EventSource` that posts each subscription, and reads the events of the answer."""

    def __init__(self, opener: StreamOpener, settings: StreamSettings) -> None:
        self._opener = opener
        self._settings = settings

    async def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphResponse, None]:
        """Give the subscription's events. Raises StreamFailure."""
        operation = request.operation
        headers = self._settings.call.select(request.headers)
        try:
            async with self._opener.open_stream(request_body(request), headers) as stream:
                if stream.content_type != "text/event-stream":
                    await _refuse(operation, stream)
                async for event in _events(stream.chunks, operation):
                    yield event
        except StreamFault as fault:
            raise fault.failure(operation) from fault


async def _events(chunks: AsyncIterator[bytes], operation: FetchOperation) -> AsyncGenerator[SubgraphResponse, None]:
    """The events up to `complete`. Raises StreamFault when the stream ends without it."""
    reader = SseReader(MAX_EVENT_BYTES)
    try:
        async for chunk in chunks:
            for event in reader.feed(chunk):
                if event.name == "complete":
                    return
                if event.name == "next":
                    yield read_event(operation, _decode(event.data))
    except EventTooLarge as error:
        raise malformed("too large an event") from error
    raise lost()


def _decode(data: str | bytes) -> object:
    try:
        return decode(data)
    except ValueError:
        return None  # which is no GraphQL response


async def _refuse(operation: FetchOperation, stream: ByteStream) -> None:
    """Raise what an answer means that is no event stream: the subgraph's GraphQL errors, or an HTTP error."""
    body = b""
    async for chunk in stream.chunks:
        body += chunk
        if len(body) > MAX_EVENT_BYTES:
            break
    payload = _decode(body)
    if isinstance(payload, dict) and payload.get("errors"):
        raise refusal(operation, payload["errors"], retryable=stream.status in RETRYABLE_STATUSES)
    raise malformed("no event stream") if 200 <= stream.status < 300 else refused(stream.status)
