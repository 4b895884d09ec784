"""One domain's schema, and one city's subgraph of it: an operation goes in, a response object comes out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, execute, subscribe
from strawberry.federation.schema import FederationAny
from strawberry.schema.config import StrawberryConfig

from legacy_adapters.clock import Clock
from subgraphs.shared.batching import SubgraphInfo
from subgraphs.shared.context import BaseContext, RequestContext
from subgraphs.shared.contract import check_contract
from subgraphs.shared.coordinates import unfit_inputs
from subgraphs.shared.documents import Documents, RequestRefused
from subgraphs.shared.entities import EntityResolver, resolve_entities
from subgraphs.shared.errors import input_error, request_error, response_error
from subgraphs.shared.execution import ListExecutor
from subgraphs.shared.loaders import batches_end_here
from subgraphs.shared.person_key import PlatformKeys
from subgraphs.shared.scalars import SCALARS
from subgraphs.shared.types import City

Response: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Domain:
    """What a domain's package contributes.

    Attributes:
        name: e.g. `cards`; the contract's name too.
        query: the class of the root fields.
        types: object types that no field's type names (those behind an interface).
        entities: how entities are resolved, by type name.
        loaders: makes one request's loaders over a city's sources.
        has_one_source: whether it has lists that a single source must sort and page.
        mutation, subscription: the classes of those root fields, where there are any.
    """

    name: str
    query: type
    types: tuple[type, ...]
    entities: Mapping[str, EntityResolver]
    loaders: Callable[[RequestContext[Any], Sequence[Any]], Any]
    has_one_source: bool = False
    mutation: type | None = None
    subscription: type | None = None


@strawberry.type(name="_Service")
class Service:
    """What a subgraph says of itself: its contract's own text, with descriptions and merge rules."""

    sdl: str


def _service(info: SubgraphInfo) -> Service:
    assert isinstance(info.schema, SubgraphSchema)  # noqa: S101  (no other schema has this root field)
    return Service(sdl=info.schema.contract)


@strawberry.type
class FederationQuery:
    """The root field by which a subgraph tells its contract; `_entities` is added by Strawberry."""

    service: Service = strawberry.field(resolver=_service, name="_service")


class SubgraphSchema(strawberry.federation.Schema):
    """A domain's executable schema, the same for every city.

    Raises ContractBroken where the domain's types are not what its contract says.
    """

    def __init__(self, domain: Domain, contract: str) -> None:
        super().__init__(
            query=domain.query,
            mutation=domain.mutation,
            subscription=domain.subscription,
            types=domain.types,
            execution_context_class=ListExecutor,
            config=StrawberryConfig(scalar_map=SCALARS),
        )
        check_contract(domain.name, contract, self.as_str())
        self.domain = domain
        self.contract = contract
        self.documents = Documents(self.graphql_schema)

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """The schema as graphql-core executes it."""
        return self._schema

    async def entities_resolver(  # type: ignore[override]  # Strawberry's own is synchronous and loads one by one.
        self, info: strawberry.Info, representations: list[FederationAny]
    ) -> list[FederationAny]:
        """Strawberry's resolver of `_entities`, replaced."""
        return await resolve_entities(self.domain.entities, info, representations)


class BaseSubgraph(ABC):
    """A schema that is executed, each request with a context of its own."""

    __slots__ = ("_schema",)

    def __init__(self, schema: SubgraphSchema) -> None:
        self._schema = schema

    async def execute(
        self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None
    ) -> Response:
        """The GraphQL response to one operation; errors are entries of it, never raised."""
        try:
            document = self._schema.documents.prepare(query)
        except RequestRefused as refused:
            return {"errors": [request_error(error) for error in refused.errors]}
        context = self._request_context()
        with batches_end_here():
            result = await self._execute(document, context, variables, operation_name)
        if _was_refused(result):
            return self._refusal(result, document, variables, operation_name)
        return _response(result, context)

    async def subscribe(
        self, query: str, variables: Mapping[str, Any] | None = None, operation_name: str | None = None
    ) -> AsyncGenerator[Response, None] | Response:
        """The responses of a subscription, one an event; or the one response that says why there is none."""
        try:
            document = self._schema.documents.prepare(query)
        except RequestRefused as refused:
            return {"errors": [request_error(error) for error in refused.errors]}
        context = self._request_context()
        source = subscribe(
            self._schema.graphql_schema,
            document,
            context_value=context,
            variable_values=dict(variables) if variables else None,
            operation_name=operation_name,
            executor_class=ListExecutor,
            hide_suggestions=True,
        )
        results = await source if isawaitable(source) else source
        if not isinstance(results, ExecutionResult):
            return _responses(results, context)
        if _was_refused(results):
            return self._refusal(results, document, variables, operation_name)
        return _response(results, context)

    async def _execute(
        self,
        document: DocumentNode,
        context: BaseContext[Any],
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
    ) -> ExecutionResult:
        result = execute(
            self._schema.graphql_schema,
            document,
            context_value=context,
            variable_values=dict(variables) if variables else None,
            operation_name=operation_name,
            executor_class=ListExecutor,
            hide_suggestions=True,
        )
        return await result if isawaitable(result) else result

    def _refusal(
        self,
        result: ExecutionResult,
        document: DocumentNode,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
    ) -> Response:
        """Why nothing was executed: inputs that do not fit, by their coordinates, or what graphql-core says."""
        unfit = unfit_inputs(self._schema.graphql_schema, document, operation_name, variables or {})
        if unfit:
            return {"errors": [input_error(coordinate) for coordinate in unfit]}
        return {"errors": [request_error(error) for error in result.errors or ()]}

    @abstractmethod
    def _request_context(self) -> BaseContext[Any]: ...


class Subgraph(BaseSubgraph):
    """One city's subgraph of one domain."""

    __slots__ = ("_city", "_clock", "_keys", "_sources")

    def __init__(
        self, schema: SubgraphSchema, city: City, sources: Sequence[Any], keys: PlatformKeys, clock: Clock
    ) -> None:
        super().__init__(schema)
        self._city = city
        self._sources = sources
        self._keys = keys
        self._clock = clock

    def _request_context(self) -> RequestContext[Any]:
        context: RequestContext[Any] = RequestContext(city=self._city, now=self._clock(), keys=self._keys)
        context.loaders = self._schema.domain.loaders(context, self._sources)
        return context


async def _responses(
    results: AsyncIterator[ExecutionResult], context: BaseContext[Any]
) -> AsyncGenerator[Response, None]:
    try:
        async for result in results:
            yield _response(result, context)
            context.partial_failures.clear()
    except Exception as error:  # noqa: BLE001  (a stream has begun: there is no other answer to say it in than the last)
        yield {"errors": [response_error(GraphQLError(type(error).__name__, original_error=error))], "data": None}
    finally:
        if isinstance(results, AsyncGenerator):
            await results.aclose()


def _was_refused(result: ExecutionResult) -> bool:
    """Whether nothing was executed: no such operation, or a variable that does not fit."""
    return any(error.path is None for error in result.errors or ())


def _response(result: ExecutionResult, context: BaseContext[Any]) -> Response:
    errors = [response_error(error) for error in (*(result.errors or ()), *context.partial_failures)]
    extensions = {"asOf": context.as_of or context.now.isoformat(timespec="seconds")}
    return ({"errors": errors} if errors else {}) | {"data": result.data, "extensions": extensions}
