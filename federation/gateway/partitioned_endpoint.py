"""`/partitioned/<domain>`: a partitioned subgraph as an ordinary subgraph, for any other Federation router.

`ServedSubgraph` answers; this is its border: how texts are read, what of errors is told, what is logged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from graphql import GraphQLSchema, OperationType
from starlette.routing import Route

from federation.executor.errors import InvalidVariables
from federation.executor.operation import Operation
from federation.executor.request import ExecutionResult
from federation.executor.sources import merge_reports, stale_note
from federation.executor.subgraph_client import ResponseObject, SubgraphResponse
from federation.executor.translation import ErrorPolicy, client_error, error_path
from federation.gateway.completeness import accept_complete_only, demands_completeness, without_demands
from federation.gateway.config import GatewayConfig
from federation.gateway.context import Answer, Receive, RequestContext, Scope, Send
from federation.gateway.endpoint import GraphQLEndpoint
from federation.gateway.errors import GraphQLRequestError, HttpRequestError, RequestCode, error_codes, refuse
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.limits import asks_for_schema, check_depth, fragments_of
from federation.gateway.prepare import OperationCache, choose_operation, refuse_mutation_by_get
from federation.gateway.request_log import RequestRecord
from federation.gateway.service import GraphService, ServedGraph
from federation.gateway.subscriptions.http import HttpStreams
from federation.gateway.validation import parse_document, validate_document
from federation.partition import ServedRequest, ServedSubgraph, contract_sdl
from federation.partition.served import ServedOperation
from federation.query_plan.nodes import OperationKind, SubgraphName


@dataclass(frozen=True, slots=True, eq=False)
class _Served:
    """A partitioned subgraph in service, with what is known of operations over it."""

    subgraph: ServedSubgraph
    operations: OperationCache[ServedOperation]


class PartitionedEndpoint:
    """Answers the operations that another router sends to a partitioned subgraph."""

    def __init__(self, service: GraphService, config: GatewayConfig, streams: HttpStreams) -> None:
        self._service = service
        self._config = config
        self._streams = streams
        self._served: WeakKeyDictionary[ServedGraph, dict[SubgraphName, _Served]] = WeakKeyDictionary()

    def route(self) -> Route:
        """Where it is served."""
        return Route("/partitioned/{domain}", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        domain = SubgraphName(scope["path_params"]["domain"])
        await GraphQLEndpoint(self._config, partial(self._answer, domain), self._streams)(scope, receive, send)

    async def _answer(
        self, domain: SubgraphName, parameters: GraphQLParameters, context: RequestContext, record: RequestRecord
    ) -> Answer:
        with self._service.current.in_use() as current:
            served = await self._subgraph(current, domain, context)
            graph = current.graph
            operation = await served.operations.get(parameters.query, parameters.operation_name, context.deadline)
            record.operation_name, record.operation_kind = operation.name, operation.kind
            refuse_mutation_by_get(operation.kind, parameters)
            headers = context.forwarded_headers(graph.forwardable)
            request = ServedRequest(operation, parameters.variables, headers, context.deadline)
            response = await _execute(served.subgraph, request, context)
            result = _result(response, domain, graph.error_policy)
            if demands_completeness(operation.operation.node, context.headers):
                result = accept_complete_only(result)
            return Answer(result.body(), error_codes(result.errors), len(response.sources))

    async def _subgraph(self, current: ServedGraph, domain: SubgraphName, context: RequestContext) -> _Served:
        graph = current.graph
        if domain not in graph.supergraph.partitions:
            raise HttpRequestError(RequestCode.NOT_FOUND, "There is no partitioned subgraph of that name.", 404)
        served = self._served.setdefault(current, {})
        known = served.get(domain)
        if known is not None:
            return known
        keep = partial(served.__setitem__, domain)
        return await graph.planning.once((self, domain), partial(self._make, graph, domain), keep, context.deadline)

    def _make(self, graph: Graph, domain: SubgraphName) -> _Served:
        sdl = contract_sdl(graph.supergraph, domain)
        subgraph = ServedSubgraph(domain, graph.subgraphs.clients[domain], sdl, self._read)
        max_entries = self._config.limits.cached_operations
        return _Served(subgraph, OperationCache(subgraph.prepare, graph.planning, max_entries))

    def _read(self, schema: GraphQLSchema, text: str, operation_name: str | None) -> Operation:
        """Read a text under the gateway's own limits, in words that quote none of its values."""
        document = parse_document(text, self._config.limits.max_tokens)
        node = choose_operation(document, operation_name)
        if node.operation is OperationType.SUBSCRIPTION:
            message = "Subscriptions are not served here; subscribe at the gateway itself."
            raise refuse(RequestCode.SUBSCRIPTIONS_NOT_SUPPORTED, message)
        validate_document(schema, without_demands(document))
        check_depth(document, node, self._config.limits.max_depth)
        if not self._config.introspection_enabled and asks_for_schema(document, node):
            raise refuse(RequestCode.INTROSPECTION_DISABLED, "Introspection is disabled.", 403)
        return Operation(node, fragments_of(document))


async def _execute(served: ServedSubgraph, request: ServedRequest, context: RequestContext) -> SubgraphResponse:
    """Execute; a query whose client has gone is given up, a mutation goes on.

    At the deadline a mutation's client is told that the outcome is not known. The call under way then ends in the
    subgraph's own time, and none is begun.
    """
    try:
        if request.operation.kind is OperationKind.QUERY:
            return await context.while_connected(served.answer(request))
        return await served.answer(request)
    except InvalidVariables as invalid:
        raise GraphQLRequestError(invalid.errors) from None


def _result(response: SubgraphResponse, domain: SubgraphName, policy: ErrorPolicy) -> ExecutionResult:
    errors = tuple(client_error(error, domain, error_path(error), policy) for error in response.errors)
    extensions: ResponseObject = {"sources": merge_reports(response.sources)} if response.sources else {}
    if response.upper_bounds:
        extensions["upperBounds"] = list(response.upper_bounds)
    if response.order_conflicts:
        extensions["orderConflicts"] = list(response.order_conflicts)
    if response.stale:
        extensions["stale"] = [{**stale_note(share), "service": domain} for share in response.stale]
    return ExecutionResult(response.data, errors, extensions)
