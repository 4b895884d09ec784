"""A partitioned subgraph as any Federation 2 router may call it: `_service`, `_entities`, introspection, root fields.

    read → coerce variables → ask the cities → complete nulls

An operation is read once and kept, so that the merge is derived once. How a text is read, and what is told of one that
cannot be, is the caller's: `ReadOperation`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from graphql import DocumentNode, GraphQLSchema, execute_sync, parse

from federation.executor.bounded import BoundedCache
from federation.executor.operation import Operation
from federation.executor.subgraph_client import (
    FetchOperation,
    JsonValue,
    ResponseObject,
    SubgraphClient,
    SubgraphRequest,
    SubgraphResponse,
)
from federation.executor.variables import coerce_variables
from federation.partition.completion import complete_nulls
from federation.partition.operation import OperationVariants, inline_root, root_fields
from federation.partition.served_schema import served_schema
from federation.query_plan.nodes import OperationKind, SubgraphName

#: Gives the operation that a text and an operation name mean, valid for the schema, a query or a mutation.
#: What it raises passes through `ServedSubgraph`.
ReadOperation: TypeAlias = Callable[[GraphQLSchema, str, str | None], Operation]

#: What is answered here, without asking a city.
_LOCAL_FIELDS = frozenset({"_service", "__schema", "__type", "__typename"})
#: Operations are kept up to so many characters of text: made ready they weigh a hundred times as much.
_MAX_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True, eq=False)
class ServedOperation:
    """An operation made ready.

    Attributes:
        operation: as it was read.
        names: the response names of its root fields, in order.
        asked: what of it the cities are asked; None for nothing.
        local: what of it is answered without them.
    """

    operation: Operation
    names: tuple[str, ...]
    asked: FetchOperation | None
    local: DocumentNode | None

    @property
    def kind(self) -> OperationKind:
        return OperationKind(self.operation.node.operation.value)

    @property
    def name(self) -> str | None:
        node = self.operation.node
        return None if node.name is None else node.name.value


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """One request for an operation; `headers` and `deadline` as in `SubgraphRequest`."""

    operation: ServedOperation
    variables: Mapping[str, JsonValue] = field(default_factory=dict, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    deadline: float | None = None


class ServedSubgraph:
    """Answers GraphQL requests over one partitioned subgraph. `sdl` is its contract, given to who asks `_service`."""

    def __init__(self, name: SubgraphName, client: SubgraphClient, sdl: str, read: ReadOperation) -> None:
        self._name = name
        self._client = client
        self._sdl = sdl
        self._read = read
        self._schema = served_schema(sdl)
        self._operations: BoundedCache[tuple[str, str | None], ServedOperation] = BoundedCache(_MAX_CHARACTERS)

    def prepare(self, text: str, operation_name: str | None = None) -> ServedOperation:
        """Make an operation ready, or give the one made before. Raises what reading it raises."""
        return self._operations.get(
            (text, operation_name), lambda: self._prepare(self._read(self._schema, text, operation_name)), len(text)
        )

    async def answer(self, request: ServedRequest) -> SubgraphResponse:
        """Answer a request; `sources` has the cities asked. Raises InvalidVariables."""
        served = request.operation
        variables = coerce_variables(self._schema, served.operation, request.variables)
        response = SubgraphResponse({})
        if served.asked is not None:
            response = await self._client.execute(
                SubgraphRequest(served.asked, variables, request.headers, request.deadline)
            )
        found = {**(response.data or {}), **self._answer_locally(served, variables)}
        data: ResponseObject | None = {name: found[name] for name in served.names if name in found}
        if response.errors and data is not None:
            data = self._complete(served.operation, data)
        return replace(response, data=data)

    def _prepare(self, operation: Operation) -> ServedOperation:
        node = operation.node
        # Directives of the operation itself are for whoever serves it.
        inlined = replace(node, directives=(), selection_set=inline_root(node.selection_set, operation.fragments))
        fields = root_fields(inlined.selection_set)
        local = frozenset(name for name, field_name in fields.items() if field_name in _LOCAL_FIELDS)
        operation_name = None if node.name is None else node.name.value
        whole = FetchOperation(self._name, "", OperationKind(node.operation.value), operation_name, b"")
        variants = OperationVariants(whole, inlined, operation.fragments, frozenset(fields))
        remote = fields.keys() - local
        asked = variants.of(remote).operation if remote else None
        here = parse(variants.of(local).operation.text) if local else None
        return ServedOperation(operation, tuple(fields), asked, here)

    def _answer_locally(self, served: ServedOperation, variables: dict[str, JsonValue]) -> ResponseObject:
        if served.local is None:
            return {}
        root = {"_service": {"sdl": self._sdl}}
        return execute_sync(self._schema, served.local, root, variable_values=variables).data or {}

    def _complete(self, operation: Operation, data: ResponseObject) -> ResponseObject | None:
        root = self._schema.get_root_type(operation.node.operation)
        return data if root is None else complete_nulls(self._schema, operation, root, data)
