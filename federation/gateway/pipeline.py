"""One GraphQL request from its parameters to its answer.

prepare (parse, validate, choose, plan, compile: known for a known text) → coerce variables → execute → encode

A subscription gives results instead of an answer; they are encoded by whoever sends them.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from federation.executor.compile import Projections
from federation.executor.errors import InvalidVariables
from federation.executor.incremental import IncrementalResult, execute_incrementally
from federation.executor.projection import Project
from federation.executor.request import ExecutionRequest, ExecutionResult
from federation.executor.schedule import execute_plan
from federation.executor.subscription import Subgraphs, SubscriptionLimits, execute_subscription
from federation.executor.variables import coerce_variables
from federation.gateway.completeness import accept_complete_only, demands_completeness
from federation.gateway.context import Answer, Deferred, PlanView, RequestContext, Subscribed
from federation.gateway.deferral import DeferringPlan, DeferringPlans, check_initial_counts
from federation.gateway.errors import GraphQLRequestError, error_codes
from federation.gateway.graph import Graph
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.incremental import IncrementalFormat, choose_incremental_format
from federation.gateway.prepare import PreparedOperation, refuse_mutation_by_get
from federation.gateway.request_log import RequestRecord
from federation.query_plan.json import to_json
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.query_plan.pretty import pretty

R = TypeVar("R", ExecutionResult, IncrementalResult)


async def answer_request(
    graph: Graph,
    parameters: GraphQLParameters,
    context: RequestContext,
    record: RequestRecord,
    limits: SubscriptionLimits,
) -> Answer | Subscribed | Deferred:
    """Answer one request. Raises RequestError when nothing of it is executed, ClientGone."""
    operation = await graph.operations.get(parameters.query, parameters.operation_name, context.deadline)
    record.operation_name, record.operation_kind = operation.name, operation.kind
    refuse_mutation_by_get(operation.kind, parameters)
    request = _execution_request(graph, operation, parameters, context)
    deferring = None
    if operation.deferring is not None and context.takes_parts:
        deferring = await _deferring_plan(graph, operation, operation.deferring, request.variables, context)
    if context.plan_view is PlanView.DRY_RUN:
        plan = operation.plan if deferring is None else deferring[0].plan
        return Answer(ExecutionResult(None, extensions={"queryPlan": _plan_view(plan)}).body())
    if deferring is not None:
        return await _answer_in_parts(graph, deferring, request, context)
    projections = operation.compiled.projections
    request = replace(request, project=await _projection(graph, projections, request.variables, context))
    if operation.kind is OperationKind.SUBSCRIPTION:
        results = execute_subscription(
            operation.compiled, request, Subgraphs(graph.sources.sources, graph.subgraphs.clients), limits
        )
        return Subscribed(results if context.plan_view is PlanView.NONE else _with_plan_first(results, operation.plan))
    result = await _execute(graph, operation, request, context)
    if demands_completeness(operation.compiled.operation.node, context.headers):
        result = accept_complete_only(result)
    if context.plan_view is PlanView.INCLUDE:
        result = _with_plan(result, operation.plan)
    return Answer(result.body(), error_codes(result.errors), result.subgraph_calls)


def _execution_request(
    graph: Graph, operation: PreparedOperation, parameters: GraphQLParameters, context: RequestContext
) -> ExecutionRequest:
    try:
        variables = coerce_variables(graph.supergraph.api_schema, operation.operation, parameters.variables)
    except InvalidVariables as invalid:
        raise GraphQLRequestError(invalid.errors) from None
    errors = graph.error_policy
    if operation.literals:
        variables |= operation.literals
        errors = replace(errors, coordinates=operation.coordinates)
    return ExecutionRequest(
        variables,
        context.forwarded_headers(graph.forwardable),
        context.deadline,
        errors,
        is_for_encoding=True,
    )


async def _projection(
    graph: Graph, projections: Projections, variables: Mapping[str, Any], context: RequestContext
) -> Project:
    """The projection for the request's conditions, made in the planning thread when it is the first with them."""
    known = projections.find(variables)
    if known is not None:
        return known
    key = (projections, projections.values(variables))
    make = partial(projections.get, variables)
    return await graph.planning.once(key, make, lambda _: None, context.deadline)


async def _deferring_plan(
    graph: Graph,
    operation: PreparedOperation,
    plans: DeferringPlans,
    variables: Mapping[str, Any],
    context: RequestContext,
) -> tuple[DeferringPlan, IncrementalFormat] | None:
    """The plan with what is deferred, and how its parts are written; None if the answer is to be given as a whole."""
    form = choose_incremental_format(context.headers.get(b"accept", b""))
    if form is None or demands_completeness(operation.compiled.operation.node, context.headers):
        return None
    if plans.is_known(variables):
        plan = plans.get(variables)
    else:
        key = (plans, plans.values(variables))
        plan = await graph.planning.once(key, partial(plans.get, variables), lambda _: None, context.deadline)
    if plan is None:
        return None
    check_initial_counts(plan.compiled.streams, variables)
    return plan, form


async def _answer_in_parts(
    graph: Graph, deferring: tuple[DeferringPlan, IncrementalFormat], request: ExecutionRequest, context: RequestContext
) -> Deferred:
    (plan, form), projections = deferring, deferring[0].compiled.deferring
    assert projections is not None  # noqa: S101  (else it were no such plan)
    project = await _projection(graph, projections, request.variables, context)
    request = replace(request, project=project, is_for_encoding=False)
    results = execute_incrementally(plan.compiled, request, graph.subgraphs.clients)
    shown = _with_plan_first(results, plan.plan) if context.plan_view is PlanView.INCLUDE else results
    return Deferred(shown, form)


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


async def _with_plan_first(results: AsyncGenerator[R, None], plan: QueryPlan) -> AsyncGenerator[R, None]:
    """The results of a stream; the first shows the plan."""
    async with aclosing(results):
        async for result in results:
            yield _with_plan(result, plan)
            break
        async for result in results:
            yield result


def _with_plan(result: R, plan: QueryPlan) -> R:
    return replace(result, extensions={**result.extensions, "queryPlan": _plan_view(plan)})


def _plan_view(plan: QueryPlan) -> dict[str, Any]:
    return {"text": pretty(plan), "json": to_json(plan)}
