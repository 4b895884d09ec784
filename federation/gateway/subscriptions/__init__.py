"""In: a subscription's answers, event by event. Out: the same over one of three protocols.

WebSocketEndpoint   graphql-transport-ws on `/graphql`; queries and mutations over it, too
HttpStreams         the answer to a POST or GET as an event stream (graphql-sse, "distinct connections" mode), or in
                    the parts of `multipart/mixed;subscriptionSpec="1.0"`
Subscriptions       how many there are, how many there may be, and their common end when the server stops
"""

from federation.gateway.subscriptions.http import HttpStreams
from federation.gateway.subscriptions.registry import Subscriptions
from federation.gateway.subscriptions.websocket import WebSocketEndpoint

__all__ = ["HttpStreams", "Subscriptions", "WebSocketEndpoint"]
