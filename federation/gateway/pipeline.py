"""One GraphQL request from its parameters to its answer.

prepare (parse, validate, choose, plan, compile: known for a known text) → coerce variables → execute → encode

A subscription gives results instead of an answer; they are encoded by whoever sends them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any

from federation.executor.errors import InvalidVariables
from federation.executor.projection import Project
from federation.executor.request import ExecutionRequest, ExecutionResult
from federation.executor.schedule import execute_plan
from federation.executor.subscription import Subgraphs, SubscriptionLimits, execute_subscription
from federation.executor.variables import coerce_variables
from federation.gateway.completeness import accept_complete_only, demands_completeness
from federation.gateway.context import Answer, PlanView, RequestContext, Subscribed
from federation.gateway.errors import GraphQLRequestError, error_codes
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.prepare import PreparedOperation, refuse_mutation_by_get
from federation.gateway.request_log import RequestRecord
from federation.query_plan.json import to_json
from federation.query_plan.nodes import OperationKind
from federation.query_plan.pretty import pretty


async def answer_request(
    graph: Graph,
    parameters: GraphQLParameters,
    context: RequestContext,
    record: RequestRecord,
    limits: SubscriptionLimits,
) -> Answer | Subscribed:
    """Answer one request. Raises RequestError when nothing of it is executed, ClientGone."""
    operation = await graph.operations.get(parameters.query, parameters.operation_name, context.deadline)
    record.operation_name, record.operation_kind = operation.name, operation.kind
    refuse_mutation_by_get(operation.kind, parameters)
    variables = _variables(graph, operation, parameters)
    if context.plan_view is PlanView.DRY_RUN:
        return Answer(ExecutionResult(None, extensions={"queryPlan": _plan_view(operation)}).body())
    request = ExecutionRequest(
        variables,
        context.forwarded_headers(graph.forwardable),
        context.deadline,
        graph.error_policy,
        await _projection(graph, operation, variables, context),
        is_for_encoding=True,
    )
    if operation.kind is OperationKind.SUBSCRIPTION:
        results = execute_subscription(
            operation.compiled, request, Subgraphs(graph.sources.sources, graph.subgraphs.clients), limits
        )
        return Subscribed(results if context.plan_view is PlanView.NONE else _with_plan_first(results, operation))
    result = await _execute(graph, operation, request, context)
    if demands_completeness(operation.compiled.operation.node, context.headers):
        result = accept_complete_only(result)
    if context.plan_view is PlanView.INCLUDE:
        result = _with_plan(result, operation)
    return Answer(result.body(), error_codes(result.errors), result.subgraph_calls)


def _variables(graph: Graph, operation: PreparedOperation, parameters: GraphQLParameters) -> dict[str, Any]:
    """The plan's variables: the client's, and the literals of its text. Raises GraphQLRequestError."""
    try:
        variables = coerce_variables(graph.supergraph.api_schema, operation.operation, parameters.variables)
    except InvalidVariables as invalid:
        raise GraphQLRequestError(invalid.errors) from None
    if operation.literals:
        variables |= operation.literals
    return variables


async def _projection(
    graph: Graph, operation: PreparedOperation, variables: Mapping[str, Any], context: RequestContext
) -> Project:
    """The projection for the request's conditions, made in the planning thread when it is the first with them."""
    projections = operation.compiled.projections
    known = projections.find(variables)
    if known is not None:
        return known
    key = (operation, projections.values(variables))
    make = partial(projections.get, variables)
    return await graph.planning.once(key, make, lambda _: None, context.deadline)


async def _execute(
    graph: Graph, operation: PreparedOperation, request: ExecutionRequest, context: RequestContext
) -> ExecutionResult:
    """Execute; a query whose client has gone is given up, a mutation goes on.

    At the deadline a mutation's client is told that the outcome is not known. The call under way then ends in the
    subgraph's own time, and none is begun.
    """
    execution = execute_plan(operation.compiled, request, graph.subgraphs.clients)
    if operation.kind is OperationKind.QUERY:
        return await context.while_connected(execution)
    return await execution


async def _with_plan_first(
    results: AsyncGenerator[ExecutionResult, None], operation: PreparedOperation
) -> AsyncGenerator[ExecutionResult, None]:
    """The results of a subscription; the first shows the plan."""
    async with aclosing(results):
        async for result in results:
            yield _with_plan(result, operation)
            break
        async for result in results:
            yield result


def _with_plan(result: ExecutionResult, operation: PreparedOperation) -> ExecutionResult:
    return replace(result, extensions={**result.extensions, "queryPlan": _plan_view(operation)})


def _plan_view(operation: PreparedOperation) -> dict[str, Any]:
    return {"text": pretty(operation.plan), "json": to_json(operation.plan)}
