"""What of the HTTP request matters while its operation is answered, and the answer."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from federation.executor.incremental import IncrementalResult
from federation.executor.request import ExecutionResult
from federation.gateway.graphql_http import GraphQLParameters
from federation.gateway.incremental import IncrementalFormat
from federation.gateway.request_log import RequestRecord

Headers: TypeAlias = dict[bytes, bytes]
Scope: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
T = TypeVar("T")

CLIENT_CLOSED_REQUEST = 499

# So long a request runs before anybody looks whether its client is still there; most are done by then.
SECONDS_UNTIL_WATCHED = 0.1
# Fifteen digits in a row may be somebody's id number; no usual form of a request id has them.
_REQUEST_ID = re.compile(rb"(?!.*[0-9]{15})[A-Za-z0-9._-]{1,64}")
_PLAN_HEADERS = (b"bureaugraph-query-plan", b"apollo-expose-query-plan", b"hive-expose-query-plan")


class PlanView(StrEnum):
    """Whether the client asked to see the query plan, and whether beside the answer or instead of it."""

    NONE = "none"
    INCLUDE = "include"
    DRY_RUN = "dry-run"


class ClientGone(Exception):
    """The client closed the connection; nobody reads an answer."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """One request beside its GraphQL parameters.

    Attributes:
        request_id: the client's `x-request-id`, or one of ours.
        deadline: the event loop's time at which the answer is given, complete or not.
        headers: of the HTTP request.
        connection: to the client; None where nobody can go away.
        takes_parts: whether the answer may be given in parts, if the client accepts them.
    """

    request_id: str
    deadline: float
    headers: Headers = field(default_factory=dict)
    plan_view: PlanView = PlanView.NONE
    connection: ClientConnection | None = None
    takes_parts: bool = False

    def forwarded_headers(self, names: frozenset[bytes]) -> tuple[tuple[str, str], ...]:
        """The request's headers of these names, sorted, with its id, so that its traces lead from end to end."""
        forwarded = [
            (name.decode("latin-1"), self.headers[name].decode("latin-1")) for name in names & self.headers.keys()
        ]
        return tuple(sorted([*forwarded, ("x-request-id", self.request_id)]))

    async def while_connected(self, work: Awaitable[T]) -> T:
        """Do `work`, and cancel it if the client goes. Raises ClientGone."""
        if self.connection is None:
            return await work
        return await self.connection.work(work)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request is answered with: the JSON body, and what is logged of it."""

    body: bytes
    error_codes: tuple[str, ...] = ()
    subgraph_calls: int = 0


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a subscription is answered with: results as they come, until they end or SubscriptionFailure is raised.

    The subscription begins with the first of them; whoever takes one must close the generator.
    """

    results: AsyncGenerator[ExecutionResult, None]


@dataclass(frozen=True, slots=True)
class Deferred:
    """What an operation is answered with that defers something, if its client takes parts; whoever takes one closes."""

    results: AsyncGenerator[IncrementalResult, None]
    format: IncrementalFormat


#: Answers one request; raises RequestError when nothing of it is executed, ClientGone.
AnswerRequest: TypeAlias = Callable[
    [GraphQLParameters, RequestContext, RequestRecord], Awaitable[Answer | Subscribed | Deferred]
]


class ClientConnection:
    """The connection to one request's client, after its body was read."""

    __slots__ = ("_receive",)

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def work(self, work: Awaitable[T]) -> T:
        """Do `work` and cancel it when the client goes; watching begins only when it takes long."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  (a coroutine that runs is in a task)
        watch = _Watch(task, self._receive)
        try:
            return await work
        except asyncio.CancelledError:
            if not watch.is_gone:
                raise
            task.uncancel()
            raise ClientGone from None
        finally:
            watch.stop()


class _Watch:
    __slots__ = ("_receive", "_task", "_timer", "_watcher", "is_gone")

    def __init__(self, task: asyncio.Task[Any], receive: Receive) -> None:
        self._task = task
        self._receive = receive
        self._watcher: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(SECONDS_UNTIL_WATCHED, self._start)
        self.is_gone = False

    def stop(self) -> None:
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()

    def _start(self) -> None:
        self._watcher = asyncio.ensure_future(self._watch())

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        self._task.cancel()


def request_id(headers: Headers) -> str:
    """The client's request id if it is one by its form, else a new one."""
    given = headers.get(b"x-request-id")
    if given is not None and _REQUEST_ID.fullmatch(given):
        return given.decode("ascii")
    return secrets.token_hex(8)


def plan_view(headers: Headers) -> PlanView:
    """Read `bureaugraph-query-plan: include | dry-run`, or the headers that Apollo's and Hive's tools send."""
    for name in _PLAN_HEADERS:
        match headers.get(name, b"").lower():
            case b"include" | b"true":
                return PlanView.INCLUDE
            case b"dry-run":
                return PlanView.DRY_RUN
    return PlanView.NONE
