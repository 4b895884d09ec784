"""The one seam between the federation layer and subgraphs.

Three things implement it: HTTP and in-process ASGI (`federation.gateway`), and the partitioned subgraph
(`federation.partition`), which asks several of the others. Subscriptions have a seam of their own beside it,
`EventSource`, with the same three.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

from federation.query_plan.nodes import OperationKind, SubgraphName

JsonValue: TypeAlias = Any
ResponseObject: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class FetchOperation:
    """The unchanging part of a subgraph request, made once per fetch of a plan; compared by identity.

    Attributes:
        subgraph, text, kind, name: as in the plan's `FetchNode`.
        head: the request body up to the variables' value: `{"query":"…","operationName":"…","variables":`.
        decode: reads answers to exactly this text, and may put one object where equal ones stand; None for
            `encoding.decode`.
    """

    subgraph: SubgraphName
    text: str
    kind: OperationKind
    name: str | None
    head: bytes
    decode: Callable[[bytes], JsonValue] | None = None


#: They name one request and say nothing of what it may read.
_TRACE_HEADERS = frozenset({"traceparent", "tracestate", "x-request-id"})


@dataclass(frozen=True, slots=True)
class SubgraphRequest:
    """One request to one subgraph. Its `repr` shows neither variables nor headers: they hold id numbers and tokens.

    Attributes:
        operation: what is asked.
        variables: all variables with their values, representations included (plain dicts, read only).
        headers: what is forwarded, names in lower case.
        deadline: the event loop's time at which nobody waits any more; None for no limit.
    """

    operation: FetchOperation
    variables: Mapping[str, JsonValue] = field(repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    deadline: float | None = None

    def identifying_headers(self) -> tuple[tuple[str, str], ...]:
        """The headers that may change the answer."""
        return tuple(pair for pair in self.headers if pair[0] not in _TRACE_HEADERS)


class SourceStatus(StrEnum):
    """How asking a source ended."""

    OK = "ok"
    TIMEOUT = "timeout"
    UNAVAILABLE = "unavailable"
    REFUSED = "refused"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source that was asked, for `extensions.sources` of the answer.

    Attributes:
        service: the subgraph, e.g. `cards`.
        partition: the partition's name, e.g. `huangshan`; None for an ordinary subgraph.
        city: its GB/T 2260 code; None for an ordinary subgraph.
        milliseconds: how long asking took.
        as_of: ISO 8601 time its data is from, as far as the source said.
    """

    service: SubgraphName
    partition: str | None
    city: str | None
    status: SourceStatus
    milliseconds: float
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class StaleShare:
    """A place of an answer in which a source's share is its last known one.

    Attributes:
        path: of the answer, as an error's is.
        partition, city: whose share, as in `SourceReport`.
        as_of: ISO 8601 time it is from.
    """

    path: tuple[str | int, ...]
    partition: str
    city: str
    as_of: str


@dataclass(frozen=True, slots=True)
class SubgraphResponse:
    """A subgraph's answer, decoded and never changed afterwards (calls in flight may share it).

    `errors` are GraphQL errors as the subgraph gave them, paths in terms of its own answer. An error without a path
    concerns the whole request. `sources`, `upper_bounds`, `order_conflicts` and `stale` are filled by partitioned
    subgraphs; the middle two are coordinates of connections, e.g. `Query.people`: whose total may count one thing
    several times, and which may list one thing several times. A client that hands its freshly decoded data to this one
    caller says `is_exclusive`: the executor may then change it in place, which spares copies.
    """

    data: ResponseObject | None = field(repr=False)
    errors: tuple[ResponseObject, ...] = field(default=(), repr=False)
    extensions: ResponseObject = field(default_factory=dict)
    sources: tuple[SourceReport, ...] = ()
    upper_bounds: tuple[str, ...] = ()
    order_conflicts: tuple[str, ...] = ()
    stale: tuple[StaleShare, ...] = ()
    is_exclusive: bool = False


class SubgraphClient(Protocol):
    """Asks one subgraph. Never raises for what the network or the subgraph did: that is an answer with errors.

    A failure of the whole request is `data=None` and one error whose `extensions` hold `code`, `service` and
    `retryable`; the codes are in `federation.executor.errors`. Only cancellation passes through. At the request's
    deadline it answers with what it has, be it a failure with `GATEWAY_TIMEOUT`; after it nothing is sent.
    """

    async def execute(self, request: SubgraphRequest) -> SubgraphResponse: ...


class EventSource(Protocol):
    """Subscribes at one subgraph: each event is an answer to the request's operation, which is a subscription.

    The generator ends when the subgraph says that there is no more, and raises `StreamFailure`
    (`federation.executor.errors`), nothing else, when it cannot go on: the subgraph refused, cannot be reached, or the
    connection was lost. An event with errors is an event. Closing the generator ends the subscription at the subgraph.
    The request's `deadline` does not matter.
    """

    def subscribe(self, request: SubgraphRequest) -> AsyncGenerator[SubgraphResponse, None]: ...
