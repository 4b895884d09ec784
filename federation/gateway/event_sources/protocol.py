"""What both ways to a subgraph share of the two protocols: names, headers, close codes."""

from __future__ import annotations

from federation.executor.errors import ErrorCode
from federation.gateway.event_sources.connections import StreamFault, lost

SUBPROTOCOL = "graphql-transport-ws"
#: graphql-sse's own server takes an `Accept` with anything else beside it for a request of its other mode.
SSE_HEADERS = (("accept", "text/event-stream"), ("content-type", "application/json"))


def close_fault(code: int | None) -> StreamFault:
    """What a WebSocket's close code means: 44xx are the protocol's own and would come again."""
    if code is None or not 4400 <= code <= 4499:
        return lost()
    message = f"The subgraph closed the connection with code {code}."
    return StreamFault(ErrorCode.SUBREQUEST_HTTP_ERROR, message, retryable=False)
