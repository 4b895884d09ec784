"""A partitioned subgraph as any Federation 2 router may call it: `_service`, `_entities`, introspection, root fields.

    parse → validate → choose the operation → coerce variables → ask the cities → complete nulls

An operation is read once and kept, so that the merge is derived once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationType,
    execute_sync,
    parse,
    validate,
)

from federation.executor.errors import InvalidVariables
from federation.executor.operation import Operation, read_operation
from federation.executor.subgraph_client import (
    FetchOperation,
    JsonValue,
    ResponseObject,
    SubgraphClient,
    SubgraphRequest,
    SubgraphResponse,
)
from federation.executor.variables import coerce_variables
from federation.partition.bounded import BoundedCache
from federation.partition.completion import complete_nulls
from federation.partition.operation import OperationVariants, inline_root, root_fields
from federation.partition.served_schema import served_schema
from federation.query_plan.nodes import OperationKind, SubgraphName

#: What is answered here, without asking a city.
_LOCAL_FIELDS = frozenset({"_service", "__schema", "__type", "__typename"})
_MAX_OPERATIONS = 1000
_MAX_ERRORS = 20


class ServedErrorCode(StrEnum):
    """Codes of operations that are not executed."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"


@dataclass(frozen=True, slots=True)
class ServedRequest:
    """One GraphQL request as it came; `headers` and `deadline` as in `SubgraphRequest`."""

    text: str
    operation_name: str | None = None
    variables: Mapping[str, JsonValue] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    deadline: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _ServedOperation:
    """An operation made ready: what is asked of the cities, and what is answered here."""

    operation: Operation
    names: tuple[str, ...]
    asked: FetchOperation | None
    local: DocumentNode | None


class _Refusal(Exception):
    """An operation that is not executed; `errors` are GraphQL errors."""

    def __init__(self, code: ServedErrorCode, errors: Sequence[GraphQLError]) -> None:
        super().__init__(code)
        self.errors = tuple({**error.formatted, "extensions": {"code": code.value}} for error in errors)


class ServedSubgraph:
    """Answers GraphQL requests over one partitioned subgraph. `sdl` is its contract, given to who asks `_service`."""

    def __init__(self, name: SubgraphName, client: SubgraphClient, sdl: str) -> None:
        self._name = name
        self._client = client
        self._sdl = sdl
        self._schema = served_schema(sdl)
        self._operations: BoundedCache[tuple[str, str | None], _ServedOperation] = BoundedCache(_MAX_OPERATIONS)

    async def answer(self, request: ServedRequest) -> ResponseObject:
        """The GraphQL response: `data`, `errors`, and `extensions.sources` with the cities asked.

        Without `data` nothing was executed: the errors' codes are of `ServedErrorCode`, or BAD_USER_INPUT.
        """
        try:
            key = (request.text, request.operation_name)
            served = self._operations.get(key, lambda: self._read(*key))
            variables = coerce_variables(self._schema, served.operation, request.variables)
        except (_Refusal, InvalidVariables) as refused:
            return {"errors": list(refused.errors)}
        response = SubgraphResponse({})
        if served.asked is not None:
            response = await self._client.execute(
                SubgraphRequest(served.asked, variables, request.headers, request.deadline)
            )
        return self._body(served, response, {**(response.data or {}), **self._answer_locally(served, variables)})

    def _read(self, text: str, operation_name: str | None) -> _ServedOperation:
        document = self._valid(text)
        try:
            operation = read_operation(document, operation_name)
        except LookupError as error:
            raise _Refusal(ServedErrorCode.OPERATION_RESOLUTION_FAILURE, [GraphQLError(str(error))]) from error
        node = operation.node
        if node.operation is OperationType.SUBSCRIPTION:
            unserved = GraphQLError("Subscriptions are not served over several cities.")
            raise _Refusal(ServedErrorCode.OPERATION_RESOLUTION_FAILURE, [unserved])
        inlined = replace(node, selection_set=inline_root(node.selection_set, operation.fragments))
        fields = root_fields(inlined.selection_set)
        local = frozenset(name for name, field_name in fields.items() if field_name in _LOCAL_FIELDS)
        whole = FetchOperation(self._name, text, OperationKind(node.operation.value), operation_name, b"")
        variants = OperationVariants(whole, inlined, operation.fragments, frozenset(fields))
        remote = fields.keys() - local
        asked = variants.of(remote).operation if remote else None
        here = parse(variants.of(local).operation.text) if local else None
        return _ServedOperation(operation, tuple(fields), asked, here)

    def _valid(self, text: str) -> DocumentNode:
        try:
            document = parse(text)
        except GraphQLSyntaxError as error:
            raise _Refusal(ServedErrorCode.GRAPHQL_PARSE_FAILED, [error]) from error
        errors = validate(self._schema, document, max_errors=_MAX_ERRORS)
        if errors:
            raise _Refusal(ServedErrorCode.GRAPHQL_VALIDATION_FAILED, errors)
        return document

    def _answer_locally(self, served: _ServedOperation, variables: dict[str, JsonValue]) -> ResponseObject:
        if served.local is None:
            return {}
        root = {"_service": {"sdl": self._sdl}}
        return execute_sync(self._schema, served.local, root, variable_values=variables).data or {}

    def _body(self, served: _ServedOperation, response: SubgraphResponse, found: ResponseObject) -> ResponseObject:
        data: ResponseObject | None = {name: found[name] for name in served.names if name in found}
        body: ResponseObject = {"data": data}
        if response.errors:
            root = self._schema.get_root_type(served.operation.node.operation)
            if root is not None and data is not None:
                body["data"] = complete_nulls(self._schema, served.operation, root, data)
            body["errors"] = list(response.errors)
        if response.sources:
            body["extensions"] = {"sources": [asdict(source) for source in response.sources]}
        return body
