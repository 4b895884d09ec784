"""The gateway as one ASGI app: `/graphql` goes straight to its endpoint, the rest through Starlette's routing.

`/graphql` is a WebSocket, too.
"""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute

from federation.console import STATIC_FILES as CONSOLE_FILES
from federation.executor.subscription import SubscriptionLimits
from federation.gateway.config import GatewayConfig
from federation.gateway.context import Answer, Deferred, Receive, RequestContext, Scope, Send, Subscribed
from federation.gateway.endpoint import GraphQLEndpoint
from federation.gateway.graph import Graph
from federation.gateway.graphiql import STATIC_FILES as GRAPHIQL_FILES
from federation.gateway.graphiql.operations import read_operations
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.media_types import AnswerType, choose_answer_type
from federation.gateway.pages import (
    CONSOLE_POLICY,
    GRAPHIQL_POLICY,
    Page,
    PageFiles,
    build_pages,
    console_routes,
    graphiql_routes,
)
from federation.gateway.partitioned_endpoint import PartitionedEndpoint
from federation.gateway.pipeline import answer_request
from federation.gateway.request_log import RequestRecord
from federation.gateway.service import GraphService
from federation.gateway.status import SupergraphStatus
from federation.gateway.subscriptions import HttpStreams, Subscriptions, WebSocketEndpoint


class Gateway:
    """Serves one graph at a time.

    Attributes:
        service: the graph; exchange it for another to serve that from the next request on.
        status: what `/readiness` tells of it.
    """

    def __init__(self, graph: Graph, config: GatewayConfig) -> None:
        self.service = GraphService(graph)
        self.status = SupergraphStatus()
        self._limits = SubscriptionLimits(
            config.subscriptions.max_buffered_events,
            config.subscriptions.slow_client_seconds,
            config.limits.request_timeout_seconds,
        )
        self._subscriptions = Subscriptions(config.subscriptions.max_total)
        streams = HttpStreams(config.subscriptions, self._subscriptions)
        self._endpoint = GraphQLEndpoint(config, self._answer, streams)
        self._websocket = WebSocketEndpoint(config, self._answer, self._subscriptions)
        files = PageFiles(GRAPHIQL_FILES, GRAPHIQL_POLICY) if config.graphiql_enabled else None
        self._page = Page(files) if files is not None else None
        routes: list[BaseRoute] = [PartitionedEndpoint(self.service, config, streams).route()]
        if files is not None:
            folder = config.graphiql_operations
            routes += graphiql_routes(files, [] if folder is None else read_operations(Path(folder)))
        if config.console_enabled:
            routes += console_routes(PageFiles(CONSOLE_FILES, CONSOLE_POLICY))
        with_reasons = config.exposes_query_plans
        self._pages = build_pages(routes, lambda: self.status.as_json(with_reasons=with_reasons))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/graphql":
            await self._elsewhere(scope, receive, send)
        elif self._page is not None and _is_for_a_browser(scope):
            await self._page(scope, receive, send)
        else:
            await self._endpoint(scope, receive, send)

    async def stop_streams(self, timeout_seconds: float) -> None:
        """End all subscriptions and WebSockets, and let no other begin, for the server is about to stop."""
        await self._subscriptions.stop(timeout_seconds)

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and scope["path"] == "/graphql":
            await self._websocket(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _answer(
        self, parameters: GraphQLParameters, context: RequestContext, record: RequestRecord
    ) -> Answer | Subscribed | Deferred:
        with self.service.current.in_use() as served:
            answer = await answer_request(served.graph, parameters, context, record, self._limits)
        return answer if isinstance(answer, Answer) else served.hold(answer, parameters)


def _is_for_a_browser(scope: Scope) -> bool:
    """Whether a person's browser asks for a page: a GET that prefers HTML."""
    if scope["method"] != "GET":
        return False
    accept = next((value for name, value in scope["headers"] if name == b"accept"), b"")
    return choose_answer_type(accept) is AnswerType.HTML
