"""Cities in memory: each executes the contract over its own data with graphql-core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, GraphQLSchema, execute_sync, parse, validate

from federation.executor.errors import ErrorCode, subgraph_failure
from federation.executor.subgraph_client import FetchOperation, SubgraphRequest, SubgraphResponse
from federation.partition import Contract, PartitionedClient
from federation.query_plan.nodes import OperationKind, SubgraphName

#: A city's root values: by root field, a value or a function of the field's arguments.
Root = Mapping[str, Any]


class MemoryCity:
    """A subgraph of one city.

    `root` may hold `_entities`, a function from one representation to its entity. Every request is kept in `asked`;
    operations and variables must be valid, as a real subgraph demands.
    """

    def __init__(self, schema: GraphQLSchema, root: Root, extensions: dict[str, Any] | None = None) -> None:
        self.asked: list[SubgraphRequest] = []
        self._schema = schema
        self._root = {name: _resolver(name, value) for name, value in root.items()}
        self._extensions = extensions or {}

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.asked.append(request)
        document = _read(self._schema, request.operation.text)
        result = execute_sync(
            self._schema,
            document,
            self._root,
            variable_values=dict(request.variables),
            operation_name=request.operation.name,
            type_resolver=lambda value, *_: value["__typename"],
        )
        errors = tuple(error.formatted for error in result.errors or ())
        return SubgraphResponse(result.data, errors, self._extensions)


class ScriptedCity:
    """Answers every request with one response."""

    def __init__(self, response: SubgraphResponse) -> None:
        self.asked: list[SubgraphRequest] = []
        self._response = response

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse:
        self.asked.append(request)
        return self._response


def down(code: ErrorCode = ErrorCode.SUBREQUEST_HTTP_ERROR) -> ScriptedCity:
    """A city that cannot be reached."""
    return ScriptedCity(subgraph_failure(SubgraphName("demo"), code, "The subgraph did not answer.", retryable=True))


def partitioned(contract: Contract, *cities: Any) -> PartitionedClient:
    """A partitioned subgraph over `cities`, in the contract's order."""
    codes = [partition.city for partition in contract.subgraph.partitions]
    return PartitionedClient(contract, dict(zip(codes, cities, strict=True)))


def request_for(text: str, variables: Mapping[str, Any] | None = None, **options: Any) -> SubgraphRequest:
    """A request for an anonymous operation."""
    kind = OperationKind.MUTATION if text.lstrip().startswith("mutation") else OperationKind.QUERY
    return SubgraphRequest(FetchOperation(SubgraphName("demo"), text, kind, None, b""), variables or {}, **options)


async def ask(client: PartitionedClient, text: str, **variables: Any) -> SubgraphResponse:
    """Ask one operation."""
    return await client.execute(request_for(text, variables))


@lru_cache(maxsize=32)
def _read(schema: GraphQLSchema, text: str) -> DocumentNode:
    document = parse(text)
    invalid = validate(schema, document)
    assert invalid == [], f"{invalid}\n{text}"
    return document


def _resolver(name: str, value: Any) -> Callable[..., Any]:
    if name == "_entities":
        return lambda _info, representations: [value(representation) for representation in representations]
    if callable(value):
        return lambda _info, **arguments: value(**arguments)
    return lambda _info, **_arguments: value
