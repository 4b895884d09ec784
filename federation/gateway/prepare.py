"""From a document's text to an operation that is ready to run; done once per text and operation name.

    parse (token limit) → validate → choose operation → depth and introspection limits → plan → compile

Whatever is known of a text is kept, its refusal too, in bounded caches. The work is done in the planning thread, so
that a hard plan delays neither running requests nor more than one processor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from graphql import DocumentNode, OperationDefinitionNode

from federation.executor.bounded import BoundedCache
from federation.executor.compile import CompiledPlan, compile_plan
from federation.gateway.completeness import without_demands
from federation.gateway.config import LimitsConfig
from federation.gateway.errors import GraphQLRequestError, HttpRequestError, Refusal, RequestCode, refuse
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.limits import asks_for_schema, check_depth
from federation.gateway.planning import PlanningThread
from federation.gateway.validation import parse_document, validate_document
from federation.planner import QueryPlanningError, plan_operation
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.supergraph.supergraph import Supergraph

# Measured: an operation made ready weighs 150 to 290 bytes per character of its text. So this is about 100 megabytes,
# of ordinary operations some 700.
MAX_CACHED_CHARACTERS = 400_000
MAX_CACHED_DOCUMENTS = 64
MAX_CACHED_DOCUMENT_CHARACTERS = 100_000

_ALLOW_POST = ((b"allow", b"POST"),)
_Key: TypeAlias = tuple[str, str | None]
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class PreparedOperation:
    """An operation ready to run.

    Attributes:
        name: None for an anonymous operation.
        kind: query, mutation or subscription.
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
        self._documents: BoundedCache[str, DocumentNode | Refusal] = BoundedCache(
            MAX_CACHED_DOCUMENT_CHARACTERS, MAX_CACHED_DOCUMENTS
        )

    def prepare(self, text: str, operation_name: str | None) -> PreparedOperation:
        """Prepare one operation. Raises GraphQLRequestError."""
        document = self._valid_document(text)
        operation = choose_operation(document, operation_name)
        self._check_limits(document, operation)
        plan = self._plan(document, operation)
        name = operation.name.value if operation.name is not None else None
        compiled = compile_plan(plan, self._supergraph.api_schema, self._supergraph.schema, document, name)
        if not compiled.projections.conditions:
            compiled.projections.get({})  # every request needs it
        return PreparedOperation(name, plan.operation_kind, plan, compiled)

    def _valid_document(self, text: str) -> DocumentNode:
        known = self._documents.get(text, lambda: self._parse_and_validate(text), len(text))
        return _unless_refused(known)

    def _parse_and_validate(self, text: str) -> DocumentNode | Refusal:
        try:
            document = parse_document(text, self._limits.max_tokens)
            validate_document(self._supergraph.api_schema, without_demands(document))
        except GraphQLRequestError as refused:
            return Refusal(refused.errors, refused.status)
        return document

    def _check_limits(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
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
    """Refuse a mutation that came by GET. Raises HttpRequestError (MUTATION_NOT_ALLOWED_OVER_HTTP_GET)."""
    if parameters.is_get and kind is OperationKind.MUTATION:
        message = "A mutation is sent by POST: a GET may be repeated or stored on its way."
        raise HttpRequestError(RequestCode.MUTATION_NOT_ALLOWED_OVER_HTTP_GET, message, 405, _ALLOW_POST)


class OperationCache(Generic[V]):
    """Operations made ready, and refusals, by text and operation name.

    `prepare` is called in the planning thread; it gives the operation or raises GraphQLRequestError.
    """

    def __init__(self, prepare: Callable[[str, str | None], V], thread: PlanningThread, max_entries: int) -> None:
        self._prepare = prepare
        self._thread = thread
        self._known: BoundedCache[_Key, V | Refusal] = BoundedCache(MAX_CACHED_CHARACTERS, max_entries)

    async def get(self, text: str, operation_name: str | None, deadline: float) -> V:
        """Give the operation. Raises GraphQLRequestError, HttpRequestError (PLANNING_OVERLOADED, PLANNING_TIMEOUT)."""
        key = (text, operation_name)
        known = self._known.find(key)
        if known is not None:
            return _unless_refused(known)
        make, keep = partial(self._make, key), partial(self._keep, key)
        made: V | Refusal = await self._thread.once((self, key), make, keep, deadline)
        return _unless_refused(made)

    def _make(self, key: _Key) -> V | Refusal:
        try:
            return self._prepare(*key)
        except GraphQLRequestError as refused:
            return Refusal(refused.errors, refused.status)

    def _keep(self, key: _Key, made: V | Refusal) -> None:
        self._known.keep(key, made, len(key[0]))


def _unless_refused(known: V | Refusal) -> V:
    if isinstance(known, Refusal):
        raise known.error()
    return known
