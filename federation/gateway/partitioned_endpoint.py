"""`POST /partitioned/<domain>`: a partitioned subgraph as an ordinary subgraph, for any other Federation router.

The operation goes to the domain's `SubgraphClient` as it came; that client answers `_service`, `_entities` and the
domain's own root fields.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeAlias

import orjson
from graphql import OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from federation.executor.encoding import encode
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.gateway.cache import LeastRecentlyUsed
from federation.gateway.config import LimitsConfig
from federation.gateway.context import RequestContext, request_id
from federation.gateway.endpoint import read_body, status_for
from federation.gateway.errors import HttpRequestError, RequestCode, RequestError
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters, read_post
from federation.gateway.media_types import AnswerType, choose_answer_type
from federation.gateway.prepare import choose_operation
from federation.gateway.validation import parse_document
from federation.query_plan.nodes import OperationKind, SubgraphName

_MAX_OPERATIONS = 1_000
_MAX_CHARACTERS = 4_000_000
_KINDS = {OperationType.QUERY: OperationKind.QUERY, OperationType.MUTATION: OperationKind.MUTATION}
_Key: TypeAlias = tuple[SubgraphName, str, str | None]


class PartitionedEndpoint:
    """Answers the operations that another router sends to a partitioned subgraph."""

    def __init__(self, graph: Callable[[], Graph], limits: LimitsConfig) -> None:
        self._graph = graph
        self._limits = limits
        # A client derives its merge program once per operation, which it knows by identity.
        self._operations: LeastRecentlyUsed[_Key, FetchOperation] = LeastRecentlyUsed(_MAX_OPERATIONS, _MAX_CHARACTERS)

    def route(self) -> Route:
        """Where it is served."""
        return Route("/partitioned/{domain}", self._answer, methods=["POST"])

    async def _answer(self, request: Request) -> Response:
        answer_type = choose_answer_type(request.headers.get("accept", "").encode("latin-1")) or AnswerType.JSON
        headers = dict(request.scope["headers"])
        try:
            response = await self._execute(request, headers)
        except RequestError as refused:
            status = status_for(refused, answer_type)
            return Response(refused.body, status, media_type=answer_type.media_type)
        return Response(encode(_body(response)), media_type=answer_type.media_type)

    async def _execute(self, request: Request, headers: dict[bytes, bytes]) -> SubgraphResponse:
        graph = self._graph()
        domain = SubgraphName(request.path_params["domain"])
        if domain not in graph.supergraph.partitions:
            raise HttpRequestError(RequestCode.NOT_FOUND, "There is no partitioned subgraph of that name.", 404)
        parameters = read_post(await read_body(headers, request.receive, self._limits.max_body_bytes), headers)
        latest = asyncio.get_running_loop().time() + self._limits.request_timeout_seconds
        context = RequestContext(request_id(headers), latest, headers)
        return await graph.subgraphs.clients[domain].execute(
            SubgraphRequest(
                self._operation(domain, parameters),
                parameters.variables,
                context.forwarded_headers(graph.forwardable),
                latest,
            )
        )

    def _operation(self, domain: SubgraphName, parameters: GraphQLParameters) -> FetchOperation:
        key = (domain, parameters.query, parameters.operation_name)
        operation = self._operations.get(key)
        if operation is None:
            operation = self._read_operation(domain, parameters)
            self._operations.put(key, operation, len(parameters.query))
        return operation

    def _read_operation(self, domain: SubgraphName, parameters: GraphQLParameters) -> FetchOperation:
        node = choose_operation(parse_document(parameters.query, self._limits.max_tokens), parameters.operation_name)
        kind = _KINDS.get(node.operation, OperationKind.SUBSCRIPTION)
        name = node.name.value if node.name is not None else None
        start = orjson.dumps({"query": parameters.query, "operationName": name}).removesuffix(b"}")
        return FetchOperation(domain, parameters.query, kind, name, start + b',"variables":')


def _body(response: SubgraphResponse) -> dict[str, Any]:
    """The response as a GraphQL answer; the partitions that were asked stand in `extensions.sources`."""
    body: dict[str, Any] = {"data": response.data}
    extensions = dict(response.extensions)
    if response.sources:
        extensions["sources"] = [asdict(report) for report in response.sources]
    if response.errors:
        body["errors"] = response.errors
    if extensions:
        body["extensions"] = extensions
    return body
