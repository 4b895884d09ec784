"""`/partitioned/<domain>`: a partitioned subgraph as an ordinary subgraph, for any other Federation router.

The operation goes to the domain's `SubgraphClient` as it came; that client answers `_service`, `_entities` and the
domain's own root fields.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

import orjson
from graphql import OperationType
from starlette.routing import Route

from federation.executor.request import ExecutionResult
from federation.executor.sources import merge_reports
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest
from federation.gateway.cache import LeastRecentlyUsed
from federation.gateway.config import GatewayConfig
from federation.gateway.context import Answer, Receive, RequestContext
from federation.gateway.endpoint import GraphQLEndpoint, Scope, Send
from federation.gateway.errors import HttpRequestError, RequestCode, error_codes, refuse
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.prepare import choose_operation, refuse_mutation_by_get
from federation.gateway.request_log import RequestRecord
from federation.gateway.validation import parse_document
from federation.query_plan.nodes import OperationKind, SubgraphName

_MAX_OPERATIONS = 1_000
_MAX_CHARACTERS = 4_000_000
_KINDS = {OperationType.QUERY: OperationKind.QUERY, OperationType.MUTATION: OperationKind.MUTATION}
_Key: TypeAlias = tuple[SubgraphName, str, str | None]


class PartitionedEndpoint:
    """Answers the operations that another router sends to a partitioned subgraph."""

    def __init__(self, graph: Callable[[], Graph], config: GatewayConfig) -> None:
        self._graph = graph
        self._config = config
        # A client derives its merge program once per operation, which it knows by identity.
        self._operations: LeastRecentlyUsed[_Key, FetchOperation] = LeastRecentlyUsed(_MAX_OPERATIONS, _MAX_CHARACTERS)

    def route(self) -> Route:
        """Where it is served."""
        return Route("/partitioned/{domain}", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        domain = SubgraphName(scope["path_params"]["domain"])
        await GraphQLEndpoint(self._config, partial(self._answer, domain))(scope, receive, send)

    async def _answer(
        self, domain: SubgraphName, parameters: GraphQLParameters, context: RequestContext, record: RequestRecord
    ) -> Answer:
        graph = self._graph()
        if domain not in graph.supergraph.partitions:
            raise HttpRequestError(RequestCode.NOT_FOUND, "There is no partitioned subgraph of that name.", 404)
        operation = self._operation(domain, parameters)
        refuse_mutation_by_get(operation.kind, parameters)
        record.operation_name, record.operation_kind = operation.name, operation.kind
        headers = context.forwarded_headers(graph.forwardable)
        request = SubgraphRequest(operation, parameters.variables, headers, context.deadline)
        response = await graph.subgraphs.clients[domain].execute(request)
        sources = {"sources": merge_reports(response.sources)} if response.sources else {}
        result = ExecutionResult(response.data, response.errors, {**response.extensions, **sources})
        return Answer(result.body(), error_codes(response.errors), len(response.sources))

    def _operation(self, domain: SubgraphName, parameters: GraphQLParameters) -> FetchOperation:
        key = (domain, parameters.query, parameters.operation_name)
        operation = self._operations.get(key)
        if operation is None:
            operation = self._read_operation(domain, parameters)
            self._operations.put(key, operation, len(parameters.query))
        return operation

    def _read_operation(self, domain: SubgraphName, parameters: GraphQLParameters) -> FetchOperation:
        document = parse_document(parameters.query, self._config.limits.max_tokens)
        node = choose_operation(document, parameters.operation_name)
        if node.operation not in _KINDS:
            raise refuse(RequestCode.SUBSCRIPTIONS_NOT_SUPPORTED, "Subscriptions are not supported.")
        name = node.name.value if node.name is not None else None
        start = orjson.dumps({"query": parameters.query, "operationName": name}).removesuffix(b"}")
        return FetchOperation(domain, parameters.query, _KINDS[node.operation], name, start + b',"variables":')
