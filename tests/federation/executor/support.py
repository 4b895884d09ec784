"""Hand-written plans and subgraphs whose answers are given: what the executor's tests are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from graphql import GraphQLSchema, parse

from federation.executor import ExecutionRequest, ExecutionResult, compile_plan, execute_plan
from federation.executor.encoding import decode, encode
from federation.executor.subgraph_client import SubgraphRequest, SubgraphResponse
from federation.query_plan.nodes import (
    EntityCall,
    FetchId,
    FetchNode,
    FieldSegment,
    ListSegment,
    OperationKind,
    QueryPlan,
    RequiredField,
    RequiredFragment,
    ResponsePath,
    SubgraphName,
    TypeSegment,
)


def path(text: str) -> ResponsePath:
    """`users.@.pet.|[Dog]` as segments."""
    return tuple(_segment(step) for step in text.split(".") if step)


def _segment(step: str) -> FieldSegment | ListSegment | TypeSegment:
    if step == "@":
        return ListSegment()
    if step.startswith("|["):
        return TypeSegment(frozenset(step[2:-1].split(",")))
    return FieldSegment(step)


def key(typename: str, *fields: str | RequiredField) -> RequiredFragment:
    """What a representation of `typename` carries."""
    required = tuple(RequiredField(field, field) if isinstance(field, str) else field for field in fields)
    return RequiredFragment(typename, frozenset({typename}), required)


def entities(typename: str, key_field: str, *paths: str, **changes: Any) -> EntityCall:
    """One entity call for entities of one type with a simple key."""
    values = {
        "response_name": "_entities",
        "variable": "representations",
        "paths": tuple(path(text) for text in paths),
        "requires": (key(typename, key_field),),
    }
    return EntityCall(**{**values, **changes})


def fetch(number: int, subgraph: str, operation: str, *calls: EntityCall, **changes: Any) -> FetchNode:
    """A fetch; `after` lists the numbers of those it depends on."""
    after = changes.pop("after", ())
    values = {
        "id": FetchId(number),
        "subgraph": SubgraphName(subgraph),
        "operation": operation,
        "operation_kind": OperationKind.QUERY,
        "operation_name": None,
        "variables": (),
        "entity_calls": calls,
        "depends_on": tuple(FetchId(other) for other in after),
    }
    return FetchNode(**{**values, **changes})


def plan(*fetches: FetchNode, kind: OperationKind = OperationKind.QUERY) -> QueryPlan:
    return QueryPlan(kind, fetches)


class FakeSubgraph:
    """Answers each request with the next given answer, or with what the function gives for it.

    Attributes:
        requests: the requests it got.
        cancelled: how many requests were cancelled while it waited.
    """

    def __init__(self, *answers: Any, delay: float = 0.0) -> None:
        self._answers = list(answers)
        self._delay = delay
        self.requests: list[SubgraphRequest] = []
        self.cancelled = 0

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.requests.append(request)
        try:
            await asyncio.sleep(self._delay)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Callable):
            answer = answer(request)
        return answer if isinstance(answer, SubgraphResponse) else SubgraphResponse(answer)

    def representations(self, number: int = 0) -> list[Any]:
        return self.requests[number].variables["representations"]


class OverTheWire:
    """A subgraph whose answers are encoded and decoded anew, as those that come over HTTP are."""

    def __init__(self, subgraph: FakeSubgraph) -> None:
        self.subgraph = subgraph

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        response = await self.subgraph.execute(request)
        body = encode({"data": response.data})
        # Short answers are decoded plainly.
        answer = (request.operation.decode or decode)(b" " * 2048 + body)
        return replace(response, data=answer["data"])


async def run(
    query: str,
    query_plan: QueryPlan,
    schema: GraphQLSchema,
    subgraphs: Mapping[str, Any],
    request: ExecutionRequest | None = None,
    *,
    supergraph: GraphQLSchema | None = None,
) -> ExecutionResult:
    """Execute a plan; a subgraph that is no client is the data it answers with."""
    compiled = compile_plan(query_plan, schema, supergraph or schema, parse(query), None)
    clients = {
        SubgraphName(name): client if hasattr(client, "execute") else FakeSubgraph(client)
        for name, client in subgraphs.items()
    }
    return await execute_plan(compiled, request or ExecutionRequest(), clients)


def error_places(errors: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """The errors' paths, sorted as text."""
    return sorted((tuple(error.get("path") or ()) for error in errors), key=repr)
