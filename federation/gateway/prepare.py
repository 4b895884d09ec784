"""From a document's text to an operation that is ready to run; done once per text and operation name.

    parse (token limit) → validate → choose operation → depth and introspection limits → shape → plan → compile

Whatever is known of a text is kept, its refusal too, in bounded caches. What follows the shape is done once per shape:
texts that differ in literals, layout or comments share it. The work is done in the planning thread, so that a hard
plan delays neither running requests nor more than one processor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Generic, TypeAlias, TypeVar

from graphql import (
    DocumentNode,
    Location,
    OperationDefinitionNode,
    Source,
    Token,
    VariableDefinitionNode,
    parse,
)

from federation.executor.bounded import BoundedCache
from federation.executor.compile import CompiledPlan, compile_plan
from federation.executor.operation import Operation
from federation.executor.subgraph_client import JsonValue
from federation.gateway.completeness import without_demands
from federation.gateway.config import LimitsConfig
from federation.gateway.deferral import DeferringPlans
from federation.gateway.errors import GraphQLRequestError, HttpRequestError, Refusal, RequestCode, refuse
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.limits import asks_for_schema, check_depth
from federation.gateway.planning import PlanningThread
from federation.gateway.shape import Shape, ShapeReader
from federation.gateway.validation import parse_document, validate_document
from federation.planner import PlanOptions, QueryPlanningError, plan_operation
from federation.query_plan.incremental import has_parts, without_parts
from federation.query_plan.nodes import OperationKind, QueryPlan
from federation.supergraph.supergraph import Supergraph

# Measured: a shape made ready weighs 130 to 290 bytes per character of its text, a text of a known shape 5. There is a
# cache of texts and one of shapes; what both hold is the same, so this is about 100 megabytes, 200 at worst.
MAX_CACHED_CHARACTERS = 400_000
MAX_CACHED_DOCUMENTS = 64
MAX_CACHED_DOCUMENT_CHARACTERS = 100_000

_ALLOW_POST = ((b"allow", b"POST"),)
_Key: TypeAlias = tuple[str, str | None]
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class PlannedOperation:
    """A shape that was planned; shared by all operations of that shape, and without a value of any of them."""

    plan: QueryPlan
    compiled: CompiledPlan
    deferring: DeferringPlans | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PreparedOperation:
    """An operation ready to run.

    Attributes:
        name: None for an anonymous operation.
        kind: query, mutation or subscription.
        plan: for those who want to see it.
        compiled: what is executed.
        operation: with the variables that the client defined, by which its values are coerced.
        literals: the values in the client's text, by the variables that the plan has for them.
        coordinates: where these values stand, by the same variables, as the client is told of them.
        deferring: other plans, for clients that take parts; None if it has neither `@defer` nor `@stream`.
    """

    name: str | None
    kind: OperationKind
    plan: QueryPlan
    compiled: CompiledPlan
    operation: Operation
    literals: Mapping[str, JsonValue] = field(repr=False)
    coordinates: Mapping[str, str]
    deferring: DeferringPlans | None = None


class OperationPreparer:
    """Prepares operations over one supergraph. Not for use by several threads."""

    def __init__(
        self,
        supergraph: Supergraph,
        limits: LimitsConfig,
        options: PlanOptions = PlanOptions(),  # noqa: B008 - frozen
        *,
        introspection_enabled: bool,
    ) -> None:
        self._supergraph = supergraph
        self._limits = limits
        self._options = options
        self._introspection_enabled = introspection_enabled
        self._documents: BoundedCache[str, DocumentNode] = BoundedCache(
            MAX_CACHED_DOCUMENT_CHARACTERS, MAX_CACHED_DOCUMENTS
        )
        self._shapes = ShapeReader(supergraph)
        self._planned: BoundedCache[str, PlannedOperation | Refusal] = BoundedCache(
            MAX_CACHED_CHARACTERS, limits.cached_operations
        )

    def prepare(self, text: str, operation_name: str | None) -> PreparedOperation:
        """Prepare one operation. Raises GraphQLRequestError."""
        document = self._valid_document(text)
        node = choose_operation(document, operation_name)
        self._check_limits(document, node)
        shape = self._shapes.read(document, node)
        planned = self._planned_shape(shape)
        compiled = planned.compiled
        variables = tuple(_located(compiled.operation.node.variable_definitions or (), node, shape))
        operation = replace(compiled.operation, node=replace(compiled.operation.node, variable_definitions=variables))
        name = node.name.value if node.name is not None else None
        return PreparedOperation(
            name,
            planned.plan.operation_kind,
            planned.plan,
            compiled,
            operation,
            shape.literals,
            shape.coordinates,
            planned.deferring,
        )

    def _planned_shape(self, shape: Shape) -> PlannedOperation:
        if not shape.is_free_of_values:
            return self._plan(shape.text)  # a value would stay in the key, where others' requests keep it alive
        known = self._planned.get(shape.text, lambda: self._plan_or_refuse(shape.text), len(shape.text))
        return _unless_refused(known)

    def _plan_or_refuse(self, text: str) -> PlannedOperation | Refusal:
        try:
            return self._plan(text)
        except GraphQLRequestError as refused:
            return Refusal(refused.errors, refused.status)

    def _plan(self, text: str) -> PlannedOperation:
        # Parsed anew: locations would keep the client's text alive, with its values.
        document = parse(text, no_location=True)
        may_have_parts = has_parts(document)
        try:
            plan, compiled = self._plan_document(without_parts(document) if may_have_parts else document)
        except QueryPlanningError as error:
            raise refuse(RequestCode.QUERY_PLANNING_FAILED, str(error), 500) from error
        except RecursionError:
            message = "The operation's selections are too deep in each other."
            raise refuse(RequestCode.QUERY_PLANNING_FAILED, message, 500) from None
        if not compiled.projections.conditions:
            compiled.projections.get({})  # every request needs it
        # GraphQL has no parts in subscriptions; a directive that its variable turned off at validation is off for good.
        has_deferring = may_have_parts and plan.operation_kind is not OperationKind.SUBSCRIPTION
        return PlannedOperation(
            plan, compiled, DeferringPlans(document, self._plan_document) if has_deferring else None
        )

    def _plan_document(self, document: DocumentNode) -> tuple[QueryPlan, CompiledPlan]:
        plan = plan_operation(self._supergraph, document, None, self._options)
        return plan, compile_plan(plan, self._supergraph.client_schema, self._supergraph.schema, document)

    def _valid_document(self, text: str) -> DocumentNode:
        known = self._documents.find(text)
        if known is not None:
            return known
        document = parse_document(text, self._limits.max_tokens)
        validate_document(self._supergraph.client_schema, without_demands(document))
        if sum(isinstance(node, OperationDefinitionNode) for node in document.definitions) > 1:
            self._documents.keep(text, document, len(text))  # its other operations may be asked for next
        return document

    def _check_limits(self, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        check_depth(document, operation, self._limits.max_depth)
        if not self._introspection_enabled and asks_for_schema(document, operation):
            raise refuse(RequestCode.INTROSPECTION_DISABLED, "Introspection is disabled.", 403)


def _located(
    definitions: tuple[VariableDefinitionNode, ...], client: OperationDefinitionNode, shape: Shape
) -> Iterator[VariableDefinitionNode]:
    """The client's variables, as the shape has them, with their places in the client's text but not the text itself."""
    own = [definition for definition in definitions if definition.variable.name.value not in shape.literals]
    for definition, written in zip(own, client.variable_definitions or (), strict=True):
        if written.loc is not None:
            first = written.loc.start_token
            token = Token(first.kind, first.start, first.end, first.line, first.column)
            yield replace(definition, loc=Location(token, token, _NO_SOURCE))


_NO_SOURCE = Source("")


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

    def recent(self, count: int) -> list[tuple[str, str | None]]:
        """Texts and operation names of the operations that were used last, refused ones left out."""
        ready = [key for key, known in self._known.items() if not isinstance(known, Refusal)]
        return ready[max(0, len(ready) - count) :]

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
