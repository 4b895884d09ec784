"""From a document's text to an operation that is ready to run; done once per text and operation name.

    parse (token limit) → validate → choose operation → depth and introspection limits → plan → compile

Whatever is known of a text is kept, its refusal too, in bounded caches. The work is done in one thread of its own, so
that a hard plan delays neither running requests nor more than one processor; who asks for the same text meanwhile
waits for the same result.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from graphql import DocumentNode, OperationDefinitionNode, OperationType

from federation.executor.compile import CompiledPlan, compile_plan
from federation.gateway.cache import LeastRecentlyUsed
from federation.gateway.completeness import without_demands
from federation.gateway.config import LimitsConfig
from federation.gateway.errors import GraphQLRequestError, HttpRequestError, RequestCode, refuse
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.limits import asks_for_schema, check_depth
from federation.gateway.validation import parse_document, validate_document
from federation.planner import QueryPlanningError, plan_operation
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.supergraph.supergraph import Supergraph

# Compiled operations weigh far more than their text: these bounds keep hostile texts within some hundred megabytes.
MAX_CACHED_CHARACTERS = 4_000_000
MAX_CACHED_DOCUMENTS = 64
MAX_CACHED_DOCUMENT_CHARACTERS = 500_000

_ALLOW_POST = ((b"allow", b"POST"),)
_Key: TypeAlias = tuple[str, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class PreparedOperation:
    """An operation ready to run.

    Attributes:
        name: None for an anonymous operation.
        kind: query or mutation.
        plan: for those who want to see it.
        compiled: what is executed.
    """

    name: str | None
    kind: OperationKind
    plan: QueryPlan
    compiled: CompiledPlan


class OperationPreparer:
    """Prepares operations over one supergraph. Not for use by several threads."""

    def __init__(self, supergraph: Supergraph, limits: LimitsConfig, *, introspection_enabled: bool) -> None:
        self._supergraph = supergraph
        self._limits = limits
        self._introspection_enabled = introspection_enabled
        self._documents: LeastRecentlyUsed[str, DocumentNode | GraphQLRequestError] = LeastRecentlyUsed(
            MAX_CACHED_DOCUMENTS, MAX_CACHED_DOCUMENT_CHARACTERS
        )

    def prepare(self, text: str, operation_name: str | None) -> PreparedOperation:
        """Prepare one operation. Raises GraphQLRequestError."""
        document = self._valid_document(text)
        operation = choose_operation(document, operation_name)
        self._check_limits(document, operation)
        plan = self._plan(document, operation)
        name = operation.name.value if operation.name is not None else None
        compiled = compile_plan(plan, self._supergraph.api_schema, self._supergraph.schema, document, name)
        return PreparedOperation(name, plan.operation_kind, plan, compiled)

    def _valid_document(self, text: str) -> DocumentNode:
        known = self._documents.get(text)
        if known is None:
            known = self._parse_and_validate(text)
            self._documents.put(text, known, len(text))
        if isinstance(known, GraphQLRequestError):
            raise known
        return known

    def _parse_and_validate(self, text: str) -> DocumentNode | GraphQLRequestError:
        try:
            document = parse_document(text, self._limits.max_tokens)
            validate_document(self._supergraph.api_schema, without_demands(document))
        except GraphQLRequestError as refused:
            return refused
        return document

    def _check_limits(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        if operation.operation is OperationType.SUBSCRIPTION:
            raise refuse(RequestCode.SUBSCRIPTIONS_NOT_SUPPORTED, "Subscriptions are not supported.")
        check_depth(document, operation, self._limits.max_depth)
        if not self._introspection_enabled and asks_for_schema(document, operation):
            raise refuse(RequestCode.INTROSPECTION_DISABLED, "Introspection is disabled.", 403)

    def _plan(self, document: DocumentNode, operation: OperationDefinitionNode) -> QueryPlan:
        name = operation.name.value if operation.name is not None else None
        try:
            return plan_operation(self._supergraph, document, name)
        except QueryPlanningError as error:
            raise refuse(RequestCode.QUERY_PLANNING_FAILED, str(error), 500) from error


def choose_operation(document: DocumentNode, operation_name: str | None) -> OperationDefinitionNode:
    """The operation a request means. Raises GraphQLRequestError (OPERATION_RESOLUTION_FAILURE).

    Source: https://spec.graphql.org/draft/#GetOperation()
    """
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if operation_name is None:
        if len(operations) == 1:
            return operations[0]
        what = "has no operation" if not operations else "has several operations: name one as 'operationName'"
        raise refuse(RequestCode.OPERATION_RESOLUTION_FAILURE, f"The document {what}.")
    for operation in operations:
        if operation.name is not None and operation.name.value == operation_name:
            return operation
    raise refuse(RequestCode.OPERATION_RESOLUTION_FAILURE, "The document has no operation with that 'operationName'.")


def refuse_mutation_by_get(kind: OperationKind, parameters: GraphQLParameters) -> None:
    """Refuse what is no query when it came by GET. Raises HttpRequestError (MUTATION_NOT_ALLOWED_OVER_HTTP_GET)."""
    if parameters.is_get and kind is not OperationKind.QUERY:
        message = "A mutation is sent by POST: a GET may be repeated or stored on its way."
        raise HttpRequestError(RequestCode.MUTATION_NOT_ALLOWED_OVER_HTTP_GET, message, 405, _ALLOW_POST)


class OperationCache:
    """Prepared operations by text and operation name."""

    def __init__(self, preparer: OperationPreparer, max_entries: int) -> None:
        self._preparer = preparer
        self._known: LeastRecentlyUsed[_Key, PreparedOperation | GraphQLRequestError] = LeastRecentlyUsed(
            max_entries, MAX_CACHED_CHARACTERS
        )
        self._under_way: dict[_Key, asyncio.Task[PreparedOperation | GraphQLRequestError]] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="planning")

    async def get(self, text: str, operation_name: str | None) -> PreparedOperation:
        """Give the prepared operation. Raises GraphQLRequestError."""
        key = (text, operation_name)
        known = self._known.get(key)
        if known is None:
            known = await self._prepare_once(key)
        if isinstance(known, GraphQLRequestError):
            raise known.with_traceback(None)  # it is kept: it must not gather the frames of all who met it
        return known

    def close(self) -> None:
        """Let the planning thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _prepare_once(self, key: _Key) -> PreparedOperation | GraphQLRequestError:
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.ensure_future(self._prepare(key))
            task.add_done_callback(partial(self._end, key))
        return await asyncio.shield(task)

    def _end(self, key: _Key, task: asyncio.Task[PreparedOperation | GraphQLRequestError]) -> None:
        del self._under_way[key]
        if not task.cancelled():
            task.exception()  # everybody who waited may be gone: then nobody else takes note of it

    async def _prepare(self, key: _Key) -> PreparedOperation | GraphQLRequestError:
        loop = asyncio.get_running_loop()
        result: PreparedOperation | GraphQLRequestError
        try:
            result = await loop.run_in_executor(self._thread, self._preparer.prepare, *key)
        except GraphQLRequestError as refused:
            result = refused
        self._known.put(key, result, len(key[0]))
        return result
