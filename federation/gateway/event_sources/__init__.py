"""In: a subscription for one subgraph. Out: its events as they come, until the subgraph says that there is no more.

Two protocols, each over a socket (aiohttp) or into an ASGI app of this process:

    WebSocketSource    graphql-transport-ws, one connection per subscription
    SseSource          graphql-sse, "distinct connections" mode: a POST whose answer is the stream

Neither tries again: what breaks is a `StreamFailure`, and who subscribed decides.
"""

from federation.gateway.event_sources.connections import StreamSettings
from federation.gateway.event_sources.sse import SseSource
from federation.gateway.event_sources.websocket import WebSocketSource

__all__ = ["SseSource", "StreamSettings", "WebSocketSource"]
